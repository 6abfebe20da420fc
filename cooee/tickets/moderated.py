"""What moderators may have given back: what was paid for a Space that is over, while its host is not paid out."""

from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.ids import Ids
from cooee.people.ids import PersonId
from cooee.spaces import store as space_store
from cooee.spaces.state import SpaceId
from cooee.tickets import payout_store, sale_store, settling
from cooee.tickets.rules import State
from cooee.tickets.state import AT_HAND, Sale

GIVE_BACK_TOPIC: Final = "tickets.moderated"

_PAID: frozenset[State] = frozenset({"paid"})


def payers(tx: Connection, id: SpaceId, host: PersonId) -> int:
    """How many would get back what they paid somebody for a Space that is over."""
    space = space_store.space(tx, id)
    if space is None or space.ended is None:
        return 0
    return len({sale.buyer for sale in _kept(tx, id, host)})


def give_back(tx: Connection, id: SpaceId, host: PersonId, now: datetime) -> None:
    """It is decided that all of it goes back. Until it has, nothing of it is paid out: see `is_going_back`."""
    outbox.put(tx, _key(id, host), GIVE_BACK_TOPIC, {"space": id, "host": host}, now)


def is_going_back(tx: Connection, id: SpaceId, host: PersonId) -> bool:
    """Whether it was decided so, and is not done."""
    return outbox.waits(tx, _key(id, host))


def given_back(tx: Connection, ids: Ids, id: SpaceId, host: PersonId, now: datetime) -> None:
    """Gives all of it back that did not leave meanwhile."""
    for sale in _kept(tx, id, host):
        settling.give_back(tx, ids, sale.id, "moderated", now)


def _kept(tx: Connection, id: SpaceId, host: PersonId) -> list[Sale]:
    """What cost something, and has not left for the host's bank."""
    payouts = {payout.owed: payout.state for payout in payout_store.payouts_for(tx, id)}
    return [
        sale
        for sale in sale_store.sales_of(tx, id, _PAID)
        if sale.host == host and sale.amount > 0 and payouts.get(sale.owed, "waiting") in AT_HAND
    ]


def _key(id: SpaceId, host: PersonId) -> str:
    return f"{GIVE_BACK_TOPIC}:{id}:{host}"
