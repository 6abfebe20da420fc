"""What people do in Spaces, and what is observed of them: one unit of work each."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Literal

from sqlalchemy import Connection

from cooee.kit.db import after_commit
from cooee.kit.ids import Ids
from cooee.people import following, relations, standing
from cooee.people import service as people
from cooee.people.cards import CardTicket
from cooee.people.ids import PersonId
from cooee.people.questions import MayHost, Questions
from cooee.people.records import PersonRecord
from cooee.people.shapes import Person
from cooee.spaces import chronicle, facts, invited, store, views
from cooee.spaces.errors import (
    AccessNotYet,
    HostingSuspended,
    SpaceEnded,
    SpaceNotFound,
    SpeakingSuspended,
    TicketNeeded,
)
from cooee.spaces.events import Invited, Requested, Seated, evolve
from cooee.spaces.rules import Command, Events, Observation, conclude, decide, gates, may_command
from cooee.spaces.rules.authority import as_hosts
from cooee.spaces.rules.gates import Candidate, Gates, Plan
from cooee.spaces.rules.microphone import BeginToSpeak
from cooee.spaces.rules.requests import AskToSpeak
from cooee.spaces.rules.room import Change as ChangeRoom
from cooee.spaces.rules.room import Leave, PassOn
from cooee.spaces.rules.tickets import needs_ticket
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.store import Visit

_TRIES = 5


@dataclass(frozen=True, slots=True)
class Change:
    """A Space after a commit, and what happened to it."""

    before: Space | None
    after: Space
    events: Events


@dataclass(frozen=True, slots=True)
class Actor:
    """Somebody with an account who does something.

    `exempt` from the gate of access: administrators, and holders of a grant, who passed it already.
    """

    person: PersonId
    exempt: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A Space that somebody may enter, with its cast. `blocked`: whom of those on stage they have blocked."""

    space: Space
    cast: dict[PersonId, Person]
    blocked: tuple[Person, ...] = ()


Committed = Callable[[Change], None]
"""Called in the writing thread, in the order of commits."""


Suspended = Callable[[Connection, PersonId, Literal["hosting", "speaking"], datetime], datetime | None]
"""Until when moderators have suspended somebody from this; None if they have not. `app.py` wires the answer."""


AsksForTicket = Callable[[Connection, SpaceId, PersonId | None], TicketNeeded | None]
"""What somebody who needs a ticket is told; None if they have one, or there are none. `app.py` wires the answer."""


def no_tickets(_tx: Connection, _space: SpaceId, _person: PersonId | None) -> None:
    """Where nothing is sold, nobody needs a ticket."""


TicketsOf = Callable[[Connection, Collection[SpaceId], PersonId | None], Mapping[SpaceId, CardTicket]]
"""What it takes to come into those of these Spaces that take anything. `wiring.py` wires the answer."""


def nothing_sold(_tx: Connection, _ids: Collection[SpaceId], _viewer: PersonId | None) -> Mapping[SpaceId, CardTicket]:
    """Where nothing is sold."""
    return {}


@dataclass(frozen=True, slots=True)
class House:
    """What all Spaces of this site have in common."""

    gates: Gates
    seats: int
    asks: Questions
    ids: Ids
    suspended: Suspended
    asks_for_ticket: AsksForTicket = no_tickets
    tickets_of: TicketsOf = nothing_sold


def start(
    tx: Connection,
    house: House,
    actor: Actor,
    plan: Plan,
    now: datetime,
    committed: Committed,
    id: SpaceId | None = None,
) -> Space:
    """Starts a Space; a title or language that the plan leaves empty follows from the host.

    `id` is the one under which it was announced, if it was.

    Raises:
        CannotHostYet, ProtectedHost, HostingSuspended
    """
    if until := house.suspended(tx, actor.person, "hosting", now):
        raise HostingSuspended(until)
    host = people.host_by_id(tx, actor.person)
    plan = completed(plan, host)
    for _ in range(_TRIES):
        name = id or SpaceId(house.ids.text())
        space = gates.start(name, plan, candidate(host), house.gates.hosting, house.seats, now)
        if store.insert_space(tx, space):
            after_commit(tx, partial(committed, Change(None, space, ())))
            facts.live(tx, space, now)
            return space
    raise AssertionError("36 random bits do not collide five times in a row")


def act(
    tx: Connection,
    house: House,
    actor: Actor,
    id: SpaceId,
    command: Command,
    now: datetime,
    committed: Committed,
    *,
    known: bool = False,
) -> Space:
    """Has `actor` do something; the Space afterwards. `known`: is inside.

    Raises:
        SpaceNotFound, AccessNotYet, SpaceLocked, PersonNotFound, YouBlockedThem, BlockedByThem, and what the command
        refuses.
    """
    space = for_change(tx, id)
    check_actor(tx, house, space, actor, leaving=isinstance(command, Leave))
    if isinstance(command, AskToSpeak | BeginToSpeak):
        may_command(space, actor.person)
        gates.past_lock(space, actor.person, known=_was_inside(tx, space, actor, known=known))
    events = decide(space, _informed(tx, command, space, actor.person), actor.person, now)
    target: PersonId | None = getattr(command, "person", None)
    if events and target is not None:
        people.person_by_id(tx, target)
    check_seats(tx, house, events, now)
    let_in_for_good(tx, house, [event.person for event in events if isinstance(event, Invited)], now)
    facts.happened(tx, space, events, actor.person, now)
    chronicle.note(tx, house.ids, space.id, events, actor.person, now)
    return saved(tx, space, events, committed)


def check_actor(tx: Connection, house: House, space: Space, actor: Actor, *, leaving: bool = False) -> None:
    """Whether `actor` can do anything at all in the Space; what, the commands decide.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, TicketNeeded
    """
    gates.may_act(house.gates, space, actor.person, exempt=_is_let_in(tx, house, actor))
    if not leaving:
        not_apart(tx, space, actor.person)
        check_ticket(tx, house, space, actor.person)


def check_ticket(tx: Connection, house: House, space: Space, person: PersonId | None) -> None:
    """Whether somebody may hear a Space that goes on, as far as tickets go; `None` is a guest.

    Raises:
        TicketNeeded
    """
    if space.ended is None and (person is None or person not in space.banned) and needs_ticket(space, person):
        refusal = house.asks_for_ticket(tx, space.id, person)
        if refusal is not None:
            raise refusal


def check_seats(tx: Connection, house: House, events: Events, now: datetime) -> None:
    """Nobody whom moderators have silenced gets a seat, by their own wish or a host's.

    Raises:
        SpeakingSuspended
    """
    for event in events:
        if isinstance(event, Seated | Requested | Invited) and (
            until := house.suspended(tx, event.person, "speaking", now)
        ):
            raise SpeakingSuspended(until)


def let_in_for_good(tx: Connection, house: House, people: Collection[PersonId], now: datetime) -> None:
    """Whom somebody invites into a Space has access to all, whatever becomes of this one."""
    for person in people:
        if not house.gates.access.includes(person):
            invited.give_access(tx, person, now)


def check(house: House, space: Space, actor: Actor) -> None:
    """Whether `actor` can do anything at all in the Space.

    Raises:
        SpaceNotFound, AccessNotYet, SpaceEnded, RemovedFromSpace
    """
    gates.may_act(house.gates, space, actor.person, exempt=actor.exempt)
    may_command(space, actor.person)


def observe(
    tx: Connection, house: House, id: SpaceId, observation: Observation, now: datetime, committed: Committed
) -> Space:
    """Draws the conclusions from what is the case; the Space afterwards."""
    space = for_change(tx, id)
    events = conclude(space, observation, now)
    facts.happened(tx, space, events, None, now)
    chronicle.note(tx, house.ids, space.id, events, None, now)
    return saved(tx, space, events, committed)


def take_stage(tx: Connection, id: SpaceId, taken: Callable[[Space, int], None]) -> None:
    """Takes the stage of a live Space; after the commit, `taken` is told the Space and the new epoch.

    Raises:
        SpaceNotFound, SpaceEnded
    """
    space = for_change(tx, id)
    if space.ended is not None:
        raise SpaceEnded(space)
    after_commit(tx, partial(taken, space, store.take_stage(tx, id)))


def found(tx: Connection, id: SpaceId) -> Space:
    """The Space with this id.

    Raises:
        SpaceNotFound
    """
    space = store.space(tx, id)
    if space is None:
        raise SpaceNotFound
    return space


def cast(tx: Connection, ids: Collection[PersonId], asks: Questions) -> dict[PersonId, Person]:
    """Faces and names."""
    return people.persons(tx, ids, asks)


def seen(tx: Connection, house: House, id: SpaceId, viewer: PersonId | None) -> tuple[Space, dict[PersonId, Person]]:
    """A Space as this person may see it, with its cast.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem
    """
    space = found(tx, id)
    gates.may_see(space, viewer)
    not_gone(tx, space, viewer)
    if viewer is not None:
        not_apart(tx, space, viewer)
    return space, cast(tx, views.faces(space), house.asks)


def enter(tx: Connection, house: House, id: SpaceId, actor: Actor | None, *, known: bool) -> Entry:
    """A Space that this person may enter; `None` is a guest. Nothing is written.

    Raises:
        SpaceNotFound, SpaceEnded, RemovedFromSpace, AccessNotYet, GuestsOff, SpaceLocked, YouBlockedThem,
        BlockedByThem, TicketNeeded
    """
    space = found(tx, id)
    if actor is None:
        gates.may_enter(space, None, known=False, access=True)
        check_ticket(tx, house, space, None)
        return Entry(space, cast(tx, views.faces(space), house.asks))
    check_entry(tx, house, space, actor, known=_was_inside(tx, space, actor, known=known))
    faces = cast(tx, views.faces(space), house.asks)
    blocked = relations.blocked_among(tx, actor.person, faces.keys())
    return Entry(space, faces, tuple(faces[person] for person in sorted(blocked, key=int)))


def check_entry(tx: Connection, house: House, space: Space, actor: Actor, *, known: bool) -> None:
    """Whether somebody with an account may come in. `known`: was inside before.

    Raises:
        SpaceNotFound, SpaceEnded, RemovedFromSpace, AccessNotYet, SpaceLocked, YouBlockedThem, BlockedByThem,
        TicketNeeded
    """
    access = gates.has_access(house.gates, space, actor.person, exempt=_is_let_in(tx, house, actor))
    gates.may_enter(space, actor.person, known=known, access=access)
    not_apart(tx, space, actor.person)
    check_ticket(tx, house, space, actor.person)


def check_access(tx: Connection, house: House, actor: Actor) -> None:
    """Whether Spaces exist for somebody, by the rollout or by an invitation.

    Raises:
        AccessNotYet
    """
    if not _is_let_in(tx, house, actor):
        raise AccessNotYet


def removed(tx: Connection, house: House, id: SpaceId, actor: Actor) -> list[Person]:
    """Whom the hosts removed, by name: for hosts.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, SpaceEnded, RemovedFromSpace, HostsOnly
    """
    space = found(tx, id)
    check_actor(tx, house, space, actor)
    may_command(space, actor.person)
    as_hosts(space, actor.person)
    shown = cast(tx, space.banned, house.asks)
    return sorted(shown.values(), key=lambda person: person.display_name.casefold())


def may_host(gate: gates.HostingGate) -> MayHost:
    """Whether people may host."""
    return lambda _tx, person: gates.may_host(gate, candidate(person))


def candidate(person: PersonRecord) -> Candidate:
    """What the gates ask about a person."""
    return Candidate(person.id, person.followers, person.admin, person.protected)


def completed(plan: Plan, host: PersonRecord) -> Plan:
    """What was left empty follows from the host."""
    return replace(plan, title=plan.title or named_after(host), language=plan.language or host.language)


def named_after(host: PersonRecord) -> str:
    """What a Space without a title is called."""
    return f"{host.display_name}'s Space"


def note_visits(tx: Connection, visits: Collection[Visit]) -> list[Visit]:
    """Writes down who was there. Those who were there for the first time."""
    return store.note_visits(tx, visits)


def not_gone(tx: Connection, space: Space, viewer: PersonId | None) -> None:
    """What is over goes out of sight with its host's account; whoever was there knows it anyway.

    Raises:
        SpaceNotFound
    """
    if space.ended and relations.is_gone(tx, space.owner) and not (viewer and store.attended(tx, space.id, viewer)):
        raise SpaceNotFound


def not_apart(tx: Connection, space: Space, person: PersonId) -> None:
    """Whoever is in a block with the host has no business in the Space, whichever of the two blocked; moderators have.

    Raises:
        YouBlockedThem, BlockedByThem
    """
    if gates.heeds_blocks(space, person):
        standing.check_together(tx, person, space.owner)


def for_change(tx: Connection, id: SpaceId) -> Space:
    """The Space with this id, which nobody else changes until this transaction ends.

    Raises:
        SpaceNotFound
    """
    space = store.space_for_change(tx, id)
    if space is None:
        raise SpaceNotFound
    return space


def saved(tx: Connection, before: Space, events: Events, committed: Committed) -> Space:
    """Writes what happened to a Space that was read `for_change`; the Space afterwards."""
    if not events:
        return before
    after = evolve(before, events)
    store.save(tx, before, after)
    after_commit(tx, partial(committed, Change(before, after, events)))
    return after


def _was_inside(tx: Connection, space: Space, actor: Actor, *, known: bool) -> bool:
    """For the lock, which is all that asks."""
    return known or (space.locked and store.attended(tx, space.id, actor.person))


def _is_let_in(tx: Connection, house: House, actor: Actor) -> bool:
    """Whether the gate of access is open to them whatever the Space, by more than the rollout."""
    return actor.exempt or house.gates.access.includes(actor.person) or invited.has_access(tx, actor.person)


def _informed(tx: Connection, command: Command, space: Space, actor: PersonId) -> Command:
    """The command with what the rules ask about people and the aggregate does not know."""
    if isinstance(command, ChangeRoom) and command.title == "":
        return replace(command, title=named_after(people.person_by_id(tx, space.host)))
    if isinstance(command, PassOn):
        return replace(command, protected=people.host_by_id(tx, command.person).protected)
    if space.policy != "followed" or not isinstance(command, AskToSpeak | BeginToSpeak):
        return command
    followed = following.is_following(tx, space.host, actor)
    if isinstance(command, AskToSpeak):
        return AskToSpeak(command.question, followed)
    return BeginToSpeak(followed)
