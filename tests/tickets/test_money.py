"""Where money goes: every refund, the platform's share, chargebacks, payouts and tips."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from cooee.app import create_app
from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.settings import Settings
from cooee.spaces.state import SpaceId
from cooee.tickets import jobs, rules, settling, store
from cooee.tickets.tables import ledger
from tests.payments.stripe import signed
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.anyio

BACK = [("sale", 970), ("refund", -970)]


async def balanced(fair: Fair) -> bool:
    """Whether the ledger sums to zero, entry by entry."""
    query = select(func.sum(ledger.c.amount)).group_by(ledger.c.entry, ledger.c.currency)
    return set(await fair.tools.db.read(lambda tx: tx.execute(query).scalars().all())) <= {0}


async def state(visitor: Visitor, ticket: Any) -> tuple[str, str | None]:
    shown = await visitor.get(f"me/tickets/{ticket['id']}")
    return shown["state"], shown["reason"]


async def test_a_space_that_is_canceled_gives_all_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    one, two = await fair.buy(bo, space), await fair.buy(cy, space)
    await amara.post(f"spaces/{space}/cancel")
    await fair.work()
    assert [await state(bo, one), await state(cy, two)] == [("refunded", "canceled")] * 2
    assert sorted(await account(amara)) == sorted(BACK * 2)
    assert await bo.refused("POST", f"spaces/{space}/tickets", json={}) == (410, "sale_over")
    assert await balanced(fair)


async def test_a_space_that_nobody_starts_gives_all_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.pass_time(days=1, minutes=31)
    assert await state(bo, ticket) == ("refunded", "lapsed")


async def test_a_host_who_is_away_for_fifteen_minutes_gives_all_back_and_the_rest_is_free(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = SpaceId(await fair.sell(amara))
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    now = fair.clock.now()
    ids = fair.tools.ids

    def look(minutes: int) -> Any:
        fair.clock.advance(timedelta(minutes=minutes))
        at = fair.clock.now()
        return fair.tools.db.write(lambda tx: settling.absent(tx, ids, space, (now,), at))

    assert await look(14) is not None
    assert (await state(bo, ticket))[0] == "paid"
    assert await look(1) is None
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "host_absent")
    await cy.post(f"spaces/{space}/join")


async def test_a_buyer_whom_the_host_blocks_gets_it_back_and_is_out(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.put(f"people/{bo.id}/block")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "blocked")
    assert await account(amara) == BACK


async def test_who_is_removed_is_refunded_if_the_host_likes(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    await bo.post(f"spaces/{space}/join")
    await amara.post(f"spaces/{space}/people/{bo.id}/remove")
    await fair.work()
    assert (await state(bo, ticket))[0] == "paid"
    await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "host")


async def test_what_a_bank_takes_back_voids_the_ticket_and_closes_the_door(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    door = await bo.post(f"spaces/{space}/join")
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    await fair.tell(disputed)
    await fair.tell({**disputed, "id": "evt_twice"})
    assert await state(bo, ticket) == ("void", "chargeback")
    assert await account(amara) == [("sale", 970), ("chargeback", -970)]
    assert len(fair.stripe.reversals) == 1
    assert await bo.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    # The address that was good a moment ago is none any more.
    sdp = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}
    assert await fair.guest.refused("POST", door["whep_url"].removeprefix(ORIGIN), **sdp) == (401, "grant_expired")


async def test_the_sale_that_crosses_the_border_is_split_and_what_was_asked_too_much_given_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, price=10_000)
    me = PersonId(amara.id)
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, earned_usd=rules.BORDER_USD - 14_000))
    # cy's page is open while bo pays: both are asked for as much as both together would cost.
    first = await bo.post(f"spaces/{space}/tickets", {})
    second = await cy.post(f"spaces/{space}/tickets", {})
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(second["id"])))
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(first["id"])))
    shares = [sale["share"] for sale in (await amara.get(f"spaces/{space}/tickets/sold"))["sold"]]
    assert sorted(shares) == [300, 300]
    assert [refund["amount"] for refund in fair.stripe.fee_refunds] == [120 + 1200 - 300]
    ed, fy = await fair.people("ed", "fy")
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, earned_usd=rules.BORDER_USD - 4_000))
    for buyer, expected in ((ed, 120 + 1_200), (fy, 2_000)):
        ticket = await fair.buy(buyer, space)
        sold = (await amara.get(f"spaces/{space}/tickets/sold"))["sold"]
        assert next(sale["share"] for sale in sold if sale["id"] == ticket["id"]) == expected
    assert await balanced(fair)


async def test_in_other_currencies_the_days_rate_counts_and_is_stored(fair: Fair) -> None:
    amara = await fair.host(currency="jpy")
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, price=900)
    await fair.buy(bo, space)
    earned = await amara.get("me/earnings")
    assert earned["earned_usd"] == 599
    fair.stripe.rates["jpy"] = 75.0
    await fair.buy(cy, space)
    assert (await amara.get("me/earnings"))["earned_usd"] == 2 * 599
    await fair.pass_time(days=1)
    await fair.buy((await fair.people("di"))[0], await fair.sell(amara, price=900))
    assert (await amara.get("me/earnings"))["earned_usd"] == 2 * 599 + 1199
    assert (await amara.get("me/earnings"))["balances"] == [{"currency": "jpy", "amount": 3 * 873}]


async def test_the_host_is_paid_out_two_days_after_the_end(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    back = await fair.buy(cy, space)
    await amara.post(f"spaces/{space}/tickets/sold/{back['id']}/refund")
    await amara.post(f"spaces/{space}/start")
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=47, minutes=59)
    assert fair.stripe.payouts == {}
    fair.stripe.short = True
    await fair.pass_time(minutes=1)
    assert fair.stripe.payouts == {}
    fair.stripe.short = False
    await fair.pass_time(hours=1)
    ((id, payout),) = fair.stripe.payouts.items()
    assert (payout["amount"], payout["currency"]) == (970, "usd")
    for _ in range(2):
        await fair.tell(fair.stripe.arrive(id))
    earned = await amara.get("me/earnings")
    assert earned["balances"] == [{"currency": "usd", "amount": 0}]
    (brought,) = earned["spaces"]
    assert (brought["sales"], brought["refunds"], brought["share"]) == (2000, 1000, 30)
    assert (brought["paid_out"], brought["payout"], brought["title"]) == (970, "paid", "Tea")
    assert await balanced(fair)


async def test_a_payout_waits_while_moderators_have_a_case(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    await bo.post("reports", {"about": "space", "id": space, "reason": "spam"})
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=49)
    assert fair.stripe.payouts == {}
    assert (await amara.get("me/earnings"))["spaces"][0]["payout"] == "waiting"


async def test_a_payout_that_a_bank_sends_back_is_the_hosts_again(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    (first,) = fair.stripe.payouts
    await fair.tell(fair.stripe.arrive(first, "failed"))
    earned = await amara.get("me/earnings")
    assert (earned["balances"][0]["amount"], earned["spaces"][0]["payout"]) == (970, "failed")
    # A new bank account.
    await amara.post("me/payout-account/check")
    await fair.work()
    assert len(fair.stripe.payouts) == 2
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == 0
    assert await balanced(fair)


async def test_a_tip_goes_the_same_way_without_a_seat(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.announce(amara)
    await amara.post(f"spaces/{space}/start")
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")
    assert (await amara.put("me/selling", {"tips": True}))["tips"] is True
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"] == {"currency": "usd", "least": 100, "most": 99_900}
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 1}) == (422, "price_not_possible")
    tip = await bo.post(f"spaces/{space}/tips", {"amount": 500})
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(tip["id"])))
    assert await account(amara) == [("sale", 485)]
    await amara.post(f"spaces/{space}/end")
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [485]


async def test_a_node_that_dies_between_payment_and_admission_loses_nothing(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    paid = fair.stripe.pay(fair.stripe.of_sale(held["id"]))
    event = fair.desk.payments.event(*signed(paid))
    # The event is stored and answered; the node that would have looked into it is gone.
    await fair.desk.hear(event)
    another = Worker(fair.tools.db, fair.clock, jobs.handlers(fair.desk))
    while await another.run_due():
        pass
    await fair.work()
    assert (await bo.get(f"spaces/{space}/tickets"))["mine"]["state"] == "paid"
    await fair.desk.hear(event)
    await fair.work()
    assert await account(amara) == [("sale", 970)]


async def test_who_sells_and_how_far_one_is(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    selling = await bo.get("me/selling")
    assert (selling["on"], selling["may_sell"], selling["account"]) == (True, True, "none")
    assert (selling["followers_needed"], selling["spaces_needed"]) == (1000, 3)


@pytest.mark.parametrize(("key", "secret", "why"), [(None, None, "no_key"), ("sk_test_1", None, "no_webhook_secret")])
async def test_without_keys_it_is_off_and_says_why(
    key: str | None, secret: str | None, why: str, settings: Settings, clock: SettableClock
) -> None:
    off = settings.model_copy(update={"stripe_secret_key": key, "stripe_webhook_secret": secret})
    app = create_app(off, clock=clock, passwords=Passwords(PasswordHasher(1, 8, 1)))
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        bo = await guest.sign_up("bo")
        assert (await bo.get("me/selling"))["why_off"] == why
        assert (await guest.get("instance"))["tickets"] is False
        assert await bo.refused("POST", "me/payout-account") == (409, "tickets_off")
        assert await guest.refused("POST", "payments/events", content=b"{}") == (409, "tickets_off")
