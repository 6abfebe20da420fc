"""What may become of a Space after tickets were sold: nobody is kept from what they paid for, or earned."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from cooee.kit.outbox import outbox
from tests.notify.told import lines
from tests.tickets.books import balanced, ended
from tests.tickets.conftest import Fair
from tests.visitor import PASSWORD

pytestmark = pytest.mark.anyio


async def test_the_host_of_a_space_that_begins_early_is_looked_after_from_then_on(fair: Fair) -> None:
    amara = await fair.host()
    space = await fair.sell(amara)
    await amara.post(f"spaces/{space}/start")
    await fair.work()
    looks = select(outbox.c.due_at).where(outbox.c.key == f"tickets.absent:{space}")
    (due_at,) = await fair.tools.db.read(lambda tx: tx.execute(looks).scalars().all())
    assert due_at <= fair.clock.now() + timedelta(minutes=1)


async def test_what_a_host_earned_is_paid_out_though_the_buyers_account_is_erased(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara, scheduled_start=(fair.clock.now() + timedelta(days=20)).isoformat())
    await fair.buy(bo, space)
    await bo.post("sessions/current/confirmation", {"password": PASSWORD})
    await bo.delete("me")
    await fair.pass_time(days=15)
    assert (await amara.get(f"spaces/{space}/tickets/sold"))["sold"] == []
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [970]
    assert await balanced(fair)


async def test_what_comes_back_from_the_bank_before_the_end_is_paid_out_after_it(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
    (dispute,) = fair.stripe.disputes
    await fair.tell(fair.stripe.decide(dispute, "won"))
    await ended(amara, space)
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [970]


async def test_what_is_sold_stays_open_to_those_who_buy(fair: Fair) -> None:
    amara = await fair.host()
    space = await fair.sell(amara)
    change = {"json": {"audience": "invited"}}
    assert await amara.refused("PATCH", f"spaces/{space}/schedule", **change) == (409, "audience_fixed")
    await amara.delete(f"spaces/{space}/tickets")
    assert (await amara.send("PATCH", f"spaces/{space}/schedule", **change)).status_code == 200


async def test_a_ticket_opens_a_locked_room_and_nothing_else_does(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    await amara.send("PATCH", f"spaces/{space}", json={"locked": True})
    assert await cy.refused("POST", f"spaces/{space}/join") == (403, "locked")
    assert (await bo.post(f"spaces/{space}/join"))["role"] == "listener"
    await fair.buy(cy, space)
    assert (await cy.post(f"spaces/{space}/join"))["role"] == "listener"


async def test_whoever_has_a_ticket_hears_of_another_time_and_of_the_beginning(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await fair.buy(bo, space, for_person=cy.id)
    later = (fair.clock.now() + timedelta(days=2)).isoformat()
    await amara.send("PATCH", f"spaces/{space}/schedule", json={"scheduled_start": later})
    await fair.work()
    assert ("moved", ["amara"], 1) in await lines(cy)
    assert await lines(bo) == [], "who gave it away has none"
    await amara.post(f"spaces/{space}/start")
    await fair.work()
    assert ("reminder", ["amara"], 1) in await lines(cy)
