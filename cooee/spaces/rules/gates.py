"""The two gates (access, hosting), the start of a Space, and who may come in."""

import zlib
from dataclasses import dataclass, field
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import (
    AccessNotYet,
    CannotHostYet,
    GuestsOff,
    NotInTheRoom,
    ProtectedHost,
    RemovedFromSpace,
    SpaceEnded,
    SpaceLocked,
    SpaceNotFound,
)
from cooee.spaces.events import HostChanged
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import again_cohost, seated
from cooee.spaces.state import Audience, Policy, Space, SpaceId


@dataclass(frozen=True, slots=True)
class Rollout:
    """A stable share of all accounts, and a list. 100 per cent is everyone."""

    percent: int = 100
    people: frozenset[PersonId] = frozenset()

    def includes(self, person: PersonId) -> bool:
        """The answer for a person changes only from no to yes while `percent` grows."""
        return person in self.people or zlib.crc32(b"rollout" + person.encode()) % 100 < self.percent


@dataclass(frozen=True, slots=True)
class HostingGate:
    """Who may host: `everyone`, those in the group, or those with so many followers. Administrators always may."""

    min_followers: int = 600
    everyone: bool = False
    rollout: Rollout = field(default_factory=lambda: Rollout(percent=0))


@dataclass(frozen=True, slots=True)
class Gates:
    """Both gates, as the operator set them."""

    access: Rollout = field(default_factory=Rollout)
    hosting: HostingGate = field(default_factory=HostingGate)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What the gates ask about a person."""

    person: PersonId
    followers: int
    admin: bool
    protected: bool = False


def may_host(gate: HostingGate, candidate: Candidate) -> bool:
    return (
        candidate.admin
        or gate.everyone
        or candidate.followers >= gate.min_followers
        or gate.rollout.includes(candidate.person)
    )


def check_host(gate: HostingGate, candidate: Candidate, audience: Audience) -> None:
    """Whether this person may host a Space for this audience, now or later.

    Raises:
        CannotHostYet, ProtectedHost
    """
    if not may_host(gate, candidate):
        raise CannotHostYet(candidate.followers, gate.min_followers)
    if candidate.protected and audience == "public":
        raise ProtectedHost


def has_access(gates: Gates, space: Space, person: PersonId, *, exempt: bool) -> bool:
    """Whether Spaces exist for this person: by the rollout, or because this one invited them."""
    return exempt or gates.access.includes(person) or _invited(space, person)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a Space is to be."""

    title: str = ""
    topics: tuple[str, ...] = ()
    language: str = ""
    policy: Policy = "invited"
    audience: Audience = "public"
    guests: bool = True
    record: bool = False
    """From the beginning."""


def start(space: SpaceId, plan: Plan, candidate: Candidate, gate: HostingGate, seats: int, now: datetime) -> Space:
    """A new live Space with its host on stage, muted.

    Raises:
        CannotHostYet, ProtectedHost
    """
    check_host(gate, candidate, plan.audience)
    host = candidate.person
    empty = Space(
        id=space,
        owner=host,
        host=host,
        title=plan.title,
        topics=plan.topics,
        language=plan.language,
        policy=plan.policy,
        audience=plan.audience,
        guests=plan.guests,
        seats=seats,
        started_at=now,
        recording_since=now if plan.record else None,
        recorded=plan.record,
    )
    return seated(empty, host, now).apply(empty)


def may_see(space: Space, person: PersonId | None) -> None:
    """Whether the Space exists for this person; `None` is somebody without an account.

    Raises:
        SpaceNotFound
    """
    if not is_visible(space, person):
        raise SpaceNotFound


def is_visible(space: Space, person: PersonId | None) -> bool:
    """Whether the Space exists for this person."""
    return space.audience != "invited" or (person is not None and _invited(space, person))


def may_act(gates: Gates, space: Space, person: PersonId, *, exempt: bool) -> None:
    """Whether this person can do anything at all in the Space; what, the commands decide.

    Raises:
        SpaceNotFound, AccessNotYet
    """
    # Who was removed knows that the Space exists, and is told so by every command.
    if person not in space.banned:
        may_see(space, person)
        if not has_access(gates, space, person, exempt=exempt):
            raise AccessNotYet


def in_the_room(space: Space, person: PersonId, *, here: bool) -> None:
    """Whether this person is in the Space: on stage, or `here`, by any connection or at its door.

    Raises:
        NotInTheRoom
    """
    if not here and space.seat(person) is None:
        raise NotInTheRoom


def heeds_blocks(space: Space, person: PersonId) -> bool:
    """Whether a block between this person and the host keeps them out, whichever of the two blocked; not moderators."""
    return person != space.owner and person not in space.moderators


def may_enter(space: Space, person: PersonId | None, *, known: bool, access: bool) -> None:
    """Whether this person may come in to listen; `None` is a guest.

    `known`: was inside before, and so may return to a locked room. `access`: passes the first gate.

    Raises:
        SpaceNotFound, SpaceEnded, RemovedFromSpace, AccessNotYet, GuestsOff, SpaceLocked
    """
    if space.ended is None and person in space.banned:
        raise RemovedFromSpace
    may_see(space, person)
    if space.ended is not None:
        raise SpaceEnded(space)
    if person is None:
        _guest_may_enter(space)
        return
    if not access:
        raise AccessNotYet
    past_lock(space, person, known=known)


def past_lock(space: Space, person: PersonId, *, known: bool) -> None:
    """Whether a lock, if there is one, is open for this person. `known`: was inside before.

    Raises:
        SpaceLocked
    """
    if space.locked and not known and not _invited(space, person):
        raise SpaceLocked


@dataclass(frozen=True, slots=True)
class Return:
    """The owner comes in again and is host, muted. Whoever acted as host is a co-host again, if there is room."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if actor != space.owner or actor == space.host:
            return ()
        seating: Events = () if space.seat(actor) else (seated(space, actor, now),)
        return (*seating, HostChanged(actor), *again_cohost(space, space.host, instead_of=actor))


def _guest_may_enter(space: Space) -> None:
    if not space.guests:
        raise GuestsOff
    if space.locked:
        raise SpaceLocked


def _invited(space: Space, person: PersonId) -> bool:
    return (
        person == space.owner
        or space.seat(person) is not None
        or person in space.admitted
        or person in space.moderators
        or space.invitation(person) is not None
    )
