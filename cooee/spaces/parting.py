"""What follows in live Spaces when people part: by a block, or by deleting the account."""

from collections.abc import Collection
from contextlib import suppress

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces.house import Actor
from cooee.spaces.live import Live
from cooee.spaces.rules.room import End, Remove
from cooee.spaces.state import SpaceId


async def part(live: Live, by: PersonId, blocked: PersonId) -> None:
    """`by` has blocked `blocked`: whoever of the two hosts keeps the room, and the other goes.

    A host's or co-host's block removes. Whoever blocks the host leaves. Done twice, it is done once.
    """
    for space in await live.spaces_with(by):
        if not live.rooms.is_here(space.id, blocked):
            continue
        if space.role(by) in ("host", "cohost"):
            try:
                await live.act(Actor(by, exempt=True), space.id, Remove(blocked))
            except Refusal:
                # A co-host's block does not put out the host.
                continue
        elif space.owner == by:
            # The owner is away, and whoever acts as host is not put out for good in their name.
            await live.leave(Actor(blocked, exempt=True), space.id)
    for space in await live.spaces_with(blocked):
        if space.owner == blocked and live.rooms.is_here(space.id, by):
            await live.leave(Actor(by, exempt=True), space.id)


async def go(live: Live, person: PersonId) -> None:
    """`person` deletes the account: the Spaces that they host end, and they leave the others, also where they listen.

    Done twice, it is done once.
    """
    for space in await live.spaces_with(person):
        if space.host == person:
            await live.act(Actor(person, exempt=True), space.id, End())
    for id in live.rooms.of(person):
        with suppress(Refusal):
            await live.leave(Actor(person, exempt=True), id)


def sign_out(live: Live, person: PersonId, good: Collection[str]) -> None:
    """`person` was signed out somewhere: what was opened in rooms by others than their `good` sessions closes.

    Feeds close all, as for a change of role: whoever is still signed in joins again.
    """
    for id in live.rooms.of(person):
        live.media.set_audiences(id, person, [])
        if room := live.rooms.get(id):
            for session in room.crowd.opened_elsewhere(person, good):
                live.media.close_session(id, session)


async def keep_apart(live: Live, id: SpaceId) -> None:
    """The Space is somebody else's for good: whoever is in a block with them leaves. Done twice, it is done once."""
    room = live.rooms.get(id)
    if room is not None and not room.space.ended:
        for person in await live.apart_from_owner(room.space):
            await live.leave(Actor(person, exempt=True), id)
