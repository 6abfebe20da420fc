"""Who was where, and how it sounded: gathered while it happens, and written down in one go."""

import asyncio
from collections.abc import Iterable

from sqlalchemy import Connection

from cooee.kit.db import Database
from cooee.people.ids import PersonId
from cooee.spaces import service
from cooee.spaces.heard import Heard, Sound
from cooee.spaces.heard import note as note_sound
from cooee.spaces.state import SpaceId
from cooee.spaces.store import Visit
from cooee.spaces.tally import Tally


class Attendance:
    """What is still to be written of this node's rooms. But for `note`, its methods are called on the event loop."""

    def __init__(self, db: Database, tally: Tally) -> None:
        self._db = db
        self._tally = tally
        self._visits: list[Visit] = []
        self._heard: list[Heard] = []
        self._writing = asyncio.Lock()

    def saw(self, visits: Iterable[Visit]) -> None:
        """People were seen in rooms."""
        self._visits += visits

    def sounded(self, space: SpaceId, participant: str, sound: Sound) -> None:
        """A session ended: how its sound came through."""
        if participant.isdecimal():
            self._heard.append(Heard(space, PersonId(participant), sound))

    async def write(self) -> None:
        """Writes down what came since the last time; it is written when this returns."""
        async with self._writing:
            visits, self._visits = self._visits, []
            if visits:
                await self._db.write(lambda tx: self.note(tx, visits))
            heard, self._heard = self._heard, []
            if heard:
                await self._db.write(lambda tx: note_sound(tx, heard))

    def note(self, tx: Connection, visits: list[Visit]) -> None:
        """In the writing thread, with what else is written there."""
        seen = {(visit.space, visit.person) for visit in visits if visit.seen}
        fresh = service.note_visits(tx, visits)
        self._tally.first_seen(tx, [visit for visit in fresh if (visit.space, visit.person) in seen])
