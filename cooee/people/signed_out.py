"""Whoever is signed out somewhere hears nothing more there: each node closes what is open at it.

What counts is what the database says, whoever wrote it: this node, another one, or the command line.
"""

import asyncio
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.grants import LIFETIME, Grant
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions

_LOOK_S = 1.0
_GRANTS_ARE_OVER = LIFETIME + timedelta(seconds=5)
_LOOK_BACK = 2 * _GRANTS_ARE_OVER
"""Long enough for grants of before, and for nodes whose clocks disagree."""
_log = structlog.get_logger(__name__)


Close = Callable[[PersonId, Collection[str]], None]
"""Closes what somebody has open at this node; the sessions with these ids are good."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What this node knows of the end of somebody's sessions."""

    good: frozenset[str]
    """Those that were left."""
    closed_at: datetime
    again: bool = False
    """Whether it was closed once more, when no grant of before was good."""


class SignedOut:
    """One per node. Whoever is still signed in opens again what was closed with the rest."""

    def __init__(self, db: Database, clock: Clock, close: Close) -> None:
        self._db = db
        self._clock = clock
        self._close = close
        # By whose they were, and when they ended.
        self._ended: dict[tuple[PersonId, datetime], Ended] = {}

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
        now, before = self._clock.now(), self._ended

        def read(tx: Connection) -> list[tuple[PersonId, datetime, Ended]]:
            ended = sessions.ended_since(tx, now - _LOOK_BACK)
            return [(who, at, _known(tx, who, before.get((who, at)), now)) for who, at in ended]

        found = await self._db.read(read)
        self._ended = {(who, at): known for who, at, known in found}
        for who, at, known in found:
            if known != before.get((who, at)):
                self._close(who, known.good)

    def is_of_before(self, grant: Grant) -> bool:
        """Whether a grant was given to a session that has ended since."""
        # Grants count whole seconds.
        given = grant.expires - LIFETIME - timedelta(seconds=1)
        return any(
            who == grant.participant and given <= at and grant.device not in ended.good
            for (who, at), ended in self._ended.items()
        )


def _known(tx: Connection, who: PersonId, before: Ended | None, now: datetime) -> Ended:
    """What is known by now: something else than before if there is to be closed."""
    again = before is not None and now - before.closed_at >= _GRANTS_ARE_OVER
    if before is not None and (before.again or not again):
        return before
    good = frozenset(one.id for one in sessions.listed(tx, who, now))
    return Ended(good, before.closed_at if before else now, again)
