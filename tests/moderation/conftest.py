"""A town with a moderator."""

from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from cooee.moderation import standing
from cooee.people import store
from cooee.people.ids import PersonId
from tests.notify.told import Town
from tests.visitor import Visitor


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


@pytest.fixture
def town(node: FastAPI, guest: Visitor, clock: SettableClock) -> Town:
    return Town(node, guest, clock)


@pytest.fixture
async def mo(town: Town) -> Visitor:
    """A moderator."""
    mo = await town.guest.sign_up("mo")
    now = town.clock.now()
    await town.tools.db.write(lambda tx: standing.name(tx, PersonId(mo.id), now))
    return mo


@pytest.fixture
async def ada(town: Town) -> Visitor:
    """An administrator."""
    ada = await town.guest.sign_up("ada")
    await town.tools.db.write(lambda tx: store.change(tx, PersonId(ada.id), {"admin": True}))
    return ada
