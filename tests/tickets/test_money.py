"""Where money goes: every refund, the platform's share, chargebacks, payouts and tips."""

import asyncio
from datetime import timedelta

import pytest

from cooee.kit.worker import Worker
from cooee.media.engine import Presence
from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.spaces.jobs import heard
from cooee.spaces.state import SpaceId
from cooee.tickets import jobs, rules, store
from tests.payments.stripe import signed
from tests.tickets.books import BACK, balanced, balances, ended, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import PASSWORD

pytestmark = pytest.mark.anyio


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
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = SpaceId(await fair.sell(amara, policy="everyone"))
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/tickets/given", {"people": [di.id]})
    await amara.post(f"spaces/{space}/start")
    await di.post(f"spaces/{space}/join")
    await di.post(f"spaces/{space}/requests")
    await amara.put(f"spaces/{space}/cohosts/{di.id}")
    live = fair.desk.live

    async def noticed(*, away: bool) -> None:
        """Waits until the node knows whether the host is there."""
        async with asyncio.timeout(20):
            while (seat := (await live.current(space)).seat(PersonId(amara.id))) and (seat.away_since is None) is away:
                await asyncio.sleep(0.02)

    await heard(live, Presence(space, (amara.id, di.id), (), 2))
    await noticed(away=False)
    for _ in range(20):
        await fair.pass_time(minutes=1)
    # With the co-host there, it goes on.
    await heard(live, Presence(space, (), (amara.id,), 1))
    await noticed(away=True)
    for _ in range(14):
        await fair.pass_time(minutes=1)
    assert (await state(bo, ticket))[0] == "paid"
    for _ in range(2):
        await fair.pass_time(minutes=1)
    assert await state(bo, ticket) == ("refunded", "host_absent")
    await cy.post(f"spaces/{space}/join")
    assert await balanced(fair)


async def test_a_buyer_whom_the_host_blocks_gets_it_back_and_is_out(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.put(f"people/{bo.id}/block")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "blocked")
    (told,) = (await bo.get("notices"))["items"]
    assert (told["kind"], told["people"], told["title"]) == ("money_back", [], "Tea")
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


async def test_a_host_who_deletes_the_account_cancels_what_was_announced_and_gives_the_money_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara, seats=1)
    ticket = await fair.buy(bo, space)
    await cy.put(f"spaces/{space}/tickets/line")
    await amara.post("sessions/current/confirmation", {"password": PASSWORD})
    await amara.delete("me")
    await fair.work()
    assert await state(bo, ticket) == ("refunded", "host_gone")
    told = (await bo.get("notices"))["items"]
    assert {(one["kind"], len(one["people"]), one["title"]) for one in told} == {
        ("money_back", 0, "Tea"),
        ("canceled", 0, "Tea"),
    }
    assert await cy.refused("POST", f"spaces/{space}/tickets", json={}) == (404, "space_not_found")
    assert await balanced(fair)
