"""Telling the audiences of live Spaces what is new: gathered for a moment, so that a burst of changes is one frame."""

import asyncio
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from cooee.kit.grants import LIFETIME
from cooee.kit.web import Toolbox
from cooee.media.engine import Media
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.spaces import service, shapes, views
from cooee.spaces.crowd import Crowd
from cooee.spaces.events import Event
from cooee.spaces.remix import Remix
from cooee.spaces.room import Feed
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.window import Kind, Window

_GATHER_S = 0.1
_GATHER_LARGE_S = 0.25
_LARGE = 1000
# The engine drops what still waits for a feed that it closes: why it closes is to be read first.
_FAREWELL_S = 0.25
_SPARE_FACES = 100
NOBODY = shapes.Listening(listeners=0, listening=(), moderators=())
_log = structlog.get_logger(__name__)


@dataclass(slots=True, eq=False)
class Room:
    """One live Space on this node. Touched by the event loop only."""

    space: Space
    feed: Feed = field(default_factory=Feed)
    crowd: Crowd = field(default_factory=Crowd)
    cast: dict[PersonId, Person] = field(default_factory=dict)
    untold: list[Event] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    watched: dict[str, datetime] = field(default_factory=dict)
    listening: shapes.Listening = NOBODY
    windows: dict[tuple[Kind, str], Window] = field(default_factory=dict)
    remix: Remix = field(default_factory=Remix)
    telling: asyncio.Task[None] | None = None
    stale: bool = True


class Teller:
    """Publishes what happens in rooms. Everything it does is done on the event loop."""

    def __init__(self, media: Media, tools: Toolbox, asks: Questions, rooms: MutableMapping[SpaceId, Room]) -> None:
        """A room whose Space is over is taken out of `rooms` once everybody was told."""
        self._media = media
        self._tools = tools
        self._asks = asks
        self._rooms = rooms

    def tell(self, room: Room) -> None:
        """Has the room's audiences told what is new: the first news at once, what follows gathered."""
        room.stale = True
        if room.telling is None:
            room.telling = asyncio.create_task(self._keep_telling(room))

    def look_after(self, room: Room) -> None:
        """Tells again what could not be told, and closes feeds that were opened with a grant of a former role."""
        now = self._tools.clock.now()
        room.watched = {participant: until for participant, until in room.watched.items() if until > now}
        self._set_audiences(room, room.watched)
        if room.stale:
            self.tell(room)

    async def stop(self) -> None:
        """Tells no more."""
        telling = [room.telling for room in self._rooms.values() if room.telling]
        for task in telling:
            task.cancel()
        await asyncio.gather(*telling, return_exceptions=True)

    async def _keep_telling(self, room: Room) -> None:
        try:
            while room.stale:
                room.stale = False
                await self._tell_now(room)
                await asyncio.sleep(_GATHER_LARGE_S if room.listening.listeners > _LARGE else _GATHER_S)
        except Exception:
            # The database may be away; `look_after` tries again.
            _log.exception("space.telling_failed", space=room.space.id)
            room.stale = True
        finally:
            room.telling = None

    async def _tell_now(self, room: Room) -> None:
        space, happened, moved = room.space, room.untold, room.moved
        room.untold, room.moved = [], set()
        shown = room.crowd.shown(space)
        try:
            await self._learn(room, views.cast_of(space) | set(shown), happened)
        except Exception:
            room.untold, room.moved = [*happened, *room.untold], room.moved | moved
            raise
        self._media.publish(topic(space.id), room.feed.tell(space, happened, room.cast, room.crowd))
        self._tell_listening(room, shown)
        if moved or space.ended:
            await asyncio.sleep(_FAREWELL_S)
        # Grants of before are good for a while yet: `look_after` looks again.
        room.watched |= dict.fromkeys(moved, self._tools.clock.now() + 2 * LIFETIME)
        self._set_audiences(room, moved)
        if space.ended:
            self._media.close_space(space.id, space.ended.reason)
            self._rooms.pop(space.id, None)

    async def _learn(self, room: Room, needed: set[PersonId], happened: Iterable[Event]) -> None:
        """Faces and names of those who are shown; those whom something happened to are looked up again."""
        touched = {event.person for event in happened if hasattr(event, "person")}
        missing = (needed - room.cast.keys()) | touched
        if len(room.cast) > 2 * len(needed) + _SPARE_FACES:
            room.cast = {person: face for person, face in room.cast.items() if person in needed}
        if missing:
            room.cast |= await self._tools.db.read(lambda tx: service.cast(tx, missing, self._asks))

    def _tell_listening(self, room: Room, shown: list[PersonId]) -> None:
        faces = tuple(room.cast[person] for person in shown if person in room.cast)
        # Who is at the door reads along already.
        here = sorted(room.space.moderators & room.crowd.inside())
        moderators = tuple(room.cast[person] for person in here if person in room.cast)
        now = shapes.Listening(listeners=room.crowd.listeners(room.space), listening=faces, moderators=moderators)
        if now != room.listening:
            room.listening = now
            data = now.model_dump_json().encode()
            self._media.publish_live(topic(room.space.id), views.EVERYONE, "presence", data)

    def _set_audiences(self, room: Room, participants: Iterable[str]) -> None:
        for participant in participants:
            self._media.set_audiences(room.space.id, participant, views.audiences(room.space, participant))


def topic(id: SpaceId) -> str:
    """The Space's feed, as the engine knows it."""
    return f"space:{id}"
