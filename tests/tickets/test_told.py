"""What people are told of tickets: each thing once."""

import pytest

from tests.notify.told import lines
from tests.tickets.conftest import Fair

pytestmark = pytest.mark.anyio


async def test_people_hear_of_gifts_of_free_seats_and_of_money_that_comes_back(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = await fair.sell(amara, seats=1)
    gift = await fair.buy(bo, space, for_person=cy.id)
    await fair.work()
    assert await lines(cy) == [("ticket", ["bo"], 1)]
    await di.put(f"spaces/{space}/tickets/line")
    await amara.post(f"spaces/{space}/tickets/sold/{gift['id']}/refund")
    await fair.work()
    assert await lines(di) == [("seat_free", ["amara"], 1)]
    assert await lines(bo) == [("money_back", ["amara"], 1)]
    # It is no ticket any more.
    assert await lines(cy) == []
    await fair.pass_time(minutes=30)
    assert await lines(di) == []
