"""Seats: who has one, who is next, and what follows when one is free. All under the lock of the offer."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import to_ms
from cooee.people.ids import PersonId
from cooee.spaces.errors import TicketNeeded
from cooee.spaces.state import SpaceId
from cooee.tickets import facts, rules, sale_store, store
from cooee.tickets.rules import HOLD
from cooee.tickets.state import Offer

LINE_TOPIC = "tickets.line"


def ask_for_ticket(tx: Connection, space: SpaceId, person: PersonId | None) -> TicketNeeded | None:
    """What somebody without a ticket is told at the door: see `spaces.house.AsksForTicket`."""
    offer = store.offer(tx, space)
    if offer is None or offer.state == "free":
        return None
    if person is not None and (person == offer.host or sale_store.has_paid(tx, space, person)):
        return None
    return TicketNeeded(offer.price, offer.currency)


def free_for(tx: Connection, offer: Offer, person: PersonId | None, now: datetime) -> bool:
    """Whether there is a seat for this person: one that is kept for them, or that is nobody's."""
    line = store.waiting(tx, offer.space)
    if any(waiting.person == person and _is_offered(waiting, now) for waiting in line):
        return True
    offered = sum(_is_offered(waiting, now) for waiting in line)
    unasked = sum(waiting.offered_until is None for waiting in line)
    return rules.free_seats(offer.seats, sale_store.taken(tx, offer.space), offered) > unasked


def left(tx: Connection, offer: Offer, now: datetime) -> int:
    """Seats that anybody can buy."""
    line = store.waiting(tx, offer.space)
    spoken_for = sum(_is_offered(waiting, now) or waiting.offered_until is None for waiting in line)
    return rules.free_seats(offer.seats, sale_store.taken(tx, offer.space), spoken_for)


def hand_over(tx: Connection, space: SpaceId, now: datetime) -> None:
    """Offers what is free to those next in line, for half an hour each; whose time is over leaves the line."""
    offer = store.offer(tx, space, hold=True)
    if offer is None or offer.is_over:
        return
    for waiting in store.waiting(tx, space):
        if waiting.offered_until is not None and waiting.offered_until <= now:
            store.leave_line(tx, space, waiting.person)
    if offer.state == "closed":
        return
    line = store.waiting(tx, space)
    for person in rules.next_in_line(offer.seats, sale_store.taken(tx, space), line, now):
        store.offer_seat(tx, space, person, now + HOLD)
        facts.seat_free(tx, space, offer.host, person, to_ms(now), now)
    # Whose time is over first makes room first.
    kept = [one.offered_until for one in store.waiting(tx, space) if one.offered_until is not None]
    if line:
        outbox.put_by(tx, f"{LINE_TOPIC}:{space}", LINE_TOPIC, {"space": space}, min(kept, default=now + HOLD))


def _is_offered(waiting: rules.Waiting, now: datetime) -> bool:
    return waiting.offered_until is not None and waiting.offered_until > now
