"""What people do in Spaces, and what is observed of them: one unit of work each."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from cooee.kit.db import after_commit
from cooee.people import following, relations
from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.people.questions import MayHost, Questions
from cooee.people.records import PersonRecord
from cooee.people.shapes import Person
from cooee.spaces import admission, chronicle, facts, store, views
from cooee.spaces.errors import HostingSuspended, SpaceEnded, SpaceNotFound
from cooee.spaces.events import Invited, evolve
from cooee.spaces.house import Actor, Change, Committed, Entry, House
from cooee.spaces.rules import Command, Events, Observation, conclude, decide, gates, may_command
from cooee.spaces.rules.authority import as_hosts
from cooee.spaces.rules.gates import Candidate, Plan
from cooee.spaces.rules.giving_up import gives_up
from cooee.spaces.rules.microphone import BeginToSpeak
from cooee.spaces.rules.requests import AskToSpeak
from cooee.spaces.rules.room import Change as ChangeRoom
from cooee.spaces.rules.room import PassOn
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.store import Visit

_TRIES = 5


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
    admission.check_actor(tx, house, space, actor, leaving=gives_up(command))
    if isinstance(command, AskToSpeak | BeginToSpeak):
        may_command(space, actor.person)
        gates.past_lock(space, actor.person, known=admission.is_expected(tx, house, space, actor, known=known))
    events = decide(space, _informed(tx, command, space, actor.person), actor.person, now)
    target: PersonId | None = getattr(command, "person", None)
    if events and target is not None:
        people.person_by_id(tx, target)
    admission.check_seats(tx, house, events, now)
    if not gives_up(command):
        admission.check_hosts(tx, house, events, actor.person, now)
    admission.let_in_for_good(tx, house, [event.person for event in events if isinstance(event, Invited)], now)
    facts.happened(tx, space, events, actor.person, now)
    chronicle.note(tx, house.ids, space.id, events, actor.person, now)
    return saved(tx, space, events, committed)


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
    admission.not_gone(tx, space, viewer)
    if viewer is not None:
        admission.not_apart(tx, space, viewer)
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
        admission.check_ticket(tx, house, space, None)
        return Entry(space, cast(tx, views.faces(space), house.asks))
    admission.check_entry(tx, house, space, actor, known=admission.is_expected(tx, house, space, actor, known=known))
    faces = cast(tx, views.faces(space), house.asks)
    blocked = relations.blocked_among(tx, actor.person, faces.keys())
    return Entry(space, faces, tuple(faces[person] for person in sorted(blocked, key=int)))


def removed(tx: Connection, house: House, id: SpaceId, actor: Actor) -> list[Person]:
    """Whom the hosts removed, by name: for hosts.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, SpaceEnded, RemovedFromSpace, HostsOnly
    """
    space = found(tx, id)
    admission.check_actor(tx, house, space, actor)
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
