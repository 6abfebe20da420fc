"""Reading and writing what is ahead."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, exists, func, or_, select, update

from cooee.kit.clock import to_ms
from cooee.kit.db import insert_new
from cooee.kit.pages import Asking
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import follows
from cooee.schedule.state import Scheduled
from cooee.schedule.tables import reminders, scheduled_spaces, scheduled_words
from cooee.spaces import found
from cooee.spaces.ahead import When
from cooee.spaces.rules.gates import Plan
from cooee.spaces.state import SpaceId

_AHEAD = scheduled_spaces.c.state == "scheduled"


def insert_scheduled(tx: Connection, scheduled: Scheduled) -> bool:
    """False if the id is taken."""
    fixed = {"id": scheduled.id, "serial": scheduled.serial, "host_id": scheduled.host, "made_at": scheduled.made_at}
    if not insert_new(tx, scheduled_spaces, {**fixed, **_values(scheduled)}):
        return False
    found.note(tx, scheduled_words, scheduled.id, _found_by(scheduled))
    return True


def one(tx: Connection, id: SpaceId) -> Scheduled | None:
    """The one with this id, whatever has become of it."""
    row = tx.execute(select(scheduled_spaces).where(scheduled_spaces.c.id == id)).one_or_none()
    return None if row is None else _scheduled(row)


def for_change(tx: Connection, id: SpaceId) -> Scheduled | None:
    """The one with this id, which nobody else changes until this transaction ends."""
    query = select(scheduled_spaces).where(scheduled_spaces.c.id == id).with_for_update()
    row = tx.execute(query).one_or_none()
    return None if row is None else _scheduled(row)


def ahead_for_change(tx: Connection, host: PersonId) -> list[Scheduled]:
    """All that a host has ahead, which nobody else changes until this transaction ends."""
    query = select(scheduled_spaces).where(scheduled_spaces.c.host_id == host, _AHEAD)
    return [_scheduled(row) for row in tx.execute(query.order_by(scheduled_spaces.c.id).with_for_update())]


def save(tx: Connection, scheduled: Scheduled) -> None:
    """Writes what was read by `for_change`."""
    tx.execute(update(scheduled_spaces).where(scheduled_spaces.c.id == scheduled.id).values(_values(scheduled)))
    found.note(tx, scheduled_words, scheduled.id, _found_by(scheduled))


def ahead_of(tx: Connection, host: PersonId) -> int:
    """How many a host has ahead."""
    query = select(func.count()).where(scheduled_spaces.c.host_id == host, _AHEAD)
    return tx.execute(query).scalar_one()


def public_ahead_of(tx: Connection, host: PersonId) -> int:
    """How many a host has ahead that everybody finds."""
    query = select(func.count()).where(
        scheduled_spaces.c.host_id == host, _AHEAD, scheduled_spaces.c.audience == "public"
    )
    return tx.execute(query).scalar_one()


def by_ids(tx: Connection, ids: Collection[SpaceId]) -> dict[SpaceId, Scheduled]:
    """Those of `ids` that exist."""
    rows = tx.execute(select(scheduled_spaces).where(scheduled_spaces.c.id.in_(set(ids)))).all()
    return {scheduled.id: scheduled for scheduled in map(_scheduled, rows)}


def upcoming(tx: Connection, viewer: PersonId, asked: Asking) -> list[Scheduled]:
    """One's own, those one set a reminder for, and public ones of people one follows; the next first.

    One more than asked for, if there are more.
    """
    host, id = scheduled_spaces.c.host_id, scheduled_spaces.c.id
    followed = exists().where(follows.c.follower_id == viewer, follows.c.followed_id == host)
    theirs = and_(scheduled_spaces.c.audience == "public", followed, ~relations.hidden_from(viewer, host))
    near = and_(relations.present(host), ~relations.apart_from(viewer, host))
    wanted = exists().where(reminders.c.space_id == id, reminders.c.person_id == viewer)
    query = (
        select(scheduled_spaces)
        .where(_AHEAD, or_(host == viewer, and_(near, or_(wanted, theirs))))
        .order_by(scheduled_spaces.c.starts_at, scheduled_spaces.c.serial)
        .limit(asked.limit + 1)
    )
    if (after := asked.moment()) is not None:
        query = query.where(_after(after[0], str(after[1])))
    return [_scheduled(row) for row in tx.execute(query)]


def discovered(tx: Connection, viewer: PersonId, question: str, topic: str | None, asked: Asking) -> list[Scheduled]:
    """Public ones of people of whom `viewer` wants to hear, by words and topic, the next first.

    One more than asked for, if there are more.
    """
    matching = found.matches(scheduled_words, scheduled_spaces.c.id, question, topic)
    if matching is None:
        return []
    query = (
        select(scheduled_spaces)
        .where(_AHEAD, scheduled_spaces.c.audience == "public", matching, _heard(viewer))
        .order_by(scheduled_spaces.c.starts_at, scheduled_spaces.c.serial)
        .limit(asked.limit + 1)
    )
    if (after := asked.moment()) is not None:
        query = query.where(_after(after[0], str(after[1])))
    return [_scheduled(row) for row in tx.execute(query)]


def topics(tx: Connection, viewer: PersonId) -> dict[str, tuple[str, int]]:
    """Of the topics of public Spaces that are ahead: key, a spelling, and how many Spaces have it."""
    query = (
        select(scheduled_words.c.word, func.min(scheduled_words.c.spelling), func.count())
        .join(scheduled_spaces, scheduled_spaces.c.id == scheduled_words.c.space_id)
        .where(scheduled_words.c.spelling.is_not(None), _AHEAD, scheduled_spaces.c.audience == "public")
        .where(_heard(viewer))
        .group_by(scheduled_words.c.word)
    )
    return {key: (spelling, count) for key, spelling, count in tx.execute(query)}


def calendar_of(tx: Connection, host: PersonId, since: datetime, most: int) -> list[Scheduled]:
    """A host's public Spaces that begin after `since`, whatever became of them, in their order: the latest `most`."""
    query = (
        select(scheduled_spaces)
        .where(scheduled_spaces.c.host_id == host, scheduled_spaces.c.audience == "public")
        .where(scheduled_spaces.c.starts_at >= since)
        .order_by(scheduled_spaces.c.starts_at.desc(), scheduled_spaces.c.serial.desc())
        .limit(most)
    )
    return [_scheduled(row) for row in tx.execute(query)][::-1]


def set_reminder(tx: Connection, space: SpaceId, person: PersonId, now: datetime) -> None:
    """Has somebody told; once is enough."""
    insert_new(tx, reminders, {"space_id": space, "person_id": person, "at": now})


def take_reminder(tx: Connection, space: SpaceId, person: PersonId) -> None:
    """Has somebody not told."""
    tx.execute(delete(reminders).where(reminders.c.space_id == space, reminders.c.person_id == person))


def take_reminders(tx: Connection, space: SpaceId) -> None:
    """Has nobody told any more."""
    tx.execute(delete(reminders).where(reminders.c.space_id == space))


def reminded(tx: Connection, ids: Collection[SpaceId], person: PersonId) -> set[SpaceId]:
    """Those of `ids` for which this person set a reminder."""
    query = select(reminders.c.space_id).where(reminders.c.space_id.in_(set(ids)), reminders.c.person_id == person)
    return set(tx.execute(query).scalars())


def reminder_counts(tx: Connection, ids: Collection[SpaceId]) -> Mapping[SpaceId, int]:
    """How many set a reminder, for those of `ids` for which somebody did."""
    query = (
        select(reminders.c.space_id, func.count().label("people"))
        .where(reminders.c.space_id.in_(set(ids)))
        .group_by(reminders.c.space_id)
    )
    return {row.space_id: row.people for row in tx.execute(query)}


def subscribers(tx: Connection, space: SpaceId, after: PersonId | None, most: int) -> list[PersonId]:
    """Some of those who set a reminder, in the order of their ids, from behind `after` on."""
    query = select(reminders.c.person_id).where(reminders.c.space_id == space).order_by(reminders.c.person_id)
    if after is not None:
        query = query.where(reminders.c.person_id > after)
    return list(tx.execute(query.limit(most)).scalars())


def _heard(viewer: PersonId) -> ColumnElement[bool]:
    host = scheduled_spaces.c.host_id
    return and_(relations.present(host), ~relations.hidden_from(viewer, host))


def _found_by(scheduled: Scheduled) -> found.Keys:
    """What has begun or was canceled, or is not for everybody, is not found."""
    plan = scheduled.plan
    return found.keys(plan.title, plan.topics) if plan.audience == "public" and scheduled.state == "scheduled" else {}


def _after(moment: datetime, serial: str) -> ColumnElement[bool]:
    starts, order = scheduled_spaces.c.starts_at, scheduled_spaces.c.serial
    return or_(starts > moment, and_(starts == moment, order > serial))


def cursor_numbers(scheduled: Scheduled) -> tuple[int, int]:
    """By which it is found again in a list."""
    return to_ms(scheduled.when.at), int(scheduled.serial)


def _values(scheduled: Scheduled) -> dict[str, object]:
    plan = scheduled.plan
    return {
        "state": scheduled.state,
        "reason": scheduled.reason,
        "starts_at": scheduled.when.at,
        "zone": scheduled.when.zone,
        "sequence": scheduled.sequence,
        "changed_at": scheduled.changed_at,
        "title": plan.title,
        "topics": list(plan.topics),
        "language": plan.language,
        "policy": plan.policy,
        "audience": plan.audience,
        "guests": plan.guests,
        "record": plan.record,
    }


def _scheduled(row: Row[tuple[object, ...]]) -> Scheduled:
    plan = Plan(row.title, tuple(row.topics), row.language, row.policy, row.audience, row.guests, row.record)
    return Scheduled(
        id=row.id,
        serial=row.serial,
        host=row.host_id,
        plan=plan,
        when=When(row.starts_at, row.zone),
        made_at=row.made_at,
        changed_at=row.changed_at,
        state=row.state,
        sequence=row.sequence,
        reason=row.reason,
    )
