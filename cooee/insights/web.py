"""The routes of feedback: telling the operator, and reading it all."""

from typing import Annotated

from fastapi import APIRouter, Query, status
from sqlalchemy import Connection

from cooee.insights import service
from cooee.insights.errors import NothingSaid
from cooee.insights.shapes import About, FeedbackPage, TellUs
from cooee.insights.wiring import Insights
from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.session import SignedIn
from cooee.people.sign_in.errors import AdministratorsOnly
from cooee.people.wiring import People

router = APIRouter(tags=["feedback"])


@router.post(
    "/feedback",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, NothingSaid, TooManyRequests, Unauthenticated),
)
async def tell_us(asked: TellUs, me: SignedIn, tools: Tools, insights: Insights) -> None:
    """Tell those who run the site what one thinks of it."""
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        service.tell(tx, tools.ids, me.id, asked, now)

    await tools.db.write(tools.counted(work, insights.feedback_limit, "feedback", me.id))


@router.get("/feedback", responses=refusals(AdministratorsOnly, BadCursor, InvalidRequest, Unauthenticated))
async def list_feedback(
    page: AskedPage,
    me: SignedIn,
    tools: Tools,
    people: People,
    about: Annotated[About, Query(description="`spaces`: after one; `site`: of one's own accord")] = "spaces",
) -> FeedbackPage:
    """All feedback, the latest first, with how the sound came through to whoever gave it: for administrators."""
    if not me.admin:
        raise AdministratorsOnly
    return await tools.db.read(lambda tx: service.page(tx, people.asks, about, page))
