"""The rooms of live Spaces on this node, and what follows from committed events: feed frames and engine commands.

Permissions are level-triggered: the engine is told who may speak right after each commit, and again every second.
Frames leave after commit, gathered for a moment, so that a burst of changes is one frame.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from cooee.kit.web import Toolbox
from cooee.media.engine import Media
from cooee.people.ids import PersonId
from cooee.spaces import events, service, shapes, store, views
from cooee.spaces.attendance import Attendance
from cooee.spaces.bubbles import Bubbles
from cooee.spaces.errors import SpaceEnded, SpaceNotFound
from cooee.spaces.house import Change, House
from cooee.spaces.rules import Observation, conclude
from cooee.spaces.rules.presence import Present, ServerStarted, TimePassed
from cooee.spaces.rules.recording import RecordingLost
from cooee.spaces.stagehand import Stagehand
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.store import Visit
from cooee.spaces.tally import Tally
from cooee.spaces.tape import Tape
from cooee.spaces.telling import NOBODY, Room, Teller

# What can be seen on a bubble, or makes it one.
_ON_BUBBLES = (
    events.Seated,
    events.Unseated,
    events.Removed,
    events.LetBack,
    events.HostChanged,
    events.TitleSet,
    events.Ended,
)


class Rooms:
    """The live Spaces of this node. There is one; its coroutines run on one event loop."""

    def __init__(self, media: Media, tools: Toolbox, house: House, tape: Tape, tally: Tally) -> None:
        self.attendance = Attendance(tools.db, tally)
        self._media = media
        self._tools = tools
        self._house = house
        self._tape = tape
        self._tally = tally
        self._hand = Stagehand(media, tape)
        self._rooms: dict[SpaceId, Room] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._carrying = asyncio.Lock()
        self._bubbles = Bubbles(media, tools, house)
        self._teller = Teller(media, tools, house.asks, self._rooms)

    async def start(self) -> None:
        """Opens every live Space in the engine, everyone muted: the connections of before are gone."""
        self._loop = asyncio.get_running_loop()
        now = self._tools.clock.now()
        for id in await self._tools.db.read(store.live_versions):
            await self._tools.db.write(partial(_started, house=self._house, id=id, now=now))
            with suppress(SpaceEnded, SpaceNotFound):
                await self.carry(id)

    async def stop(self) -> None:
        """Tells no more, and notes who was there."""
        await self._teller.stop()
        await self.attendance.write()

    def of(self, person: PersonId) -> list[SpaceId]:
        """The rooms of this node in which somebody is; from any thread."""
        return [id for id in list(self._rooms) if self.is_here(id, person)]

    def is_here(self, id: SpaceId, person: PersonId) -> bool:
        """Whether this person is in the room, at its door, on stage, or waits to be."""
        room = self._rooms.get(id)
        if room is None:
            return False
        space = room.space
        seated = space.seat(person) or space.request(person) or space.invitation(person)
        return person in room.crowd or seated is not None

    def concerned(self, id: SpaceId) -> frozenset[PersonId]:
        """Those with an account who are in the room, at its door, on stage, or wait to be."""
        room = self._rooms.get(id)
        if room is None:
            return frozenset()
        asking = {request.person for request in room.space.requests} | {one.person for one in room.space.invitations}
        return room.crowd.inside() | {seat.person for seat in room.space.stage} | asking

    def spaces(self) -> list[Space]:
        """The live Spaces of this node."""
        return [room.space for room in self._rooms.values() if not room.space.ended]

    def get(self, id: SpaceId) -> Room | None:
        """The room of a live Space, if this node carries it."""
        return self._rooms.get(id)

    def tell(self, room: Room) -> None:
        """Has the room's audiences told what is new."""
        self._teller.tell(room)

    def known(self, id: SpaceId) -> Space | None:
        """A live Space as this node knows it; None if it carries none of this id."""
        room = self._rooms.get(id)
        return room.space if room and not room.space.ended else None

    async def until_told(self, id: SpaceId) -> None:
        """Waits until the room was told all that has happened so far."""
        room = self._rooms.get(id)
        while room is not None and room.telling:
            await room.telling

    def listening(self, id: SpaceId) -> shapes.Listening:
        """Who listens right now."""
        room = self._rooms.get(id)
        return room.listening if room else NOBODY

    def listeners(self, id: SpaceId) -> int:
        """How many listen right now; from any thread."""
        return self.listening(id).listeners

    async def observe(self, id: SpaceId, observation: Observation) -> None:
        """Draws the conclusions from what is the case, if there are any."""
        now = self._tools.clock.now()
        room = self._rooms.get(id)
        if room is not None and conclude(room.space, observation, now):
            await self._tools.db.write(
                lambda tx: service.observe(tx, self._house, id, observation, now, self.committed)
            )

    def crowd_moved(self, id: SpaceId, joined: Iterable[str], left: Iterable[str]) -> None:
        """The engine saw participants come and go."""
        room = self._rooms.get(id)
        if room is None:
            return
        joined, left = list(joined), list(left)
        room.crowd.move(joined, left)
        self._tally.came(id, joined)
        now = self._tools.clock.now()
        self.attendance.saw(Visit(id, PersonId(who), now) for who in (*joined, *left) if who.isdecimal())
        for participant in left:
            room.feed.forget(participant)
        self.tell(room)

    def opened(self, id: SpaceId, participant: str, session: str, device: str) -> None:
        """Somebody opened a session of sound."""
        if room := self._rooms.get(id):
            room.crowd.opened(participant, session, device)

    def closed(self, id: SpaceId, participant: str, session: str) -> None:
        """A session of sound is over."""
        if room := self._rooms.get(id):
            room.crowd.closed(participant, session)

    async def recording_ended(self, id: SpaceId, folder: str) -> None:
        """A recording that nobody stopped has failed: the room is told that there is none any more."""
        if self._tape.ended(id, folder):
            # Not `observe`: it may fail before this node's own picture of the room says that it began.
            now, lost = self._tools.clock.now(), RecordingLost()
            await self._tools.db.write(lambda tx: service.observe(tx, self._house, id, lost, now, self.committed))

    async def _miss_recording(self, space: Space) -> None:
        """One that never began, or whose end nobody could write down at the time."""
        if space.recording_since is not None and not self._tape.is_recording(space.id):
            await self.observe(space.id, RecordingLost(space.recording_since))

    async def mix_failed(self, id: SpaceId) -> None:
        """Takes the stage again, at a higher epoch: at once, unless it failed a moment ago; `tick` does that later."""
        if room := self._rooms.get(id):
            room.remix = room.remix.failed(self._tools.clock.now())
            await self._remix(room)

    async def tick(self) -> None:
        """Once a second: presence, succession, permissions, attendance."""
        await self._reconcile()
        for id, room in list(self._rooms.items()):
            late = room.crowd.expire(self._tools.clock.now())
            self._tally.never_came(id, late)
            for participant in late:
                room.feed.forget(participant)
                if participant in room.space.moderators:
                    self.tell(room)
            await self.observe(id, Present(room.crowd.people()))
            await self.observe(id, TimePassed())
            if not room.space.ended:
                self._hand.permit(room.space)
                await self._remix(room)
                await self._miss_recording(room.space)
            self._keep_out(room)
            self._teller.look_after(room)
        await self.attendance.write()

    async def hint(self) -> None:
        """Waits until bubbles change, then tells those who see them."""
        await self._bubbles.tell(self.listeners)

    def committed(self, change: Change) -> None:
        """A Space changed: called in the writing thread, in the order of commits. What cannot wait is done at once."""
        self._hand.follow(change)
        assert self._loop is not None, "nothing is written before the start"
        self._loop.call_soon_threadsafe(self._changed, change)

    def _changed(self, change: Change) -> None:
        space = change.after
        room = self._rooms.get(space.id)
        if room is None:
            if space.ended:
                return
            room = self._rooms[space.id] = Room(space)
        before = change.before or space
        if space.version > room.space.version:
            room.space = space
        room.untold += change.events
        if space.ended:
            # With the room goes what is known of those who were there until the end.
            came = room.crowd.people()
            here = self.inside(space.id, space.ended.at)
            self.attendance.saw(replace(one, seen=one.person in came) for one in here)
        for seat in (*before.stage, *space.stage):
            if views.audiences(before, seat.person) != views.audiences(space, seat.person):
                room.moved.add(seat.person)
        if space.audience == "public" and (
            change.before is None or any(isinstance(event, _ON_BUBBLES) for event in change.events)
        ):
            self._bubbles.changed(change.before, space)
        if any(isinstance(event, events.GuestsSet) for event in change.events) and not room.space.guests:
            self._put_guests_out(room)
        self.tell(room)

    def inside(self, id: SpaceId, now: datetime) -> list[Visit]:
        """Who is in the room, each as seen `now`."""
        room = self._rooms.get(id)
        return [Visit(id, person, now) for person in sorted(room.crowd.inside())] if room else []

    async def carry(self, id: SpaceId) -> Room:
        """Carries a live Space on this node; one that is carried already stays as it is.

        Raises:
            SpaceNotFound, SpaceEnded
        """
        if id not in self._rooms:
            async with self._carrying:
                if id not in self._rooms:
                    await self._take_stage(id)
        room = self._rooms.get(id)
        if room is None or room.space.ended:
            raise SpaceEnded(room.space if room else await self._tools.db.read(lambda tx: service.found(tx, id)))
        return room

    async def _take_stage(self, id: SpaceId) -> None:
        await self._tools.db.write(lambda tx: service.take_stage(tx, id, self._taken))

    def _taken(self, space: Space, epoch: int) -> None:
        """In the writing thread, in the order of commits, so that no end is overtaken."""
        self._hand.take(space, epoch)
        self.committed(Change(space, space, ()))

    async def _remix(self, room: Room) -> None:
        if room.remix.is_due(self._tools.clock.now()):
            room.remix = room.remix.started()
            with suppress(SpaceEnded, SpaceNotFound):
                await self._take_stage(room.space.id)

    def _keep_out(self, room: Room) -> None:
        """A session that was being opened while its person was removed is closed as well; so is what another node's
        decision closes at this one."""
        for person in room.space.banned:
            if person in room.crowd:
                self._media.close_participant(room.space.id, person, "removed")
        if not room.space.guests:
            self._put_guests_out(room)

    def _put_guests_out(self, room: Room) -> None:
        for guest in room.crowd.guests():
            self._media.close_participant(room.space.id, guest, "left")

    async def _reconcile(self) -> None:
        """Sees to it that this node knows what the database knows, whoever wrote it."""
        versions = await self._tools.db.read(store.live_versions)
        behind = {id for id, version in versions.items() if self._knows(id) < version}
        behind |= {id for id, room in self._rooms.items() if id not in versions and not room.space.ended}
        if behind:
            known = await self._tools.db.read(lambda tx: store.by_ids(tx, behind))
            for id in behind:
                await self._catch_up(id, known.get(id))

    async def _catch_up(self, id: SpaceId, space: Space | None) -> None:
        room = self._rooms.get(id)
        if space is None:
            # Its owner's account was deleted.
            self._media.close_space(id, "moderated")
            self._rooms.pop(id, None)
        elif room is None:
            if space.ended is None:
                with suppress(SpaceEnded, SpaceNotFound):
                    await self.carry(id)
        elif space.version > room.space.version:
            self._hand.permit(space)
            self._hand.record(room.space, space)
            self._changed(Change(room.space, space, ()))

    def _knows(self, id: SpaceId) -> int:
        room = self._rooms.get(id)
        return room.space.version if room else 0


def _started(tx: Connection, house: House, id: SpaceId, now: datetime) -> Space:
    return service.observe(tx, house, id, ServerStarted(), now, _unheard)


def _unheard(_change: Change) -> None:
    """Nobody is connected yet."""
