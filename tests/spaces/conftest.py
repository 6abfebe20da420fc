"""A node where everybody may host, and the people of `rooms` with accounts on it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from cooee.kit.secrets import hashed
from cooee.kit.web import Toolbox
from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.people.records import PersonRecord
from cooee.people.sign_in import sessions
from cooee.people.sign_in.rules import Device
from cooee.spaces import store
from cooee.spaces.live import Live
from cooee.spaces.state import Space, SpaceId
from tests.spaces import rooms
from tests.visitor import Visitor

NAMES = {
    "host": rooms.HOST,
    "cohost": rooms.COHOST,
    "other_cohost": rooms.OTHER_COHOST,
    "speaker": rooms.SPEAKER,
    "other_speaker": rooms.OTHER_SPEAKER,
    "listener": rooms.LISTENER,
    "asker": rooms.ASKER,
    "invited": rooms.INVITED,
    "stranger": rooms.STRANGER,
    "outsider": rooms.OUTSIDER,
    "removed": rooms.REMOVED,
    "blocked": rooms.BLOCKED,
    "moderator": rooms.MODERATOR,
}


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    unlimited = ("space", "join", "join_address", "request", "microphone", "reaction", "room_message")
    return {"hosting": "everyone", **{f"{name}_limit": "" for name in unlimited}}


@dataclass(frozen=True)
class House:
    """A node with the people of `rooms`."""

    guest: Visitor
    people: Mapping[str, Visitor]
    tools: Toolbox
    live: Live

    def __getattr__(self, name: str) -> Visitor:
        return self.people[name]

    async def place(self, space: Space) -> SpaceId:
        """Puts a Space as it is into the database, under an id of its own; the node carries it if it is live.

        What is new about it is not told yet: `told` waits for that.
        """
        placed = replace(space, id=SpaceId(self.tools.ids.text()))
        assert await self.tools.db.write(lambda tx: store.insert_space(tx, placed))
        if not placed.ended:
            await self.live.rooms.carry(placed.id)
        return placed.id

    async def told(self, id: SpaceId) -> None:
        """Waits until all that happened in the Space was told."""
        await self.live.rooms.until_told(id)

    async def state(self, id: SpaceId) -> Space:
        """The Space as it is stored."""
        space = await self.tools.db.read(lambda tx: store.space(tx, id))
        assert space is not None
        return space


@pytest.fixture
async def house(node: FastAPI, guest: Visitor) -> House:
    tools: Toolbox = node.state.tools
    tokens = {name: tools.ids.token() for name in NAMES}

    def settle(tx: Connection) -> None:
        people_store.insert_people(tx, [_record(name, id, tools) for name, id in NAMES.items()])
        for name, id in NAMES.items():
            sessions.begin(tx, id, hashed(tokens[name]), Device(), tools.clock.now())

    await tools.db.write(settle)
    visitors = {name: Visitor(guest.client, tokens[name], id, name) for name, id in NAMES.items()}
    return House(guest, visitors, tools, node.state.spaces.live)


def _record(name: str, id: PersonId, tools: Toolbox) -> PersonRecord:
    return PersonRecord(
        id=id,
        username=name,
        display_name=name.replace("_", " ").title(),
        bio="",
        language="en",
        picture=None,
        admin=False,
        demo=None,
        created_at=tools.clock.now(),
        followers=0,
        following=0,
    )
