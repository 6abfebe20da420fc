"""Who may do something to whom, and the seats that are given."""

import zlib
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import (
    HostOnly,
    HostsOnly,
    NotOnStage,
    NotYourself,
    Outranked,
    PersonNotOnStage,
    PersonRemoved,
    StageFull,
)
from cooee.spaces.events import CohostNamed, Seated
from cooee.spaces.state import MAX_COHOSTS, Role, Seat, Space

_RANK: dict[Role, int] = {"host": 3, "cohost": 2, "speaker": 1, "listener": 0}
_CSRC_BITS = 31


def as_host(space: Space, actor: PersonId) -> None:
    """Raises `HostOnly` unless the actor is the host."""
    if space.role(actor) != "host":
        raise HostOnly


def as_hosts(space: Space, actor: PersonId) -> None:
    """Raises `HostsOnly` unless the actor is the host or a co-host."""
    if space.role(actor) not in ("host", "cohost"):
        raise HostsOnly


def over(space: Space, actor: PersonId, person: PersonId) -> None:
    """The actor is one of the hosts, and above `person`. The owner outranks every co-host, also while away.

    Raises:
        HostsOnly, NotYourself, Outranked
    """
    as_hosts(space, actor)
    if person == actor:
        raise NotYourself
    if person == space.owner or _RANK[space.role(person)] >= _RANK[space.role(actor)]:
        raise Outranked


def own_or_outranked(space: Space, actor: PersonId, author: PersonId) -> None:
    """Something in the room is the actor's own, or of somebody whom the actor is `over`.

    Raises:
        HostsOnly, Outranked
    """
    if author != actor:
        over(space, actor, author)


def not_removed(space: Space, person: PersonId) -> None:
    """Raises `PersonRemoved` for whom a host removed."""
    if person in space.banned:
        raise PersonRemoved


def own_seat(space: Space, actor: PersonId) -> Seat:
    """The actor's seat, or `NotOnStage`."""
    seat = space.seat(actor)
    if seat is None:
        raise NotOnStage
    return seat


def seat_of(space: Space, person: PersonId) -> Seat:
    """Somebody's seat, or `PersonNotOnStage`."""
    seat = space.seat(person)
    if seat is None:
        raise PersonNotOnStage
    return seat


def included(space: Space, person: PersonId, *, followed: bool) -> bool:
    """Whether the policy lets this person speak unasked; an invitation does so whatever the policy is.

    `followed`: the host follows the person.
    """
    if person == space.owner or space.invitation(person) is not None:
        return True
    return space.policy == "everyone" or (space.policy == "followed" and followed)


def again_cohost(space: Space, person: PersonId, *, instead_of: PersonId | None = None) -> tuple[CohostNamed, ...]:
    """Makes a co-host of a host of before, if there is room beside the co-hosts and those to whom it is offered.

    `instead_of`: who becomes host, and is no co-host any more.
    """
    cohosts = [cohost for cohost in space.cohosts if cohost != instead_of]
    offered = sum(offer.cohost for offer in space.invitations)
    return (CohostNamed(person),) if len(cohosts) + offered < MAX_COHOSTS else ()


def seated(space: Space, person: PersonId, now: datetime, *, by_a_host: bool = False) -> Seated:
    """A free seat for somebody who has none. A host's mute of before holds, unless it is a host who gives the seat.

    Raises:
        StageFull: none is free; the owner's own is always kept.
    """
    if person != space.owner and space.free_seats() == 0:
        raise StageFull(space)
    return Seated(person, csrc=_csrc(space, person), at=now, held=person in space.held and not by_a_host)


def _csrc(space: Space, person: PersonId) -> int:
    """A number that follows from the person, so that it is the same after a return, and is nobody else's on stage."""
    taken = {seat.csrc for seat in space.stage}
    csrc = zlib.crc32(person.encode()) % (1 << _CSRC_BITS)
    while csrc == 0 or csrc in taken:
        csrc = (csrc + 1) % (1 << _CSRC_BITS)
    return csrc
