"""Where money goes: every refund, the platform's share, chargebacks, payouts and tips."""

from datetime import timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select
from sqlalchemy.event import listen

from cooee.app import create_app
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.worker import Worker
from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.settings import Settings
from cooee.spaces.state import SpaceId
from cooee.tickets import jobs, rules, settling, store
from cooee.tickets.tables import ledger
from tests.notify.told import lines
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


async def balances(fair: Fair) -> dict[str, int]:
    """What each account has but those of hosts."""
    query = select(ledger.c.account, func.sum(ledger.c.amount)).group_by(ledger.c.account)
    found = await fair.tools.db.read(lambda tx: tx.execute(query).all())
    return {account: int(amount) for account, amount in found if not account.startswith("host:")}


async def ended(host: Visitor, space: str) -> None:
    await host.post(f"spaces/{space}/start")
    await host.post(f"spaces/{space}/end")


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
    # It is not live yet: the node ends a live Space by itself when time passes like this.
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
    await amara.post(f"spaces/{space}/start")
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


async def test_a_bank_that_loses_its_case_leaves_the_money_with_the_host_and_the_ticket_void(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    await fair.tell(disputed)
    won = fair.stripe.decide(disputed["data"]["object"]["id"], "won")
    for event in (won, {**won, "id": "evt_again"}):
        await fair.tell(event)
    assert await state(bo, ticket) == ("void", "chargeback")
    assert sorted(await account(amara)) == [("chargeback", -970), ("chargeback_won", 970), ("sale", 970)]
    ((made),) = [each for each in fair.stripe.transfers.values() if each.get("transfer_group")]
    assert (made["amount"], made["destination"]) == (970, next(iter(fair.stripe.accounts)))
    assert (await amara.get("me/earnings"))["earned_usd"] == 1000
    assert await balanced(fair)


@pytest.mark.parametrize(
    ("status", "after"), [("warning_needs_response", "paid"), ("under_review", "void"), ("lost", "void")]
)
async def test_a_question_of_a_bank_takes_nothing_and_a_claim_does(status: str, after: str, fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]), status))
    assert (await state(bo, ticket))[0] == after
    assert len(fair.stripe.reversals) == (after == "void")


async def test_a_claim_of_which_is_told_before_the_payment_is_known(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    held = await bo.post(f"spaces/{space}/tickets", {})
    page = fair.stripe.of_sale(held["id"])
    paid = fair.stripe.pay(page)
    await fair.tell(fair.stripe.dispute(page))
    await fair.tell(paid)
    assert await state(bo, held) == ("void", "chargeback")
    assert await account(amara) == [("sale", 970), ("chargeback", -970)]


@pytest.mark.parametrize("recovered", [True, False])
async def test_what_a_bank_takes_while_it_is_given_back_reaches_the_buyer_once(recovered: bool, fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    disputed = fair.stripe.dispute(fair.stripe.of_sale(ticket["id"]))
    fair.stripe.short = not recovered
    await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
    await fair.work()
    fair.stripe.short = False
    assert (fair.stripe.refunds, len(fair.stripe.reversals)) == ([], recovered)
    assert await state(bo, ticket) == ("void", "chargeback")
    assert await account(amara) == BACK
    # The bank loses its case: the money is the buyer's all the same, and the host's part is taken back once.
    won = fair.stripe.decide(disputed["data"]["object"]["id"], "won")
    for event in (won, {**won, "id": "evt_again"}):
        await fair.tell(event)
    (refund,) = fair.stripe.refunds
    assert ("reverse_transfer" in refund, "refund_application_fee" in refund) == (not recovered, not recovered)
    assert (await state(bo, ticket))[0] == "refunded"
    assert await account(amara) == BACK
    assert not [each for each in fair.stripe.transfers.values() if each.get("transfer_group")]
    assert (await amara.get("me/earnings"))["earned_usd"] == 0
    assert await balanced(fair)


async def test_what_the_host_has_not_is_taken_back_when_they_have_it(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    fair.stripe.short = True
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    assert fair.stripe.reversals == []
    fair.stripe.short = False
    await fair.pass_time(hours=1)
    assert len(fair.stripe.reversals) == 1


async def test_what_a_host_owes_of_a_space_that_was_paid_out_is_set_off_from_the_next(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    first = await fair.sell(amara)
    ticket = await fair.buy(bo, first)
    await ended(amara, first)
    await fair.pass_time(hours=48)
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == -970
    spaces = [await fair.sell(amara), await fair.sell(amara, price=2500)]
    for buyer, space in zip((bo, cy), spaces, strict=True):
        await fair.buy(buyer, space)
    for space in spaces:
        await ended(amara, space)
    await fair.pass_time(hours=48)
    # Both at the same moment, and the debt counts once.
    assert sum(payout["amount"] for payout in fair.stripe.payouts.values()) == 970 + 970 + 2425 - 970
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == 0
    # What the bank gives back after all is sent after it.
    (dispute,) = fair.stripe.disputes
    await fair.tell(fair.stripe.decide(dispute, "won"))
    assert sum(payout["amount"] for payout in fair.stripe.payouts.values()) == 970 + 970 + 2425
    assert await balanced(fair)


async def test_what_stripe_keeps_stands_in_accounts_of_its_own(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    fair.stripe.slow_prices = True
    await fair.buy(cy, space)
    assert await balances(fair) == {"buyers": -2000, "share": 60, "platform": -59, "stripe": 59}
    fair.stripe.slow_prices = False
    await fair.pass_time(hours=1)
    assert await balances(fair) == {"buyers": -2000, "share": 60, "platform": -118, "stripe": 118}
    # A bank's claim costs, and the claim that it loses does not.
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    assert await balances(fair) == {"buyers": -1000, "share": 30, "platform": -1618, "stripe": 1618}
    (dispute,) = fair.stripe.disputes
    await fair.tell(fair.stripe.decide(dispute, "won"))
    assert await balances(fair) == {"buyers": -2000, "share": 60, "platform": -118, "stripe": 118}
    assert await balanced(fair)


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


async def test_what_is_too_little_for_a_bank_is_left_for_the_next_payout(fair: Fair) -> None:
    fair.stripe.rates["huf"] = 380.0
    amara = await fair.host(currency="huf")
    (bo,) = await fair.people("bo")
    for _ in range(2):
        space = await fair.sell(amara, price=20_060)
        await fair.buy(bo, space)
        await ended(amara, space)
        await fair.pass_time(hours=48)
    # 194.59 forints each time.
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [19_400, 19_500]
    assert (await amara.get("me/earnings"))["balances"] == [{"currency": "huf", "amount": 18}]


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


async def test_a_payout_that_comes_back_is_tried_again_day_by_day_and_the_host_hears_of_it(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    for day in range(1, 3):
        last = list(fair.stripe.payouts)[-1]
        failed = fair.stripe.arrive(last, "failed")
        for event in (failed, {**failed, "id": f"evt_again_{day}"}):
            await fair.tell(event)
        assert {kind for kind, _, _ in await lines(amara)} == {"payout_failed"}
        await fair.pass_time(hours=23)
        assert len(fair.stripe.payouts) == day
        await fair.pass_time(hours=1)
        assert len(fair.stripe.payouts) == day + 1
    await fair.tell(fair.stripe.arrive(list(fair.stripe.payouts)[-1]))
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == 0
    assert await balanced(fair)


async def test_a_payout_of_which_nobody_tells_is_asked_after(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    (payout,) = fair.stripe.payouts
    await fair.pass_time(days=2)
    assert (await amara.get("me/earnings"))["spaces"][0]["payout"] == "sent"
    fair.stripe.payouts[payout]["status"] = "paid"
    await fair.pass_time(days=1)
    assert (await amara.get("me/earnings"))["spaces"][0]["payout"] == "paid"


async def test_what_was_asked_too_much_goes_back_once_however_often_it_is_asked(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, price=10_000)
    me = PersonId(amara.id)
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, earned_usd=rules.BORDER_USD - 14_000))
    held = [await who.post(f"spaces/{space}/tickets", {}) for who in (bo, cy)]
    await bo.delete(f"spaces/{space}/tickets/mine")
    fair.stripe.mute = True
    await fair.tell(fair.stripe.pay(fair.stripe.of_sale(held[1]["id"])))
    fair.stripe.forget_keys()
    fair.stripe.mute = False
    await fair.pass_time(hours=25)
    assert [refund["amount"] for refund in fair.stripe.fee_refunds] == [120 + 1200 - 300]


@pytest.mark.parametrize("heard", [True, False])
async def test_stripe_that_is_away_for_days_pays_nothing_twice(heard: bool, fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, price=10_000)
    kept, back = await fair.buy(bo, space), await fair.buy(cy, space)
    await ended(amara, space)
    # Its clock is a minute slow, so that it pays out before the time by its own.
    fair.stripe.time = int((fair.clock.now() + timedelta(hours=48, minutes=-1)).timestamp())
    # It does what it is asked, and nobody hears of it; or it does nothing.
    fair.stripe.mute, fair.stripe.away = heard, not heard
    await amara.post(f"spaces/{space}/tickets/sold/{back['id']}/refund")
    for _ in range(4):
        await fair.pass_time(hours=20)
        fair.stripe.forget_keys()
    fair.stripe.mute = fair.stripe.away = False
    await fair.pass_time(hours=2)
    await fair.pass_time(hours=2)
    assert [refund["metadata"]["sale"] for refund in fair.stripe.refunds].count(back["id"]) == 1
    assert len(fair.stripe.payouts) == 1
    assert await state(bo, kept) == ("paid", None)
    assert (await amara.get("me/earnings"))["balances"][0]["amount"] == 0
    assert await balanced(fair)


async def test_a_payout_that_may_have_left_stays_due_when_it_was(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = SpaceId(await fair.sell(amara))
    await fair.buy(bo, space)
    await ended(amara, space)
    await fair.work()
    arranged = await fair.tools.db.read(lambda tx: store.payout(tx, space))
    fair.stripe.mute = True
    await fair.pass_time(hours=48)
    fair.stripe.mute = False
    ids, now = fair.tools.ids, fair.clock.now()
    await fair.tools.db.write(lambda tx: settling.over(tx, ids, space, None, now, now))
    after = await fair.tools.db.read(lambda tx: store.payout(tx, space))
    assert arranged is not None
    assert after is not None
    assert (after.state, after.due_at) == ("sending", arranged.due_at)
    await fair.pass_time(hours=1)
    assert (await amara.get("me/earnings"))["balances"] == [{"currency": "usd", "amount": 0}]
    assert len(fair.stripe.payouts) == 1


async def test_those_who_run_the_site_see_the_books_and_what_needs_them(fair: Fair) -> None:
    amara = await fair.host()
    bo, ed = await fair.people("bo", "ed")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert await ed.refused("GET", "payments") == (403, "administrators_only")
    assert await ed.refused("POST", f"payments/payouts/{space}/retry") == (403, "administrators_only")
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    books = await ed.get("payments")
    assert {(one["name"], one["amount"]) for one in books["accounts"]} == {
        ("buyers", -1000),
        ("hosts", 0),
        ("share", 30),
        ("banks", 970),
        ("platform", -59),
        ("stripe", 59),
    }
    assert (books["payouts"], books["sales"]) == ([], [])
    (first,) = fair.stripe.payouts
    await fair.tell(fair.stripe.arrive(first, "failed"))
    (late,) = (await ed.get("payments"))["payouts"]
    assert (late["host"]["username"], late["state"], late["amount"]) == ("amara", "failed", 970)
    await ed.post(f"payments/payouts/{space}/retry")
    await fair.work()
    assert len(fair.stripe.payouts) == 2
    assert (await ed.get("payments"))["payouts"] == []


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


async def test_no_tips_are_taken_in_another_currency_than_that_of_the_tickets(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    await amara.put("me/selling", {"tips": True})
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"]["currency"] == "usd"
    # The host has moved.
    (payable,) = fair.stripe.accounts.values()
    payable["default_currency"] = "eur"
    assert (await amara.post("me/payout-account/check"))["currency"] == "eur"
    assert (await bo.get(f"spaces/{space}/tickets"))["tips"] is None
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")


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


async def test_a_host_who_deletes_the_account_gives_the_money_back_before_it_is_forgotten(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    begins = (fair.clock.now() + timedelta(days=25)).isoformat()
    space = await fair.sell(amara, scheduled_start=begins)
    ticket = await fair.buy(bo, space)
    away = PersonId(amara.id)
    erased = fair.clock.now() + timedelta(days=14)
    await fair.tools.db.write(lambda tx: people_store.change(tx, away, {"deleting_at": erased}))
    await fair.pass_time(days=11)
    assert (await state(bo, ticket))[0] == "paid"
    await fair.pass_time(days=1, hours=2)
    assert await state(bo, ticket) == ("refunded", "canceled")


async def test_a_host_who_may_not_host_gives_all_back_and_sells_nothing(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, ed = await fair.people("bo", "cy", "ed")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend_hosting", "days": 7})
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (410, "sale_over")
    await fair.pass_time(hours=1)
    assert await state(bo, ticket) == ("refunded", "moderated")


async def test_an_account_in_a_currency_of_which_nothing_is_known_sells_nothing(fair: Fair) -> None:
    (bo,) = await fair.people("bo")
    fair.stripe.currency = "xof"
    await bo.post("me/payout-account")
    (account,) = fair.stripe.accounts.values()
    account |= {"charges_enabled": True, "payouts_enabled": True}
    assert (await bo.post("me/payout-account/check"))["account"] == "foreign"
    space = await fair.announce(bo)
    assert await bo.refused("PUT", f"spaces/{space}/tickets", json={"price": 500, "seats": 2}) == (409, "not_payable")
    assert (await bo.get("me/earnings"))["seller"]["currency"] == "xof"


async def test_an_account_in_a_currency_that_came_to_an_end_sells_nothing_any_more(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    me, space = PersonId(amara.id), SpaceId(await fair.sell(amara))
    await amara.put(f"spaces/{space}/tickets/codes/half", {"per_cent": 50, "uses": 5})
    await amara.put("me/selling", {"tips": True})
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, currency="bgn"))
    await fair.tools.db.write(lambda tx: store.change_offer(tx, space, currency="bgn"))
    selling = (await amara.get("me/earnings"))["seller"]
    assert (selling["account"], selling["least"]) == ("foreign", None)
    for order in ({}, {"code": "half"}):
        assert await bo.refused("POST", f"spaces/{space}/tickets", json=order) == (409, "not_payable")
    await amara.post(f"spaces/{space}/start")
    assert await bo.refused("POST", f"spaces/{space}/tips", json={"amount": 500}) == (409, "no_tips")
    # They have an account in euros now; what was offered before stays as it was.
    await fair.tools.db.write(lambda tx: store.change_payee(tx, me, currency="eur"))
    offer = {"price": 500, "seats": 20}
    assert await amara.refused("PUT", f"spaces/{space}/tickets", json=offer) == (409, "not_payable")
    assert (await bo.get(f"spaces/{space}/tickets"))["offer"]["currency"] == "bgn"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_of_the_platforms_account_only_ones_own_spaces_are_read(database: Database) -> None:
    asked: list[tuple[str, Any]] = []
    listen(database.writer, "before_cursor_execute", lambda _c, _u, text, given, *_: asked.append((text, given)))
    database.write_now(lambda tx: store.moved(tx, "share", {SpaceId("1"), SpaceId("2")}))
    text, given = next(each for each in asked if "ledger_lines" in each[0])
    with database.writer.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given).all()
    assert "(account=? AND space_id=?)" in plan[0].detail


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
