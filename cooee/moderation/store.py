"""Reading and writing cases and reports; who moderates and who is suspended is in `standing.py`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, not_, or_, select, update

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.db import insert_new
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.moderation.rules import About, Decision, Reason
from cooee.moderation.subjects import Subject
from cooee.moderation.tables import cases, reports
from cooee.people.ids import PersonId
from cooee.spaces.state import SpaceId

_OPEN = "open"
KEPT, KEPT_UPHELD = timedelta(days=30), timedelta(days=90)
"""How long it stays known what a message to a room said that was reported: since the last report; since a decision."""


@dataclass(frozen=True, slots=True)
class Case:
    """All reports of one thing, until somebody decides."""

    id: str
    about: About
    subject: str
    person: PersonId
    space: str | None
    excerpt: str
    opened_at: datetime
    latest_at: datetime
    reports: int
    decision: Decision | None
    decided_at: datetime | None
    decided_by: PersonId | None
    until: datetime | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """What one person said of it."""

    reporter: PersonId | None
    reason: Reason
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """What somebody wants to report."""

    about: About
    subject: str
    reason: Reason
    note: str
    space: str | None


def report(tx: Connection, me: PersonId, draft: Draft, found: Subject, ids: Ids, now: datetime) -> None:
    """Adds a report to the open case of its subject, or opens one. Reported again, it says what was said last."""
    case = _open_case(tx, draft, found, ids, now)
    said = {"reason": draft.reason, "note": draft.note, "at": now}
    fresh = insert_new(tx, reports, {"id": ids.decimal(), "case_id": case, "reporter_id": me, **said})
    if not fresh:
        theirs = and_(reports.c.case_id == case, reports.c.reporter_id == me)
        tx.execute(update(reports).where(theirs).values(said))
    count = cases.c.reports + 1 if fresh else cases.c.reports
    tx.execute(update(cases).where(cases.c.id == case).values(latest_at=now, reports=count))


def one(tx: Connection, id: str) -> Case | None:
    """The case with this id."""
    row = tx.execute(select(cases).where(cases.c.id == id)).one_or_none()
    return None if row is None else _case(row)


def hold(tx: Connection, id: str) -> Case | None:
    """The case with this id; nobody else decides on it until this transaction ends."""
    row = tx.execute(select(cases).where(cases.c.id == id).with_for_update()).one_or_none()
    return None if row is None else _case(row)


def page(tx: Connection, asked: Asking, *, decided: bool) -> tuple[Sequence[Case], str | None]:
    """A page of cases: open ones in the order of the latest report, decided ones in that of their decision."""
    at = cases.c.decided_at if decided else cases.c.latest_at
    query = select(cases).where(cases.c.decision.is_not(None) if decided else cases.c.decision.is_(None))
    if (after := asked.numbers(2)) is not None:
        moment, last = from_ms(after[0]), str(after[1])
        query = query.where(or_(at < moment, and_(at == moment, cases.c.id < last)))
    rows = tx.execute(query.order_by(at.desc(), cases.c.id.desc()).limit(asked.limit + 1))
    shown, end = cut([_case(row) for row in rows], asked.limit)
    if end is None:
        return shown, None
    moment = (end.decided_at if decided else end.latest_at) or end.latest_at
    return shown, cursor_of(to_ms(moment), int(end.id))


def count_open(tx: Connection) -> int:
    """How many wait for somebody to decide."""
    return tx.execute(select(func.count()).select_from(cases).where(cases.c.decision.is_(None))).scalar_one()


def is_before_moderators(tx: Connection, space: SpaceId, person: PersonId) -> bool:
    """Whether there is an open case about a Space, something in it, or this person."""
    about = or_(cases.c.space_id == space, cases.c.person_id == person)
    return tx.execute(select(cases.c.id).where(cases.c.decision.is_(None), about).limit(1)).first() is not None


def reports_of(tx: Connection, case: str) -> Sequence[Report]:
    """What people said of it, the latest first."""
    rows = tx.execute(select(reports).where(reports.c.case_id == case).order_by(reports.c.at.desc(), reports.c.id))
    return [Report(row.reporter_id, row.reason, row.note, row.at) for row in rows]


def by(tx: Connection, reporter: PersonId, most: int) -> Sequence[tuple[Case, Report]]:
    """What somebody has reported, the latest first."""
    said = select(reports).where(reports.c.reporter_id == reporter).order_by(reports.c.at.desc()).limit(most)
    found = [(row.case_id, Report(row.reporter_id, row.reason, row.note, row.at)) for row in tx.execute(said)]
    rows = tx.execute(select(cases).where(cases.c.id.in_([case for case, _ in found])))
    known = {row.id: _case(row) for row in rows}
    return [(known[case], report) for case, report in found if case in known]


def against(tx: Connection, person: PersonId, most: int) -> Sequence[Case]:
    """What was decided against somebody, the latest first."""
    acted = and_(cases.c.person_id == person, cases.c.decision.is_not(None), cases.c.decision != "dismiss")
    return [
        _case(row) for row in tx.execute(select(cases).where(acted).order_by(cases.c.decided_at.desc()).limit(most))
    ]


def close(
    tx: Connection, id: str, decision: Decision, by: PersonId, words: str, until: datetime | None, now: datetime
) -> None:
    """Writes down what was decided; what is reported from now on opens another case."""
    values = {
        "decision": decision,
        "decided_at": now,
        "decided_by": by,
        "words": words,
        "until": until,
        "turn": id,
    }
    tx.execute(update(cases).where(cases.c.id == id).values(values))


def forget_what_rooms_said(tx: Connection, now: datetime) -> bool:
    """Forgets the words of messages to rooms, which only their reports have kept; whether there were any."""
    acted = and_(cases.c.decision.is_not(None), cases.c.decision != "dismiss")
    over = or_(
        and_(acted, cases.c.decided_at <= now - KEPT_UPHELD),
        and_(not_(acted), cases.c.latest_at <= now - KEPT),
    )
    words = and_(cases.c.about == "room_message", cases.c.excerpt != "")
    return tx.execute(update(cases).where(words, over).values(excerpt="")).rowcount > 0


def _open_case(tx: Connection, draft: Draft, found: Subject, ids: Ids, now: datetime) -> str:
    values = {
        "id": ids.decimal(),
        "about": draft.about,
        "subject": draft.subject,
        "person_id": found.person,
        "space_id": found.space or draft.space,
        "excerpt": found.excerpt,
        "opened_at": now,
        "latest_at": now,
        "reports": 0,
        "turn": _OPEN,
    }
    insert_new(tx, cases, values)
    this = and_(cases.c.about == draft.about, cases.c.subject == draft.subject, cases.c.turn == _OPEN)
    id: str = tx.execute(select(cases.c.id).where(this)).scalar_one()
    return id


def _case(row: Row[Any]) -> Case:
    return Case(
        id=row.id,
        about=row.about,
        subject=row.subject,
        person=row.person_id,
        space=row.space_id,
        excerpt=row.excerpt,
        opened_at=row.opened_at,
        latest_at=row.latest_at,
        reports=row.reports,
        decision=row.decision,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        until=row.until,
        words=row.words,
    )
