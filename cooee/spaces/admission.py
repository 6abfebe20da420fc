"""Who may come into a Space, and do anything there: what the rules decide, with what the database knows."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from cooee.people import relations, standing
from cooee.people.ids import PersonId
from cooee.spaces import invited, store
from cooee.spaces.errors import AccessNotYet, HostingSuspended, PersonCannotHost, SpaceNotFound, SpeakingSuspended
from cooee.spaces.events import CohostNamed, HostChanged, Invited, Requested, Seated
from cooee.spaces.house import Actor, House
from cooee.spaces.rules import Events, gates, may_command
from cooee.spaces.rules.tickets import needs_ticket
from cooee.spaces.state import Space


def check_actor(tx: Connection, house: House, space: Space, actor: Actor, *, leaving: bool = False) -> None:
    """Whether `actor` can do anything at all in the Space; what, the commands decide. `leaving`: in any way.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, TicketNeeded
    """
    gates.may_act(house.gates, space, actor.person, exempt=is_let_in(tx, house, actor))
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


def check_hosts(tx: Connection, house: House, events: Events, actor: PersonId, now: datetime) -> None:
    """Nobody whom moderators have suspended from hosting is made host, or co-host, who may become host.

    Raises:
        HostingSuspended, PersonCannotHost
    """
    for event in events:
        if (isinstance(event, HostChanged | CohostNamed) or (isinstance(event, Invited) and event.cohost)) and (
            until := house.suspended(tx, event.person, "hosting", now)
        ):
            raise HostingSuspended(until) if event.person == actor else PersonCannotHost


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


def check_entry(tx: Connection, house: House, space: Space, actor: Actor, *, known: bool) -> None:
    """Whether somebody with an account may come in. `known`: was inside before.

    Raises:
        SpaceNotFound, SpaceEnded, RemovedFromSpace, AccessNotYet, SpaceLocked, YouBlockedThem, BlockedByThem,
        TicketNeeded
    """
    access = gates.has_access(house.gates, space, actor.person, exempt=is_let_in(tx, house, actor))
    gates.may_enter(space, actor.person, known=known, access=access)
    not_apart(tx, space, actor.person)
    check_ticket(tx, house, space, actor.person)


def check_access(tx: Connection, house: House, actor: Actor) -> None:
    """Whether Spaces exist for somebody, by the rollout or by an invitation.

    Raises:
        AccessNotYet
    """
    if not is_let_in(tx, house, actor):
        raise AccessNotYet


def with_access(tx: Connection, access: gates.Rollout, people: Collection[PersonId]) -> Collection[PersonId]:
    """Those of these people for whom Spaces exist: the others see no bubbles and no rings."""
    if all(map(access.includes, people)):
        return people
    let_in = invited.with_access(tx)
    return [person for person in people if access.includes(person) or person in let_in]


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


def is_expected(tx: Connection, house: House, space: Space, actor: Actor, *, known: bool) -> bool:
    """For the lock, which is all that asks: who was inside before, or has a ticket, comes in."""
    if known or not space.locked:
        return known
    ticket = house.tickets_of(tx, [space.id], actor.person).get(space.id)
    return store.attended(tx, space.id, actor.person) or (ticket is not None and ticket.mine)


def is_let_in(tx: Connection, house: House, actor: Actor) -> bool:
    """Whether the gate of access is open to them whatever the Space, by more than the rollout."""
    return actor.exempt or house.gates.access.includes(actor.person) or invited.has_access(tx, actor.person)
