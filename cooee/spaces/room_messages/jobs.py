"""What was written in a room is deleted at its end, and its traces in the database's files soon after."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Table

from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside, Outside
from cooee.spaces import facts
from cooee.spaces.live import Live
from cooee.spaces.room_messages import store
from cooee.spaces.room_posts import store as room_posts
from cooee.spaces.state import SpaceId
from cooee.spaces.streams import store as streams
from cooee.spaces.tables import room_messages, spaces
from cooee.spaces.views import EVERYONE, HOSTS, personal
from cooee.spaces.window import MESSAGES

SCRUB: Final = "spaces.scrub"
"""The traces of all that was deleted go from the files."""

_WITHIN = timedelta(hours=1)
"""Much less than the 24 hours of the promise, and seldom enough for tables to be written anew."""


Wipe = Callable[[Connection, SpaceId], None]


def handlers(
    live: Live, database: Database, clock: Clock, wipes: Sequence[Wipe] = (), tables: Sequence[Table] = ()
) -> Mapping[str, Handler]:
    """What the worker does, by topic. `wipes`, of domains above, delete what they hold of a Space, in `tables`."""

    def wipe(tx: Connection, job: Job) -> None:
        space = SpaceId(job.payload["space"])
        store.wipe(tx, space)
        room_posts.wipe(tx, space)
        streams.wipe(tx, space)
        for work in wipes:
            work(tx, space)
        scrub_soon(tx, clock.now())

    async def scrub(_job: Job) -> None:
        # The questions of those who asked to speak stood in the Space itself.
        await database.scrub(room_messages, spaces, *tables)

    async def gone(job: Job) -> None:
        space, to = SpaceId(job.payload["space"]), job.payload["to"]
        for audience in (personal(to),) if to else (EVERYONE, HOSTS):
            live.window(space, audience, MESSAGES).take_away(job.payload["message"])

    return {facts.WIPE: Inside(wipe), facts.MESSAGE_GONE: Outside(gone), SCRUB: Outside(scrub)}


def scrub_soon(tx: Connection, now: datetime) -> None:
    """Has the files hold nothing of what was deleted, before long."""
    outbox.put(tx, SCRUB, SCRUB, {}, now + _WITHIN)
