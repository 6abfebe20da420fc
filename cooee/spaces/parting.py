"""What follows in live Spaces when people part: by a block, or by deleting the account."""

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces.house import Actor
from cooee.spaces.live import Live
from cooee.spaces.rules.room import End, Remove


async def part(live: Live, by: PersonId, blocked: PersonId) -> None:
    """`by` has blocked `blocked`: whoever of the two hosts keeps the room, and the other goes.

    A host's or co-host's block removes. Whoever blocks the host leaves. Done twice, it is done once.
    """
    for space in await live.spaces_with(by):
        if space.role(by) in ("host", "cohost") and live.rooms.is_here(space.id, blocked):
            try:
                await live.act(Actor(by, exempt=True), space.id, Remove(blocked))
            except Refusal:
                # A co-host's block does not put out the host.
                continue
    for space in await live.spaces_with(blocked):
        if space.owner == blocked and live.rooms.is_here(space.id, by):
            await live.leave(Actor(by, exempt=True), space.id)


async def go(live: Live, person: PersonId) -> None:
    """`person` deletes the account: the Spaces that they host end, and they leave the others.

    Done twice, it is done once.
    """
    for space in await live.spaces_with(person):
        if space.host == person:
            await live.act(Actor(person, exempt=True), space.id, End())
        else:
            await live.leave(Actor(person, exempt=True), space.id)
