"""The line: whose half hour is over makes room at once, whenever others were offered a seat."""

from datetime import timedelta

import pytest

from tests.tickets.conftest import Fair

pytestmark = pytest.mark.anyio


async def test_a_seat_that_is_not_taken_goes_to_the_next_at_the_end_of_its_own_half_hour(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, *line = await fair.people("bo", "cy", "di", "ed", "fy", "gy")
    space = await fair.sell(amara, seats=2)
    tickets = [await fair.buy(bo, space), await fair.buy(cy, space)]
    for waiting in line:
        await waiting.put(f"spaces/{space}/tickets/line")
        fair.clock.advance(timedelta(milliseconds=1))

    async def offered() -> list[bool]:
        return [(await who.get(f"spaces/{space}/tickets"))["offered_until"] is not None for who in line]

    for ticket in tickets:
        await amara.post(f"spaces/{space}/tickets/sold/{ticket['id']}/refund")
        await fair.pass_time(minutes=10)
    assert await offered() == [True, True, False, False]
    await fair.pass_time(minutes=10)
    assert await offered() == [False, True, True, False]
    await fair.pass_time(minutes=10)
    assert await offered() == [False, False, True, True]
