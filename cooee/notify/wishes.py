"""What each person wants to hear of, and how."""

from collections.abc import Collection

from sqlalchemy import Connection, and_, delete, select

from cooee.kit.db import insert_new
from cooee.notify.rules import CHANNELS, KINDS, Channel, Kind, offered, wanted_by_default
from cooee.notify.tables import wishes
from cooee.people.ids import PersonId

Wishes = dict[Kind, dict[Channel, bool]]


def of(tx: Connection, person: PersonId) -> Wishes:
    """What somebody wants, kind by kind."""
    wanted: Wishes = {
        kind: {channel: wanted_by_default(kind, channel) for channel in CHANNELS if offered(kind, channel)}
        for kind in KINDS
    }
    query = select(wishes.c.kind, wishes.c.channel, wishes.c.wanted).where(wishes.c.person_id == person)
    for row in tx.execute(query):
        if row.channel in wanted.get(row.kind, ()):
            wanted[row.kind][row.channel] = row.wanted
    return wanted


def kinds(tx: Connection, person: PersonId, channel: Channel) -> list[Kind]:
    """The kinds that somebody wants to hear of in this way."""
    return [kind for kind, channels in of(tx, person).items() if channels.get(channel)]


def wants(tx: Connection, person: PersonId, kind: Kind, channel: Channel) -> bool:
    """Whether somebody wants to hear of this kind in this way."""
    return person in wanting(tx, [person], kind, channel)


def wanting(tx: Connection, people: Collection[PersonId], kind: Kind, channel: Channel) -> set[PersonId]:
    """Those of `people` who want to hear of this kind in this way."""
    query = select(wishes.c.person_id, wishes.c.wanted).where(
        wishes.c.person_id.in_(people), wishes.c.kind == kind, wishes.c.channel == channel
    )
    chosen = {row.person_id: row.wanted for row in tx.execute(query)}
    usual = wanted_by_default(kind, channel)
    return {person for person in people if chosen.get(person, usual)}


def choose(tx: Connection, person: PersonId, kind: Kind, channel: Channel, *, wanted: bool) -> None:
    """Switches a kind on or off for a channel."""
    this = and_(wishes.c.person_id == person, wishes.c.kind == kind, wishes.c.channel == channel)
    tx.execute(delete(wishes).where(this))
    if wanted != wanted_by_default(kind, channel):
        insert_new(tx, wishes, {"person_id": person, "kind": kind, "channel": channel, "wanted": wanted})


def choose_none(tx: Connection, person: PersonId, channel: Channel) -> None:
    """Switches everything off for a channel."""
    for kind in KINDS:
        if offered(kind, channel):
            choose(tx, person, kind, channel, wanted=False)
