"""Reading and writing notices, and how far somebody has read."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    func,
    literal,
    not_,
    or_,
    select,
    union_all,
    update,
)

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.notify import causes
from cooee.notify.rules import Kind, News, line
from cooee.notify.tables import lines, notices, positions
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import people
from cooee.posts.tables import posts
from cooee.schedule.tables import scheduled_spaces

FACES = 3
"""How many people a line shows."""

MOST_COUNTED = 1000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of somebody's notices: the same thing, done by one person or many."""

    id: str
    kind: Kind
    at: datetime
    post: str | None
    space: str | None


@dataclass(frozen=True, slots=True)
class Doers:
    """Who did it: the latest few, and how many in all."""

    faces: tuple[PersonId, ...]
    count: int


def insert(tx: Connection, news: News, ids: Ids, now: datetime) -> str | None:
    """Adds a notice to its line; the line's id, or None if this deed was told of before."""
    if _was_told(tx, news):
        return None
    id = _line_of(tx, news, ids, now)
    if news.turn is not None:
        # Only the latest of its kind still says something.
        tx.execute(delete(notices).where(notices.c.line_id == id))
    values = {"person_id": news.person, "key": news.key, "line_id": id, "by_id": news.by, "at": now}
    if not insert_new(tx, notices, values):
        return None
    tx.execute(update(lines).where(lines.c.id == id).values(latest_at=now))
    return id


def may_hear(tx: Connection, news: News) -> bool:
    """Whether the news is so, and comes from somebody of whom the person hears."""
    return bool(tx.execute(select(causes.may_hear(news))).scalar_one())


def page(tx: Connection, viewer: PersonId, kinds: Collection[Kind], asked: Asking) -> list[Line]:
    """The latest lines of these kinds after the cursor, one more than asked for if there are more."""
    query = (
        select(lines)
        .where(lines.c.person_id == viewer, _has_notice(viewer, kinds))
        .order_by(lines.c.latest_at.desc(), lines.c.id.desc())
        .limit(asked.limit + 1)
    )
    if (after := asked.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(lines.c.latest_at < moment, and_(lines.c.latest_at == moment, lines.c.id < last)))
    return [_line(row) for row in tx.execute(query)]


def one(tx: Connection, viewer: PersonId, id: str, kinds: Collection[Kind]) -> Line | None:
    """A line of these kinds that still has something to say."""
    query = select(lines).where(lines.c.id == id, lines.c.person_id == viewer, _has_notice(viewer, kinds))
    row = tx.execute(query).one_or_none()
    return None if row is None else _line(row)


def unread(tx: Connection, viewer: PersonId, kinds: Collection[Kind], since: datetime, most: int) -> list[Line]:
    """Lines that have something newer than `since`; at most `most`."""
    query = (
        select(lines)
        .where(lines.c.person_id == viewer, lines.c.latest_at > since, _has_notice(viewer, kinds, since))
        .limit(most)
    )
    return [_line(row) for row in tx.execute(query)]


def doers(tx: Connection, viewer: PersonId, shown: Sequence[Line]) -> Mapping[str, Doers]:
    """Who did what each line tells of."""
    if not shown:
        return {}
    # One more than is drawn tells whether there is anything to count.
    latest = [
        select(_of(viewer, entry).order_by(notices.c.at.desc(), notices.c.by_id.desc()).limit(FACES + 1).subquery())
        for entry in shown
    ]
    faces: dict[str, list[PersonId]] = {entry.id: [] for entry in shown}
    for row in tx.execute(union_all(*latest)):
        faces[row.line_id].append(row.by_id)
    many = [entry for entry in shown if len(faces[entry.id]) > FACES]
    counts = {entry.id: _counted(tx, viewer, entry) for entry in many}
    return {id: Doers(tuple(who[:FACES]), counts.get(id, len(who))) for id, who in faces.items()}


def texts(tx: Connection, ids: Collection[str]) -> Mapping[str, str]:
    """What posts say, by id."""
    rows = tx.execute(select(posts.c.id, posts.c.text).where(posts.c.id.in_(set(ids))))
    return {row.id: row.text for row in rows}


def left_behind(tx: Connection, spaces: Collection[str]) -> Mapping[str, str]:
    """Titles of those of `spaces` that were announced by hosts who are hidden."""
    query = (
        select(scheduled_spaces.c.id, scheduled_spaces.c.title)
        .join(people, people.c.id == scheduled_spaces.c.host_id)
        .where(scheduled_spaces.c.id.in_(set(spaces)), not_(relations.there(people)))
    )
    return {row.id: row.title for row in tx.execute(query)} if spaces else {}


def titles(tx: Connection, spaces: Collection[str]) -> Mapping[str, str]:
    """What those of `spaces` are called that were announced, whoever may see them."""
    query = select(scheduled_spaces.c.id, scheduled_spaces.c.title).where(scheduled_spaces.c.id.in_(set(spaces)))
    return {row.id: row.title for row in tx.execute(query)} if spaces else {}


def position(tx: Connection, person: PersonId) -> datetime:
    """Up to when somebody has read; the same on all their devices."""
    query = select(positions.c.read_at).where(positions.c.person_id == person)
    return tx.execute(query).scalar_one_or_none() or from_ms(0)


def read_up_to(tx: Connection, person: PersonId, at: datetime) -> None:
    """Moves the position forward, never back."""
    if not insert_new(tx, positions, {"person_id": person, "read_at": at}):
        further = and_(positions.c.person_id == person, positions.c.read_at < at)
        tx.execute(update(positions).where(further).values(read_at=at))


def pushed_at(tx: Connection, id: str) -> datetime | None:
    """When a line was last pushed."""
    at: datetime | None = tx.execute(select(lines.c.pushed_at).where(lines.c.id == id)).scalar_one_or_none()
    return at


def note_pushed(tx: Connection, id: str, now: datetime) -> None:
    """A line was pushed."""
    tx.execute(update(lines).where(lines.c.id == id).values(pushed_at=now))


def forget_space(tx: Connection, space: str) -> None:
    """Deletes all notices about a Space: what was asked for in it is nobody's business when it is over."""
    tx.execute(delete(lines).where(lines.c.space_id == space))


def forget_before(tx: Connection, at: datetime, most: int) -> int:
    """Deletes lines in which nothing has come since; how many there were."""
    old = select(lines.c.id).where(lines.c.latest_at < at).limit(most)
    return tx.execute(delete(lines).where(lines.c.id.in_(old.scalar_subquery()))).rowcount


def cursor_numbers(entry: Line) -> tuple[int, int]:
    """By which a line is found again."""
    return to_ms(entry.at), int(entry.id)


def _was_told(tx: Connection, news: News) -> bool:
    # Asked first: the same deed on a later day would begin a line with nothing in it.
    query = select(literal(1)).where(notices.c.person_id == news.person, notices.c.key == news.key)
    return tx.execute(query).first() is not None


def _line_of(tx: Connection, news: News, ids: Ids, now: datetime) -> str:
    name = line(news, now)
    values = {
        "id": ids.decimal(),
        "person_id": news.person,
        "kind": news.kind,
        "line": name,
        "post_id": news.post,
        "space_id": news.space,
        "latest_at": now,
    }
    insert_new(tx, lines, values)
    this = and_(lines.c.person_id == news.person, lines.c.line == name)
    id: str = tx.execute(select(lines.c.id).where(this)).scalar_one()
    return id


def _has_notice(viewer: PersonId, kinds: Collection[Kind], since: datetime | None = None) -> ColumnElement[bool]:
    query = select(literal(1)).where(notices.c.line_id == lines.c.id, causes.shown(viewer, kinds))
    if since is not None:
        query = query.where(notices.c.at > since)
    return query.correlate(lines).exists()


def _of(viewer: PersonId, entry: Line) -> Select[tuple[str, PersonId]]:
    return (
        select(notices.c.line_id, notices.c.by_id)
        .join(lines, lines.c.id == notices.c.line_id)
        .where(notices.c.line_id == entry.id, causes.shown(viewer, [entry.kind]))
    )


def _counted(tx: Connection, viewer: PersonId, entry: Line) -> int:
    some = _of(viewer, entry).limit(MOST_COUNTED).subquery()
    return tx.execute(select(func.count()).select_from(some)).scalar_one()


def _line(row: Row[tuple[object, ...]]) -> Line:
    return Line(row.id, row.kind, row.latest_at, row.post_id, row.space_id)
