"""The routes of reports, and of those who decide on them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, status

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.moderation import service
from cooee.moderation.errors import (
    CannotReportYourself,
    CaseDecided,
    CaseNotFound,
    ModeratorsOnly,
    NothingToEnter,
    NothingToGiveBack,
    NothingToRemove,
    OutOfReach,
    OwnCase,
    SubjectNotFound,
)
from cooee.moderation.rules import Sanction
from cooee.moderation.shapes import CasePage, Decide, Entered, Moderators, MyModeration, NewReport, WholeCase
from cooee.moderation.store import Draft
from cooee.moderation.wiring import Moderation
from cooee.people.errors import PersonNotFound
from cooee.people.ids import PersonInPath
from cooee.people.session import SignedIn
from cooee.people.sign_in.errors import AdministratorsOnly
from cooee.people.wiring import People
from cooee.spaces.wiring import Spaces

router = APIRouter(tags=["moderation"])

CaseInPath = Annotated[str, Path(pattern=DECIMAL_PATTERN, description="A case's id")]


@router.post(
    "/reports",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(
        CannotReportYourself, ForeignOrigin, InvalidRequest, SubjectNotFound, TooManyRequests, Unauthenticated
    ),
)
async def report(asked: NewReport, me: SignedIn, tools: Tools, moderation: Moderation) -> None:
    """Have moderators look at a person, a post, a message or a Space. Whom it concerns does not hear who reported."""
    await tools.attempt(moderation.report_limit, "report", me.id)
    now = tools.clock.now()
    draft = Draft(asked.about, asked.id, asked.reason, asked.note, asked.space)
    await tools.db.write(lambda tx: service.report(tx, me.id, draft, tools.ids, now))


@router.get("/me/moderation", responses=refusals(Unauthenticated))
async def read_my_moderation(me: SignedIn, tools: Tools) -> MyModeration:
    """What one has reported and what became of it, and what was decided about oneself."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: service.mine(tx, me.id, now))


@router.get("/moderation/cases", responses=refusals(BadCursor, InvalidRequest, ModeratorsOnly, Unauthenticated))
async def list_cases(
    page: AskedPage,
    me: SignedIn,
    tools: Tools,
    moderation: Moderation,
    state: Annotated[Literal["open", "decided"], Query()] = "open",
) -> CasePage:
    """What was reported, the latest first: for moderators."""
    bench, decided = moderation.bench, state == "decided"
    return await tools.db.read(lambda tx: service.page(tx, bench, me.id, page, decided=decided))


@router.get("/moderation/cases/{id}", responses=refusals(CaseNotFound, InvalidRequest, ModeratorsOnly, Unauthenticated))
async def read_case(id: CaseInPath, me: SignedIn, tools: Tools, moderation: Moderation) -> WholeCase:
    """One case, with all reports."""
    now = tools.clock.now()
    return await tools.db.read(lambda tx: service.whole(tx, moderation.bench, me.id, id, now))


@router.post(
    "/moderation/cases/{id}/decision",
    responses=refusals(
        CaseDecided,
        CaseNotFound,
        ForeignOrigin,
        InvalidRequest,
        ModeratorsOnly,
        NothingToGiveBack,
        NothingToRemove,
        OutOfReach,
        OwnCase,
        Unauthenticated,
    ),
)
async def decide_case(id: CaseInPath, asked: Decide, me: SignedIn, moderation: Moderation, spaces: Spaces) -> WholeCase:
    """Dismiss it, remove what was reported, give back what was paid, or suspend whose it is: rooms end at once."""
    bench = moderation.bench
    return await spaces.live.change(
        lambda tx, now, committed: service.decide(tx, bench, me.id, id, asked, now, committed)
    )


@router.post(
    "/moderation/cases/{id}/entry",
    responses=refusals(
        CaseDecided,
        CaseNotFound,
        ForeignOrigin,
        InvalidRequest,
        ModeratorsOnly,
        NothingToEnter,
        OwnCase,
        Unauthenticated,
    ),
)
async def enter_space_of_case(id: CaseInPath, me: SignedIn, moderation: Moderation, spaces: Spaces) -> Entered:
    """Be let into the Space that a report is about, whatever its audience, to join it then. Everybody there sees it."""
    bench = moderation.bench
    space = await spaces.live.change(lambda tx, now, committed: service.enter(tx, bench, me.id, id, now, committed))
    return Entered(space=space)


@router.get("/moderation/moderators", responses=refusals(AdministratorsOnly, Unauthenticated))
async def list_moderators(me: SignedIn, tools: Tools, people: People) -> Moderators:
    """Who moderates, besides administrators: for administrators."""
    return await tools.db.read(lambda tx: service.moderators(tx, me.id, people.asks))


_NAMING = refusals(AdministratorsOnly, ForeignOrigin, InvalidRequest, PersonNotFound, Unauthenticated)


@router.put("/moderation/moderators/{user_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_NAMING)
async def name_moderator(user_id: PersonInPath, me: SignedIn, tools: Tools) -> None:
    """Let somebody moderate."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.name_moderator(tx, me.id, user_id, now))


@router.delete("/moderation/moderators/{user_id}", status_code=status.HTTP_204_NO_CONTENT, responses=_NAMING)
async def withdraw_moderator(user_id: PersonInPath, me: SignedIn, moderation: Moderation, spaces: Spaces) -> None:
    """Let somebody moderate no longer: they are put out of Spaces that only their office opened to them."""
    bench = moderation.bench
    await spaces.live.change(
        lambda tx, now, committed: service.withdraw_moderator(tx, bench, me.id, user_id, now, committed)
    )


@router.delete(
    "/moderation/people/{user_id}/suspensions/{sanction}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, ModeratorsOnly, OwnCase, Unauthenticated),
)
async def lift_suspension(user_id: PersonInPath, sanction: Sanction, me: SignedIn, tools: Tools) -> None:
    """End a suspension before its time."""
    await tools.db.write(lambda tx: service.lift(tx, me.id, user_id, sanction))
