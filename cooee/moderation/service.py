"""Reporting and deciding: one unit of work each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.errors import Refusal
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.messages.service import Tell
from cooee.moderation import enforcing, facts, rules, shapes, standing, store, subjects
from cooee.moderation.errors import CannotReportYourself, CaseNotFound, ModeratorsOnly, OwnCase
from cooee.moderation.rules import DECISIONS, GiveBack, Judge, Matter, Removal, Suspension
from cooee.moderation.store import Case, Draft
from cooee.people import service as people
from cooee.people.errors import PersonNotFound
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.people.sign_in.errors import AdministratorsOnly
from cooee.spaces import service as spaces
from cooee.spaces.house import Committed, House
from cooee.spaces.letting_out import let_out
from cooee.spaces.rules.moderated import LookedInto
from cooee.spaces.state import SpaceId
from cooee.tickets import moderated

_MOST_SHOWN = 100


@dataclass(frozen=True, slots=True)
class Bench:
    """What moderators decide with."""

    ids: Ids
    asks: Questions
    house: House
    tell: Tell
    rooms_of: Callable[[PersonId], Sequence[SpaceId]]
    """The live Spaces in which somebody is, in whatever role."""


def report(tx: Connection, me: PersonId, draft: Draft, ids: Ids, now: datetime) -> None:
    """Has moderators look at something.

    Raises:
        SubjectNotFound, CannotReportYourself
    """
    found = subjects.found(tx, me, draft.about, draft.subject)
    if found.person == me:
        raise CannotReportYourself
    store.report(tx, me, draft, found, ids, now)


def mine(tx: Connection, me: PersonId, now: datetime) -> shapes.MyModeration:
    """One's own reports, and what was decided about oneself."""
    return shapes.MyModeration(
        reports=[
            shapes.MyReport(
                about=case.about,
                subject=case.subject,
                reason=said.reason,
                at=said.at,
                decided=case.decision is not None,
                acted=case.decision not in (None, "dismiss"),
            )
            for case, said in store.by(tx, me, _MOST_SHOWN)
        ],
        judgements=[_judgement(case) for case in store.against(tx, me, _MOST_SHOWN)],
        suspended=_standings(tx, me, now),
    )


def page(tx: Connection, bench: Bench, me: PersonId, asked: Asking, *, decided: bool) -> shapes.CasePage:
    """A page of cases.

    Raises:
        ModeratorsOnly
    """
    _judge(tx, me)
    shown, cursor = store.page(tx, asked, decided=decided)
    faces = _faces(tx, bench, shown)
    items = [shapes.Case(**_shape(tx, case, faces)) for case in shown if case.person in faces]
    return shapes.CasePage(items=items, next=cursor, open=store.count_open(tx))


def whole(tx: Connection, bench: Bench, me: PersonId, id: str, now: datetime) -> shapes.WholeCase:
    """One case, with all that is known.

    Raises:
        ModeratorsOnly, CaseNotFound
    """
    judge = _judge(tx, me)
    case = _found(store.one(tx, id))
    said = store.reports_of(tx, id)
    reporters = [report.reporter for report in said if report.reporter]
    faces = {**_faces(tx, bench, [case]), **people.persons(tx, reporters, bench.asks)}
    matter = _matter(tx, case)
    return shapes.WholeCase(
        **_shape(tx, case, faces),
        said=[
            shapes.Report(
                reporter=faces.get(report.reporter) if report.reporter else None,
                reason=report.reason,
                note=report.note,
                at=report.at,
            )
            for report in said
        ],
        earlier=sum(other.id != id for other in store.against(tx, case.person, _MOST_SHOWN)),
        suspended=_standings(tx, case.person, now),
        payers=0 if case.decision else matter.payers,
        may_enter=_may_enter(matter, judge, leads_in=_leads_in(tx, case, matter)),
        decisions=[decision for decision in DECISIONS if _may(matter, decision, judge, now)],
    )


def decide(
    tx: Connection, bench: Bench, me: PersonId, id: str, asked: shapes.Decide, now: datetime, committed: Committed
) -> shapes.WholeCase:
    """Decides a case; what follows happens in the same transaction.

    Raises:
        ModeratorsOnly, CaseNotFound, CaseDecided, OwnCase, OutOfReach, NothingToRemove, NothingToGiveBack
    """
    judge = _judge(tx, me)
    case = _found(store.hold(tx, id))
    matter = _matter(tx, case)
    until = None
    for effect in rules.decide(matter, asked.decision, asked.days, judge, now, give_back=asked.give_back):
        match effect:
            case Removal():
                subjects.remove(tx, bench.house, effect, now, committed, bench.tell)
            case GiveBack():
                assert case.space is not None, "the rules have counted who has paid for it"
                moderated.give_back(tx, SpaceId(case.space), effect.person, now)
            case Suspension():
                until = effect.until
                standing.suspend(tx, effect.person, effect.sanction, effect.until, id, now)
                enforcing.enforce(tx, bench.house, effect, bench.rooms_of(effect.person), now, committed)
    store.close(tx, id, asked.decision, me, asked.words, until, now)
    facts.decided(tx, id, case.person, matter.reporters, now, acted=asked.decision != "dismiss")
    return whole(tx, bench, me, id, now)


def enter(tx: Connection, bench: Bench, me: PersonId, id: str, now: datetime, committed: Committed) -> SpaceId:
    """Lets a moderator into the Space of a case, whatever its audience, lock, tickets and blocks; its people see it.

    Raises:
        ModeratorsOnly, CaseNotFound, CaseDecided, OwnCase, NothingToEnter
    """
    # Whoever is withdrawn meanwhile is let out after this, or not let in.
    judge = _judge(tx, me, held=True)
    case = _found(store.hold(tx, id))
    matter = _matter(tx, case)
    rules.may_enter(matter, judge, leads_in=_leads_in(tx, case, matter))
    assert case.space is not None, "it leads into a Space"
    return spaces.observe(tx, bench.house, SpaceId(case.space), LookedInto(me), now, committed).id


def moderators(tx: Connection, me: PersonId, asks: Questions) -> shapes.Moderators:
    """Who moderates.

    Raises:
        AdministratorsOnly
    """
    _administrator(tx, me)
    found = standing.moderating(tx)
    faces = people.persons(tx, found, asks)
    return shapes.Moderators(items=[faces[person] for person in found if person in faces])


def name_moderator(tx: Connection, me: PersonId, person: PersonId, now: datetime) -> None:
    """Somebody moderates from now on. An account of the demo never does: anybody may sign in as it.

    Raises:
        AdministratorsOnly, PersonNotFound
    """
    _administrator(tx, me)
    if people.person_by_id(tx, person).demo:
        raise PersonNotFound
    standing.name(tx, person, now)


def withdraw_moderator(
    tx: Connection, bench: Bench, me: PersonId, person: PersonId, now: datetime, committed: Committed
) -> None:
    """Somebody moderates no longer, and is let out of where they were let in as a moderator.

    Raises:
        AdministratorsOnly
    """
    _administrator(tx, me)
    standing.withdraw(tx, person)
    if standing.rank(tx, person) == "member":
        let_out(tx, bench.house, person, now, committed)


def lift(tx: Connection, me: PersonId, person: PersonId, sanction: rules.Sanction) -> None:
    """Ends a suspension before its time.

    Raises:
        ModeratorsOnly, OwnCase
    """
    if _judge(tx, me).person == person:
        raise OwnCase
    if standing.lift(tx, person, sanction) and sanction == "account":
        enforcing.let_in(tx, person)


def _judge(tx: Connection, me: PersonId, *, held: bool = False) -> Judge:
    rank = standing.rank(tx, me, held=held)
    if rank == "member":
        raise ModeratorsOnly
    return Judge(me, rank)


def _administrator(tx: Connection, me: PersonId) -> None:
    if standing.rank(tx, me) != "administrator":
        raise AdministratorsOnly


def _found(case: Case | None) -> Case:
    if case is None:
        raise CaseNotFound
    return case


def _matter(tx: Connection, case: Case) -> Matter:
    return Matter(
        about=case.about,
        subject=case.subject,
        person=case.person,
        there=subjects.is_there(tx, case.about, case.subject),
        decided=case.decision is not None,
        reporters=frozenset(report.reporter for report in store.reports_of(tx, case.id) if report.reporter),
        rank=standing.rank(tx, case.person),
        payers=moderated.payers(tx, SpaceId(case.space), case.person) if case.space else 0,
    )


def _leads_in(tx: Connection, case: Case, matter: Matter) -> bool:
    return case.space is not None and subjects.led_into(tx, SpaceId(case.space), matter.reporters)


def _may_enter(matter: Matter, judge: Judge, *, leads_in: bool) -> bool:
    try:
        rules.may_enter(matter, judge, leads_in=leads_in)
    except Refusal:
        return False
    return True


def _may(matter: Matter, decision: rules.Decision, judge: Judge, now: datetime) -> bool:
    try:
        rules.decide(matter, decision, None, judge, now)
    except Refusal:
        return False
    return True


def _faces(tx: Connection, bench: Bench, shown: Sequence[Case]) -> dict[PersonId, Person]:
    concerned = {case.person for case in shown} | {case.decided_by for case in shown if case.decided_by}
    return people.persons(tx, concerned, bench.asks)


def _shape(tx: Connection, case: Case, faces: dict[PersonId, Person]) -> dict[str, object]:
    return {
        "id": case.id,
        "about": case.about,
        "subject": case.subject,
        "person": faces[case.person],
        "space": case.space,
        "excerpt": case.excerpt,
        "there": case.decision is None and subjects.is_there(tx, case.about, case.subject),
        "opened_at": case.opened_at,
        "latest_at": case.latest_at,
        "reports": case.reports,
        "reasons": list(dict.fromkeys(report.reason for report in store.reports_of(tx, case.id))),
        "decision": case.decision,
        "decided_at": case.decided_at,
        "decided_by": faces.get(case.decided_by) if case.decided_by else None,
        "until": case.until,
        "words": case.words,
    }


def _judgement(case: Case) -> shapes.Judgement:
    assert case.decision is not None, "it was asked for by its decision"
    assert case.decided_at is not None, "a decision has its time"
    return shapes.Judgement(
        about=case.about,
        excerpt=case.excerpt,
        decision=case.decision,
        at=case.decided_at,
        until=case.until,
        words=case.words or "",
    )


def _standings(tx: Connection, person: PersonId, now: datetime) -> list[shapes.Standing]:
    return [
        shapes.Standing(sanction=one.sanction, since=one.since, until=one.until) for one in standing.of(tx, person, now)
    ]
