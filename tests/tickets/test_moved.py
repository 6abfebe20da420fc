"""A Space that is moved after its tickets were sold: who cannot come then has the money back."""

from datetime import timedelta

import pytest

from cooee.people.ids import PersonId
from cooee.spaces import store as space_store
from cooee.spaces.state import SpaceId
from cooee.spaces.store import Visit
from tests.tickets.books import BACK, balanced, ended, state
from tests.tickets.conftest import Fair
from tests.tickets.test_buying import account
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def moved(fair: Fair, host: Visitor, space: str, **by: float) -> None:
    at = (fair.clock.now() + timedelta(**by)).isoformat()
    assert (await host.send("PATCH", f"spaces/{space}/schedule", json={"scheduled_start": at})).status_code == 200


async def test_who_bought_it_for_another_time_may_give_it_back_and_nobody_else(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = await fair.sell(amara)
    gift = await fair.buy(bo, space, for_person=cy.id)
    path = f"me/tickets/{gift['id']}/return"
    assert gift["returnable"] is False
    assert await bo.refused("POST", path) == (409, "not_returnable")
    await moved(fair, amara, space, days=3)
    later = await fair.buy(di, space)
    assert later["returnable"] is False, "this is when it was to be"
    assert (await cy.get(f"me/tickets/{gift['id']}"))["returnable"] is False, "it is not theirs who paid"
    assert await cy.refused("POST", path) == (404, "no_ticket")
    assert (await bo.get(f"me/tickets/{gift['id']}"))["returnable"] is True
    await bo.post(path)
    await fair.work()
    assert await state(bo, gift) == ("refunded", "moved")
    assert await bo.refused("POST", path) == (409, "not_returnable")
    assert sorted(await account(amara)) == sorted([*BACK, ("sale", 970)])
    assert await balanced(fair)


async def test_who_missed_it_may_until_the_host_is_paid_and_who_was_there_may_not(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy, di = await fair.people("bo", "cy", "di")
    space = await fair.sell(amara)
    tickets = {who.id: await fair.buy(who, space) for who in (bo, cy, di)}
    await moved(fair, amara, space, minutes=5)
    await amara.post(f"spaces/{space}/start")
    came = Visit(SpaceId(space), PersonId(cy.id), fair.clock.now())
    await fair.tools.db.write(lambda tx: space_store.note_visits(tx, [came]))
    await amara.post(f"spaces/{space}/end")
    await fair.work()
    assert await cy.refused("POST", f"me/tickets/{tickets[cy.id]['id']}/return") == (409, "not_returnable")
    await bo.post(f"me/tickets/{tickets[bo.id]['id']}/return")
    await fair.pass_time(hours=48)
    assert [payout["amount"] for payout in fair.stripe.payouts.values()] == [2 * 970]
    assert await di.refused("POST", f"me/tickets/{tickets[di.id]['id']}/return") == (409, "not_returnable")


async def test_what_takes_place_when_it_was_to_be_is_not_given_back(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await ended(amara, space)
    await fair.work()
    assert await bo.refused("POST", f"me/tickets/{ticket['id']}/return") == (409, "not_returnable")
