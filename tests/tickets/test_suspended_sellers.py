"""Whoever is suspended keeps nobody's money."""

from datetime import timedelta

import pytest

from cooee.people import store as people_store
from cooee.people.ids import PersonId
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
