"""What hosts are paid, and what becomes of it on its way."""

from datetime import timedelta

import pytest

from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets import payout_store, settling
from cooee.tickets.state import Owed
from tests.notify.told import lines
from tests.tickets.books import balanced, ended, state
from tests.tickets.conftest import Fair

pytestmark = pytest.mark.anyio


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
    owed = Owed(space, PersonId(amara.id), "usd")
    await fair.buy(bo, space)
    await ended(amara, space)
    await fair.work()
    arranged = await fair.tools.db.read(lambda tx: payout_store.payout(tx, owed))
    fair.stripe.mute = True
    await fair.pass_time(hours=48)
    fair.stripe.mute = False
    ids, now = fair.tools.ids, fair.clock.now()
    await fair.tools.db.write(lambda tx: settling.over(tx, ids, space, None, now, now))
    after = await fair.tools.db.read(lambda tx: payout_store.payout(tx, owed))
    assert arranged is not None
    assert after is not None
    assert (after.state, after.due_at) == ("sending", arranged.due_at)
    await fair.pass_time(hours=1)
    assert (await amara.get("me/earnings"))["balances"] == [{"currency": "usd", "amount": 0}]
    assert len(fair.stripe.payouts) == 1
