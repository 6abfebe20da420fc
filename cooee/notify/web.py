"""The routes of notices, and of what one wants to hear of."""

from fastapi import APIRouter
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.notify import service, wishes
from cooee.notify.errors import NotOffered
from cooee.notify.rules import offered
from cooee.notify.shapes import Choice, NoticePage, ReadUpTo, Settings, Unread
from cooee.notify.wiring import Notify
from cooee.people.session import SignedIn

router = APIRouter(prefix="/notices", tags=["notices"])


@router.get("", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_notices(page: AskedPage, me: SignedIn, tools: Tools, notify: Notify) -> NoticePage:
    """What others did that concerns one, the latest first; whoever one follows and is live stands among them."""
    return await tools.db.read(lambda tx: service.page(tx, notify.desk, me.id, page))


@router.get("/unread", responses=refusals(Unauthenticated))
async def count_unread(me: SignedIn, tools: Tools) -> Unread:
    """How much is new."""
    return Unread(unread=await tools.db.read(lambda tx: service.unread(tx, me.id)))


@router.put("/read", responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated))
async def mark_read(asked: ReadUpTo, me: SignedIn, tools: Tools, notify: Notify) -> Unread:
    """Mark all notices up to a time as read, on all devices."""
    now = tools.clock.now()
    return Unread(unread=await tools.db.write(lambda tx: service.mark_read(tx, notify.desk, me.id, asked.at, now)))


@router.get("/settings", responses=refusals(Unauthenticated))
async def read_settings(me: SignedIn, tools: Tools) -> Settings:
    """What one wants to hear of, and how."""
    return await tools.db.read(lambda tx: Settings(wishes=wishes.of(tx, me.id)))


@router.patch("/settings", responses=refusals(ForeignOrigin, InvalidRequest, NotOffered, Unauthenticated))
async def change_settings(asked: Choice, me: SignedIn, tools: Tools) -> Settings:
    """Switch a kind on or off for one way of being told."""
    if not offered(asked.kind, asked.channel):
        raise NotOffered

    def work(tx: Connection) -> Settings:
        wishes.choose(tx, me.id, asked.kind, asked.channel, wanted=asked.wanted)
        return Settings(wishes=wishes.of(tx, me.id))

    return await tools.db.write(work)
