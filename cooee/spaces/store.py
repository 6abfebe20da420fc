"""Reading and writing Spaces."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, and_, delete, func, insert, literal, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from cooee.kit.db import insert_new
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import follows
from cooee.spaces import found
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.tables import attendance, on_stage, space_words, spaces

_document = TypeAdapter(Space)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody with an account was in the room at this time; who was not `seen` there was at its door."""

    space: SpaceId
    person: PersonId
    at: datetime
    seen: bool = True


def insert_space(tx: Connection, space: Space) -> bool:
    """False if the id is taken."""
    values = {"id": space.id, "audience": space.audience, "stage_epoch": 1, **_copies(space)}
    if not insert_new(tx, spaces, values):
        return False
    _set_stage(tx, frozenset(), space)
    found.note(tx, space_words, space.id, _found_by(space))
    return True


def space(tx: Connection, id: SpaceId) -> Space | None:
    """The Space with this id."""
    row = tx.execute(select(spaces.c.document).where(spaces.c.id == id)).one_or_none()
    return None if row is None else _space(row)


def space_for_change(tx: Connection, id: SpaceId) -> Space | None:
    """The Space with this id, which nobody else changes until this transaction ends."""
    row = tx.execute(select(spaces.c.document).where(spaces.c.id == id).with_for_update()).one_or_none()
    return None if row is None else _space(row)


def save(tx: Connection, before: Space, after: Space) -> None:
    """Writes a Space that was read by `space_for_change`."""
    changed = update(spaces).where(spaces.c.id == after.id, spaces.c.version == before.version)
    assert tx.execute(changed.values(_copies(after))).rowcount == 1, "the row is ours until we commit"
    _set_stage(tx, _people(before), after)
    if _found_by(before) != _found_by(after):
        found.note(tx, space_words, after.id, _found_by(after))


def by_ids(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, Space]:
    """Those of `ids` that exist."""
    rows = tx.execute(select(spaces.c.document).where(spaces.c.id.in_(set(ids)))).all()
    return {space.id: space for space in map(_space, rows)}


def open_to(tx: Connection, ids: Collection[SpaceId], viewer: PersonId) -> dict[SpaceId, Space]:
    """Those of `ids` that exist, and whose host is there and in no block with `viewer`."""
    near = and_(relations.present(spaces.c.owner_id), ~relations.apart_from(viewer, spaces.c.owner_id))
    rows = tx.execute(select(spaces.c.document).where(spaces.c.id.in_(set(ids)), near)).all()
    return {space.id: space for space in map(_space, rows)}


def with_on_stage(tx: Connection, person: PersonId) -> list[Space]:
    """Live Spaces in which this person is on stage."""
    query = select(spaces.c.document).join(on_stage, on_stage.c.space_id == spaces.c.id)
    rows = tx.execute(query.where(on_stage.c.person_id == person, spaces.c.ended_at.is_(None))).all()
    return [_space(row) for row in rows]


def theirs(tx: Connection, person: PersonId) -> list[Space]:
    """Live Spaces that are this person's, wherever they are, or on whose stage they are."""
    staged = select(on_stage.c.space_id).where(on_stage.c.person_id == person)
    mine = or_(spaces.c.owner_id == person, spaces.c.id.in_(staged))
    rows = tx.execute(select(spaces.c.document).where(spaces.c.ended_at.is_(None), mine)).all()
    return [_space(row) for row in rows]


def is_on_stage(tx: Connection, person: PersonId) -> bool:
    """Whether this person is on stage in a live Space."""
    query = select(literal(1)).select_from(on_stage.join(spaces, on_stage.c.space_id == spaces.c.id))
    return (
        tx.execute(query.where(on_stage.c.person_id == person, spaces.c.ended_at.is_(None)).limit(1)).first()
        is not None
    )


def live_with(tx: Connection, person: PersonId) -> set[SpaceId]:
    """Live Spaces that this person opened, or in which they were seen."""
    seen = select(attendance.c.space_id).where(attendance.c.person_id == person)
    theirs = or_(spaces.c.owner_id == person, spaces.c.id.in_(seen))
    opened = set(tx.execute(select(spaces.c.id).where(spaces.c.ended_at.is_(None), theirs)).scalars())
    return opened | {space.id for space in with_on_stage(tx, person)}


def looked_into(tx: Connection, moderator: PersonId) -> set[SpaceId]:
    """Live Spaces into which somebody was let as a moderator."""
    naming = spaces.c.document.contains(f'"{moderator}"', autoescape=True)
    rows = tx.execute(select(spaces.c.document).where(spaces.c.ended_at.is_(None), naming))
    return {space.id for space in map(_space, rows) if moderator in space.moderators}


def live_versions(tx: Connection) -> dict[SpaceId, int]:
    """The version of each Space that is live."""
    rows = tx.execute(select(spaces.c.id, spaces.c.version).where(spaces.c.ended_at.is_(None))).all()
    return {row.id: row.version for row in rows}


def take_stage(tx: Connection, id: SpaceId) -> int:
    """Takes the stage of a Space: its new epoch, higher than everybody's before."""
    raised = update(spaces).where(spaces.c.id == id).values(stage_epoch=spaces.c.stage_epoch + 1)
    epoch: int = tx.execute(raised.returning(spaces.c.stage_epoch)).scalar_one()
    return epoch


def with_people_followed_by(tx: Connection, viewer: PersonId, most: int) -> list[Space]:
    """Public Spaces in which somebody whom `viewer` follows is on stage; latest first."""
    followed = select(follows.c.followed_id).where(follows.c.follower_id == viewer)
    heard = on_stage.c.person_id.in_(followed) & ~relations.hidden_from(viewer, on_stage.c.person_id)
    theirs = select(on_stage.c.space_id).where(heard)
    query = (
        select(spaces.c.document)
        .where(spaces.c.id.in_(theirs), spaces.c.audience == "public", spaces.c.ended_at.is_(None))
        .where(~relations.apart_from(viewer, spaces.c.owner_id))
        .order_by(spaces.c.started_at.desc(), spaces.c.id)
        .limit(most)
    )
    return [_space(row) for row in tx.execute(query)]


def followers_of(
    tx: Connection, space: Space, people: Collection[PersonId], among: Collection[PersonId] | None = None
) -> list[PersonId]:
    """Those, of all or `among` some, for whom `space` is a bubble because somebody of `people` is on its stage:
    `with_people_followed_by`, asked from the other side."""
    if not people:
        return []
    follower = follows.c.follower_id
    query = (
        select(follower)
        .distinct()
        .where(follows.c.followed_id.in_(people), follower.not_in(space.banned))
        .where(
            ~relations.hidden_from(follower, follows.c.followed_id),
            ~relations.apart_from(follower, literal(space.owner, follower.type)),
        )
    )
    if among is not None:
        query = query.where(follower.in_(among))
    return [PersonId(row) for row in tx.execute(query).scalars()]


def discovered(
    tx: Connection, viewer: PersonId, question: str, topic: str | None, before: tuple[datetime, int] | None, most: int
) -> list[Space]:
    """Public live Spaces of people of whom `viewer` wants to hear, by words and topic, the latest first.

    `before`: from those that began then, so many were seen already, and all that began later.
    """
    matching = found.matches(space_words, spaces.c.id, question, topic)
    if matching is None:
        return []
    query = (
        select(spaces.c.document)
        .where(spaces.c.audience == "public", spaces.c.ended_at.is_(None), matching)
        .where(~relations.hidden_from(viewer, spaces.c.owner_id))
        .order_by(spaces.c.started_at.desc(), spaces.c.id)
    )
    if before is not None:
        query = query.where(spaces.c.started_at <= before[0]).offset(before[1])
    return [_space(row) for row in tx.execute(query.limit(most))]


def topics(tx: Connection, viewer: PersonId) -> dict[str, tuple[str, int]]:
    """Of the topics of public live Spaces: key, a spelling, and how many Spaces have it."""
    query = (
        select(space_words.c.word, func.min(space_words.c.spelling), func.count())
        .join(spaces, spaces.c.id == space_words.c.space_id)
        .where(space_words.c.spelling.is_not(None), spaces.c.audience == "public", spaces.c.ended_at.is_(None))
        .where(~relations.hidden_from(viewer, spaces.c.owner_id))
        .group_by(space_words.c.word)
    )
    return {key: (spelling, count) for key, spelling, count in tx.execute(query)}


def hosted_by_followed(tx: Connection, viewer: PersonId, most: int) -> list[Space]:
    """Public live Spaces that people whom `viewer` follows and has not muted opened; latest first."""
    query = (
        select(spaces.c.document)
        .join(follows, and_(follows.c.followed_id == spaces.c.owner_id, follows.c.follower_id == viewer))
        .where(spaces.c.ended_at.is_(None), spaces.c.audience == "public")
        .where(~relations.hidden_from(viewer, spaces.c.owner_id))
        .order_by(spaces.c.started_at.desc(), spaces.c.id)
        .limit(most)
    )
    return [_space(row) for row in tx.execute(query)]


def public_stages(tx: Connection, people: Collection[PersonId], viewer: PersonId | None) -> Mapping[PersonId, SpaceId]:
    """In which public live Space, open to `viewer`, each of these people is on stage; the latest of several."""
    query = (
        select(on_stage.c.person_id, on_stage.c.space_id)
        .join(spaces, spaces.c.id == on_stage.c.space_id)
        .where(on_stage.c.person_id.in_(set(people)), spaces.c.audience == "public")
        .order_by(on_stage.c.space_id)
    )
    if viewer is not None:
        query = query.where(~relations.apart_from(viewer, spaces.c.owner_id))
    return {row.person_id: row.space_id for row in tx.execute(query)}


def attended(tx: Connection, space: SpaceId, person: PersonId) -> bool:
    """Whether this person was in the room before."""
    query = select(func.count()).where(attendance.c.space_id == space, attendance.c.person_id == person)
    return tx.execute(query).scalar_one() > 0


def note_visits(tx: Connection, visits: Iterable[Visit]) -> list[Visit]:
    """Writes down who was there; the first time and the last are kept. Those who were there for the first time."""
    latest = {(visit.space, visit.person): visit.at for visit in visits}
    if not latest:
        return []
    insertion = (sqlite if tx.dialect.name == "sqlite" else postgresql).insert(attendance)
    upsert = insertion.on_conflict_do_update(
        index_elements=["space_id", "person_id"], set_={"last_at": insertion.excluded.last_at}
    )
    rows = [
        {"space_id": space, "person_id": person, "first_at": at, "last_at": at}
        for (space, person), at in sorted(latest.items())
    ]
    columns = attendance.c.space_id, attendance.c.person_id
    fresh = tx.execute(insertion.on_conflict_do_nothing().returning(*columns), rows).all()
    new = {(SpaceId(row.space_id), PersonId(row.person_id)) for row in fresh}
    if known := [row for row in rows if (row["space_id"], row["person_id"]) not in new]:
        tx.execute(upsert, known)
    return [Visit(space, person, latest[space, person]) for space, person in sorted(new)]


def _found_by(space: Space) -> found.Keys:
    """What is over, or not for everybody, is not found."""
    return found.keys(space.title, space.topics) if space.audience == "public" and space.ended is None else {}


def _copies(space: Space) -> dict[str, object]:
    return {
        "owner_id": space.owner,
        "started_at": space.started_at,
        "ended_at": space.ended.at if space.ended else None,
        "version": space.version,
        "document": _document.dump_json(space).decode(),
    }


def _space(row: Row[tuple[str]]) -> Space:
    return _document.validate_json(row.document)


def _people(space: Space) -> frozenset[PersonId]:
    return frozenset(seat.person for seat in space.stage)


def _set_stage(tx: Connection, before: frozenset[PersonId], space: Space) -> None:
    now = _people(space)
    if gone := before - now:
        tx.execute(delete(on_stage).where(on_stage.c.space_id == space.id, on_stage.c.person_id.in_(gone)))
    if came := now - before:
        tx.execute(insert(on_stage), [{"space_id": space.id, "person_id": person} for person in sorted(came)])
