"""Whoever is signed out somewhere hears nothing more there: each node closes the feeds that are open at it.

What counts is what the database says, whoever wrote it: this node, another one, or the command line.
"""

import asyncio
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

import structlog

from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.grants import LIFETIME
from cooee.media.engine import Media
from cooee.people import own_feed
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions

_LOOK_S = 1.0
_GRANTS_ARE_OVER = LIFETIME + timedelta(seconds=5)
_LOOK_BACK = 2 * _GRANTS_ARE_OVER
"""Long enough for grants of before, and for nodes whose clocks disagree."""
_log = structlog.get_logger(__name__)


class SignedOut:
    """One per node. Of a person all feeds are closed, and those who are still signed in open theirs again."""

    def __init__(self, db: Database, clock: Clock, media: Media) -> None:
        self._db = db
        self._clock = clock
        self._media = media
        # When this node closed for whom, and for which end of theirs; None: also what a grant of before opened since.
        self._closed: dict[tuple[PersonId, datetime], datetime | None] = {}

    async def run(self) -> None:
        """Looks at once after a commit of this node, else once a second, until cancelled."""
        loop, wake = asyncio.get_running_loop(), asyncio.Event()

        def rouse() -> None:
            loop.call_soon_threadsafe(wake.set)

        self._db.on_signal(sessions.ENDED, rouse)
        while True:
            wake.clear()
            try:
                await self.look()
            except Exception:
                _log.exception("signed_out.look_failed")
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_S):
                    await wake.wait()

    async def look(self) -> None:
        """Closes for those whose sessions ended, and again when no grant of before opens anything any more."""
        now = self._clock.now()
        ended = await self._db.read(partial(sessions.ended_since, since=now - _LOOK_BACK))
        before, self._closed = self._closed, {}
        for one in ended:
            closed_at = before.get(one, now)
            again = closed_at is not None and now - closed_at >= _GRANTS_ARE_OVER
            if one not in before or again:
                own_feed.close(self._media, one[0])
            self._closed[one] = None if again else closed_at
