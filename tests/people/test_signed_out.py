"""What was open on a device is closed with its session, and not only what it would ask for."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SystemClock
from cooee.people import store
from cooee.people.ids import PersonId
from tests.spaces.feeds import reading
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

Deed = Callable[[Visitor, Visitor], Awaitable[Any]]


@pytest.fixture
def clock() -> SystemClock:
    """The engine judges grants by the machine's clock."""
    return SystemClock()


async def _suspended(here: Visitor, moderator: Visitor) -> None:
    bo = await Visitor(here.client).sign_up("bo")
    await bo.post("reports", {"about": "person", "id": here.id, "reason": "spam"})
    (case,) = (await moderator.get("moderation/cases"))["items"]
    await moderator.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend", "days": 1})


DEEDS: dict[str, Deed] = {
    "signed out everywhere else": lambda here, _: here.delete("sessions"),
    "a new password": lambda here, _: here.put("me/password", {"password": "a staple of batteries"}),
    "deleted": lambda here, _: here.delete("me"),
    "suspended": _suspended,
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
async def test_a_device_that_is_signed_out_hears_nothing_more(node: FastAPI, guest: Visitor, deed: Deed) -> None:
    ada, mo = await guest.sign_up("ada"), await guest.sign_up("mo")
    await node.state.tools.db.write(lambda tx: store.change(tx, PersonId(mo.id), {"admin": True}))
    token = (await guest.post("sessions", {"username": "ada", "password": PASSWORD}))["token"]
    lost = Visitor(guest.client, token, ada.id, "ada")
    async with reading((await lost.get("me/feed"))["feed_url"]) as reader:
        await deed(ada, mo)
        assert await reader.until_closed() == 4003
    assert await lost.refused("GET", "me/feed") == (401, "unauthenticated")
