"""Three people on a node, and what they do to each other."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from tests.people import settled
from tests.visitor import Visitor


@dataclass(frozen=True)
class Town:
    """Ada and Bob follow each other; nobody knows Cleo."""

    ada: Visitor
    bob: Visitor
    cleo: Visitor
    tools: Toolbox

    async def between(self, one: Visitor, other: Visitor) -> str:
        """The id of their conversation."""
        return str((await one.post("conversations", {"person": other.id}))["id"])

    async def say(self, one: Visitor, other: Visitor, text: str) -> Any:
        """One writes to the other; the message."""
        return await one.post(f"conversations/{await self.between(one, other)}/messages", {"text": text})

    async def refused_to_say(self, one: Visitor, other: Visitor, text: str = "Hello") -> tuple[int, str]:
        """Status and code with which one is refused to write to the other."""
        path = f"conversations/{await self.between(one, other)}/messages"
        return await one.refused("POST", path, json={"text": text})

    async def texts(self, reader: Visitor, other: Visitor) -> list[str]:
        """What a reader sees of a conversation, newest first."""
        page = await reader.get(f"conversations/{await self.between(reader, other)}/messages")
        return [message["text"] for message in page["items"]]

    async def listed(self, reader: Visitor, folder: str = "open") -> list[tuple[str | None, int, str]]:
        """With whom, how many are unread, and the last line."""
        items = (await reader.get("conversations", folder=folder))["items"]
        return [(line["person"] and line["person"]["username"], line["unread"], line["last"]["text"]) for line in items]

    async def stands(self, one: Visitor, other: Visitor) -> str:
        return str((await one.post("conversations", {"person": other.id}))["stands"])

    async def settle(self, work: Callable[..., None], *people: Visitor) -> None:
        """Has one of `tests.people.settled` done to these people."""

        def done(tx: Connection) -> None:
            work(tx, *(PersonId(person.id) for person in people))

        await self.tools.db.write(done)


@pytest.fixture
async def town(node: FastAPI, guest: Visitor) -> Town:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    town = Town(ada, bob, cleo, node.state.tools)
    await town.settle(settled.follow, ada, bob)
    await town.settle(settled.follow, bob, ada)
    return town
