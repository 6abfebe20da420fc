"""Whoever is suspended keeps nobody's money."""

from datetime import timedelta

import pytest

from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId
from cooee.tickets import jobs
from tests.tickets.books import state
from tests.tickets.conftest import Fair

pytestmark = pytest.mark.anyio


async def test_a_suspended_account_gives_back_what_was_paid_for_what_it_announced(fair: Fair) -> None:
    amara = await fair.host()
    bo, ed = await fair.people("bo", "ed")
    space = await fair.sell(amara, scheduled_start=(fair.clock.now() + timedelta(days=5)).isoformat())
    ticket = await fair.buy(bo, space)
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend", "days": 7})
    await fair.pass_time(hours=1)
    sale = await bo.get(f"me/tickets/{ticket['id']}")
    assert (sale["state"], sale["reason"]) == ("refunded", "moderated")


async def test_a_suspended_seller_gives_back_nothing_of_what_whoever_hosts_now_was_tipped(fair: Fair) -> None:
    amara, bo = await fair.host(), await fair.host("bo")
    cy, ed = await fair.people("cy", "ed")
    await bo.put("me/selling", {"tips": True})
    space = SpaceId(await fair.sell(amara, policy="everyone"))
    ticket = await fair.buy(cy, space)
    await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    for person in (bo, cy):
        await person.post(f"spaces/{space}/join")
    await bo.post(f"spaces/{space}/requests")
    await amara.put(f"spaces/{space}/host/{bo.id}")
    tip = await fair.tip(cy, space, 500)
    await fair.tools.db.write(lambda tx: people_store.change(tx, PersonId(ed.id), {"admin": True}))
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend", "days": 7})
    assert (await bo.get(f"spaces/{space}"))["state"] == "live"
    now = fair.clock.now()
    await fair.tools.db.write(lambda tx: jobs._stop_selling(tx, fair.tools.ids, space, "moderated", now))
    await fair.work()
    assert await state(cy, ticket) == ("refunded", "moderated")
    assert await state(cy, tip) == ("paid", None)
    assert (await cy.post(f"spaces/{space}/join"))["role"] == "listener"
