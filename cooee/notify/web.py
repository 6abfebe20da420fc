"""The routes of notices, and of what one wants to hear of."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, status
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.notify import mailbox, service, unsubscribing, wishes
from cooee.notify.errors import NotOffered, UnsubscribeLinkInvalid
from cooee.notify.rules import offered
from cooee.notify.shapes import Choice, ChooseRhythm, NoticePage, ReadUpTo, Settings, Unread
from cooee.notify.wiring import Notify
from cooee.people.session import SignedIn

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_notices(page: AskedPage, me: SignedIn, tools: Tools, notify: Notify) -> NoticePage:
    """What others did that concerns one, the latest first; whoever one follows and is live stands among them."""
    return await tools.db.read(lambda tx: service.page(tx, notify.desk, me.id, page))


@router.get("/unread", responses=refusals(Unauthenticated))
async def count_unread(me: SignedIn, tools: Tools, notify: Notify) -> Unread:
    """How much is new."""
    return Unread(unread=await tools.db.read(lambda tx: service.unread(tx, notify.desk, me.id)))


@router.put("/read", responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated))
async def mark_read(asked: ReadUpTo, me: SignedIn, tools: Tools, notify: Notify) -> Unread:
    """Mark all notices up to a time as read, on all devices."""
    now = tools.clock.now()
    return Unread(unread=await tools.db.write(lambda tx: service.mark_read(tx, notify.desk, me.id, asked.at, now)))


@router.get("/settings", responses=refusals(Unauthenticated))
async def read_settings(me: SignedIn, tools: Tools, notify: Notify) -> Settings:
    """What one wants to hear of, and how."""
    return await tools.db.read(lambda tx: service.settings(tx, notify.desk, me.id))


@router.patch("/settings", responses=refusals(ForeignOrigin, InvalidRequest, NotOffered, Unauthenticated))
async def change_settings(asked: Choice, me: SignedIn, tools: Tools, notify: Notify) -> Settings:
    """Switch a kind on or off for one way of being told."""
    if not offered(asked.kind, asked.channel):
        raise NotOffered

    def work(tx: Connection) -> Settings:
        wishes.choose(tx, me.id, asked.kind, asked.channel, wanted=asked.wanted)
        return service.settings(tx, notify.desk, me.id)

    return await tools.db.write(work)


@router.put("/rhythm", responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated))
async def change_rhythm(asked: ChooseRhythm, me: SignedIn, tools: Tools, notify: Notify) -> Settings:
    """How often letters may come."""

    def work(tx: Connection) -> Settings:
        mailbox.set_rhythm(tx, me.id, asked.rhythm)
        return service.settings(tx, notify.desk, me.id)

    return await tools.db.write(work)


TokenInQuery = Annotated[str, Query(max_length=100, description="From a letter's `List-Unsubscribe`")]


@router.post(
    "/unsubscriptions",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(InvalidRequest, UnsubscribeLinkInvalid),
)
async def unsubscribe(token: TokenInQuery, tools: Tools, notify: Notify) -> None:
    """End all letters to somebody, by the link in one of them and without an account (RFC 8058). A body is not read."""
    person = unsubscribing.person_of(notify.paper.key, token)
    if person is None:
        raise UnsubscribeLinkInvalid
    await tools.db.write(lambda tx: wishes.choose_none(tx, person, "mail"))


@router.get("/unsubscriptions", include_in_schema=False)
async def show_unsubscription(token: TokenInQuery) -> RedirectResponse:
    """The page that asks first: mail programs look at links before people do."""
    return RedirectResponse(f"/unsubscribe#{quote(token)}", status.HTTP_303_SEE_OTHER)
