"""Lists of people that hang on one person: followers and followed, requests, blocked, muted. The latest is first."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, or_, select

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.db import insert_new
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.people.records import Paired

Among = Callable[[ColumnElement[str]], ColumnElement[bool]]
"""A condition of `relations` upon the column of those who are listed."""


def add(tx: Connection, table: Table, one: PersonId, other: PersonId, now: datetime) -> bool:
    """`one` stands so to `other` from now on; False if so already. The table is (from, to, since)."""
    first, second, since = table.c
    return insert_new(tx, table, {first.name: one, second.name: other, since.name: now})


def remove(tx: Connection, table: Table, one: PersonId, other: PersonId) -> bool:
    """`one` stands so to `other` no longer; False if so already."""
    return tx.execute(delete(table).where(are(table, one, other))).rowcount == 1


def holds(tx: Connection, table: Table, one: PersonId, other: PersonId) -> bool:
    """Whether `one` stands so to `other`."""
    return tx.execute(select(table.c[0]).where(are(table, one, other))).one_or_none() is not None


def are(table: Table, one: PersonId, other: PersonId) -> ColumnElement[bool]:
    """The row of these two."""
    first, second, _since = table.c
    return and_(first == one, second == other)


def from_page(
    tx: Connection, table: Table, one: PersonId, page: Asking, among: Among
) -> tuple[list[PersonId], str | None]:
    """To whom `one` stands so, and the cursor of the next page."""
    first, second, since = table.c
    return _page(tx, second, since, and_(first == one, among(second)), page)


def to_page(
    tx: Connection, table: Table, other: PersonId, page: Asking, among: Among
) -> tuple[list[PersonId], str | None]:
    """Who stands so to `other`, and the cursor of the next page."""
    first, second, since = table.c
    return _page(tx, first, since, and_(second == other, among(first)), page)


def _page(
    tx: Connection,
    listed: ColumnElement[str],
    since: ColumnElement[datetime],
    of: ColumnElement[bool],
    page: Asking,
) -> tuple[list[PersonId], str | None]:
    query = select(listed.label("person_id"), since.label("since")).where(of).order_by(since.desc(), listed.desc())
    if (after := page.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(since < moment, and_(since == moment, listed < last)))
    rows = [Paired(row.person_id, row.since) for row in tx.execute(query.limit(page.limit + 1))]
    shown, last_shown = cut(rows, page.limit)
    cursor = None if last_shown is None else cursor_of(to_ms(last_shown.since), int(last_shown.person_id))
    return [pair.person_id for pair in shown], cursor
