"""What people do in live Spaces, and the connections they ask for."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy import Connection

from cooee.kit.idempotency import once
from cooee.kit.web import Toolbox
from cooee.media.engine import Answer, EngineError, Media
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.spaces import admission, service, shapes, store, views
from cooee.spaces.crowd import GUEST, stream_of
from cooee.spaces.errors import TooManyGuests
from cooee.spaces.house import Actor, Committed, Entry, House
from cooee.spaces.rooms import Rooms
from cooee.spaces.rules import Command
from cooee.spaces.rules.gates import Plan, Return, heeds_blocks, in_the_room
from cooee.spaces.rules.microphone import BeginToSpeak
from cooee.spaces.rules.room import Change as ChangeRoom
from cooee.spaces.rules.room import Leave
from cooee.spaces.rules.streams import BeginToStream, StreamClosed
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.tally import Source, Tally
from cooee.spaces.telling import topic
from cooee.spaces.window import Kind, Window

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Entrance:
    """Somebody was let in."""

    participant: str
    space: Space
    shape: shapes.Space
    blocked: tuple[Person, ...]


class Live:
    """What people do in the Spaces whose rooms this node carries."""

    def __init__(self, rooms: Rooms, media: Media, tools: Toolbox, house: House, tally: Tally) -> None:
        self.rooms = rooms
        self.media = media
        self.house = house
        self._tools = tools
        self._tally = tally

    async def begin(self, actor: Actor, plan: Plan, key: str | None = None) -> Space:
        """Starts a Space, or answers with the one that was started by the same `key`."""
        now = self._tools.clock.now()

        def work(tx: Connection) -> Space:
            def start() -> str:
                return service.start(tx, self.house, actor, plan, now, self.rooms.committed).id

            return service.found(tx, SpaceId(once(tx, actor.person, "space", key, now, start)))

        return await self._tools.db.write(work)

    async def begin_by(self, work: Callable[[Connection, Committed], Space]) -> Space:
        """Starts a Space by the work of a domain above."""
        return await self._tools.db.write(lambda tx: work(tx, self.rooms.committed))

    async def act(self, actor: Actor, id: SpaceId, command: Command) -> Space:
        """Has somebody do something; the Space afterwards."""
        now, room = self._tools.clock.now(), self.rooms.get(id)
        inside = room is not None and actor.person in room.crowd
        # A lock stays when a node dies, and with it who may come back: those of the last second are written along.
        here = self.rooms.inside(id, now) if isinstance(command, ChangeRoom) and command.locked else []

        def work(tx: Connection) -> Space:
            space = service.act(tx, self.house, actor, id, command, now, self.rooms.committed, known=inside)
            self.rooms.attendance.note(tx, here)
            return space

        return await self._tools.db.write(work)

    async def change(self, work: Callable[[Connection, datetime, Committed], T]) -> T:
        """Runs a unit of work that changes Spaces by more than a command."""
        now = self._tools.clock.now()
        return await self._tools.db.write(lambda tx: work(tx, now, self.rooms.committed))

    async def enter(
        self, id: SpaceId, actor: Actor | None, address: str, guest_limit: int, source: Source | None = None
    ) -> Entrance:
        """Lets somebody in, as a listener or in the role that they have; `None` is a guest.

        `source`: from where they came, if they say so.

        Raises:
            TooManyGuests, and what `service.enter` refuses.
        """
        here = self.rooms.get(id)
        known = actor is not None and here is not None and actor.person in here.crowd
        entry = await self._read(id, actor, known=known)
        room = await self.rooms.carry(id)
        if actor is None and 0 < guest_limit <= room.crowd.guests_from(address):
            raise TooManyGuests
        if actor is not None and Return().decide(entry.space, actor.person, self._tools.clock.now()):
            await self.act(actor, id, Return())
            entry = await self._read(id, actor, known=known)
            room = await self.rooms.carry(id)
        participant = actor.person if actor else GUEST + self._tools.ids.text()
        room.crowd.let_in(participant, address, self._tools.clock.now())
        self._tally.let_in(id, participant, source)
        room.cast |= entry.cast
        if participant in room.space.moderators:
            self.rooms.tell(room)
        self.media.publish(topic(id), room.feed.greet(room.space, participant))
        shape = views.whole(entry.space, entry.cast, room.listening)
        return Entrance(participant, entry.space, shape, entry.blocked)

    async def _read(self, id: SpaceId, actor: Actor | None, *, known: bool) -> Entry:
        return await self._tools.db.read(lambda tx: service.enter(tx, self.house, id, actor, known=known))

    async def leave(self, actor: Actor, id: SpaceId) -> None:
        """Somebody goes, with all their connections."""
        await self.act(actor, id, Leave())
        if room := self.rooms.get(id):
            room.crowd.put_out(actor.person)
            room.feed.forget(actor.person)
            self.rooms.tell(room)
        for participant in (actor.person, stream_of(actor.person)):
            self.media.close_participant(id, participant, "left")

    async def react(self, actor: Actor, id: SpaceId, emoji: str) -> None:
        """Lets a reaction float from somebody who is in the room, at its door, or on stage.

        Raises:
            NotInTheRoom, and what every command refuses.
        """
        await self.check_inside(actor, id)
        self.media.react(id, actor.person, emoji)
        self._tally.reacted(id, emoji)

    async def check_inside(self, actor: Actor, id: SpaceId) -> None:
        """Whether somebody is in the room, at its door, or on stage.

        Raises:
            NotInTheRoom, and what every command refuses.
        """
        space = await self.current(id)
        room = self.rooms.get(id)
        inside = room is not None and actor.person in room.crowd
        # Who is inside came through the gate.
        admission.check(self.house, space, Actor(actor.person, exempt=actor.exempt or inside))
        in_the_room(space, actor.person, here=inside)

    def window(self, id: SpaceId, audience: str, kind: Kind) -> Window:
        """Where an audience of a room sees what is said."""
        room = self.rooms.get(id)
        if room is None:
            return Window(kind, lambda _told: None)
        tell = partial(self.media.publish_live, topic(id), audience, kind.channel)
        return room.windows.setdefault((kind, audience), Window(kind, tell))

    async def current(self, id: SpaceId) -> Space:
        """The Space as it is now.

        Raises:
            SpaceNotFound, SpaceEnded: it ended just now; one that was over before is answered.
        """
        if room := self.rooms.get(id):
            return room.space
        space = await self._tools.db.read(lambda tx: service.found(tx, id))
        return space if space.ended else (await self.rooms.carry(id)).space

    async def speak(self, actor: Actor, id: SpaceId, offer: str, replaces: str | None) -> Answer:
        """Opens a speak session. It begins muted, and whom the policy includes is seated by it.

        Raises:
            EngineError, and what `BeginToSpeak` refuses.
        """
        epoch = (await self.current(id)).access_epoch
        await self.act(actor, id, BeginToSpeak())
        return await self.media.open_speak(id, actor.person, offer, epoch, replaces)

    async def stream(self, actor: Actor, id: SpaceId, offer: str) -> Answer:
        """Opens the speak session of a program that speaks for somebody on stage. It begins muted.

        Raises:
            EngineError, and what `BeginToStream` refuses.
        """
        epoch = (await self.current(id)).access_epoch
        await self.act(actor, id, BeginToStream())
        try:
            return await self.media.open_speak(id, stream_of(actor.person), offer, epoch, None)
        except EngineError:
            await self.rooms.observe(id, StreamClosed(actor.person, ""))
            raise

    async def spaces_with(self, person: PersonId) -> list[Space]:
        """Live Spaces that are this person's, or on whose stage they are."""
        return await self._tools.db.read(lambda tx: store.theirs(tx, person))

    async def apart_from_owner(self, space: Space) -> list[PersonId]:
        """Those who are here, or wait to be, and are in a block with the Space's owner."""
        concerned = self.rooms.concerned(space.id)

        def apart(tx: Connection) -> list[PersonId]:
            here = concerned & relations.parted_from(tx, space.owner)
            return sorted((person for person in here if heeds_blocks(space, person)), key=int)

        return await self._tools.db.read(apart)
