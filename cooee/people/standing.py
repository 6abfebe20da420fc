"""How the one who asks stands to others: told with every profile and list, and asked before every deed."""

from collections.abc import Collection

from sqlalchemy import Connection, Table, literal, select, true
from sqlalchemy.sql.elements import ColumnElement

from cooee.people import relations
from cooee.people.errors import BlockedByThem, ProtectedAccount, YouBlockedThem
from cooee.people.ids import PersonId
from cooee.people.shapes import Relation
from cooee.people.tables import blocks, follow_requests, follows, mutes, people

STRANGERS = Relation(
    following=False,
    followed_by=False,
    requested=False,
    requested_by=False,
    blocking=False,
    blocked_by=False,
    muting=False,
)
"""Two people who have nothing to do with each other; also oneself."""


def towards(tx: Connection, me: PersonId | None, others: Collection[PersonId]) -> dict[PersonId, Relation]:
    """How `me` stands to each of `others` who exists; a guest is a stranger to all."""
    if me is None or not others:
        return dict.fromkeys(others, STRANGERS)
    query = select(
        people.c.id,
        _pair(follows, me, None).label("following"),
        _pair(follows, None, me).label("followed_by"),
        _pair(follow_requests, me, None).label("requested"),
        _pair(follow_requests, None, me).label("requested_by"),
        _pair(blocks, me, None).label("blocking"),
        _pair(blocks, None, me).label("blocked_by"),
        _pair(mutes, me, None).label("muting"),
    ).where(people.c.id.in_(set(others)))
    return {
        row.id: Relation(**{name: bool(value) for name, value in row._mapping.items() if name != "id"})
        for row in tx.execute(query)
    }


def check_together(tx: Connection, me: PersonId, other: PersonId) -> None:
    """Says no where a block stands between the two; who blocked hears that they can undo it.

    Raises:
        YouBlockedThem, BlockedByThem
    """
    if relations.has_blocked(tx, me, other):
        raise YouBlockedThem
    if relations.has_blocked(tx, other, me):
        raise BlockedByThem


def check_reads(tx: Connection, me: PersonId, author: PersonId) -> None:
    """Says no to whoever may not read what `author` writes, nor see with whom they keep company.

    Raises:
        YouBlockedThem, BlockedByThem, ProtectedAccount
    """
    check_together(tx, me, author)
    if not relations.may_read(tx, me, author):
        raise ProtectedAccount


def _pair(table: Table, one: PersonId | None, other: PersonId | None) -> ColumnElement[bool]:
    """Whether there is this row; None is the person of the query."""
    first, second, _since = table.c
    columns = [(first, one), (second, other)]
    where = [column == (people.c.id if value is None else value) for column, value in columns]
    return select(literal(1)).select_from(table).where(true(), *where).correlate(people).exists()
