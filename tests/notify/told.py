"""People who do things to each other, and what they are told of it, through the API."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fastapi import FastAPI
from sqlalchemy import Connection, func, select

from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Worker
from cooee.notify import jobs
from cooee.people import facts
from cooee.people.ids import PersonId
from cooee.spaces.house import Suspended
from tests.visitor import Visitor


@dataclass(frozen=True)
class Town:
    """A node, and its outbox worked only when a test says so."""

    node: FastAPI
    guest: Visitor
    clock: SettableClock

    @property
    def tools(self) -> Toolbox:
        tools: Toolbox = self.node.state.tools
        return tools

    @property
    def suspended(self) -> Suspended:
        suspended: Suspended = self.node.state.spaces.live.house.suspended
        return suspended

    async def work_some(self) -> None:
        """Works what is due now."""
        worker = Worker(self.tools.db, self.clock, jobs.handlers(self.node.state.notify, self.tools))
        if not await worker.run_due():
            await asyncio.sleep(0.01)

    async def work(self, also: Mapping[str, Handler] | None = None) -> None:
        """Works the outbox until nothing is due, of other domains' topics what is in `also`."""
        handlers = {**(also or {}), **jobs.handlers(self.node.state.notify, self.tools)}
        worker = Worker(self.tools.db, self.clock, handlers)

        def due(tx: Connection) -> int:
            ours = outbox.outbox.c.topic.in_(handlers), outbox.outbox.c.due_at <= self.clock.now()
            return tx.execute(select(func.count()).select_from(outbox.outbox).where(*ours)).scalar_one()

        async with asyncio.timeout(60):
            # The node's own worker may have begun what is due.
            while await worker.run_due() or await self.tools.db.read(due):
                await asyncio.sleep(0.01)

    async def follow(self, follower: Visitor, followed: Visitor) -> None:
        """As if by the button."""
        await follower.put(f"people/{followed.id}/follow")
        one, other, now = PersonId(follower.id), PersonId(followed.id), self.clock.now()
        await self.tools.db.write(lambda tx: facts.followed(tx, one, other, now))
        await self.work()

    async def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        await self.work()


async def lines(visitor: Visitor, **query: Any) -> list[tuple[str, list[str], int]]:
    """What somebody's notices say: kind, who, how many."""
    return [
        (notice["kind"], [person["username"] for person in notice["people"]], notice["count"])
        for notice in (await visitor.get("notices", **query))["items"]
    ]


async def unread(visitor: Visitor) -> int:
    """What the badge says, which is how many lines of the list are new."""
    count: int = (await visitor.get("notices/unread"))["unread"]
    assert count == sum(notice["unread"] for notice in (await visitor.get("notices", limit=100))["items"])
    return count
