"""The routes of how people stand to each other: follows, requests, blocks, mutes, and the lists of them."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.pages import AskedPage, Asking
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.people import blocking, protecting, service
from cooee.people.errors import (
    BlockedByThem,
    CannotFollowYourself,
    NoFollowRequest,
    NotWithYourself,
    PersonNotFound,
    ProtectedAccount,
    YouBlockedThem,
)
from cooee.people.ids import PersonId, PersonInPath
from cooee.people.questions import Questions
from cooee.people.session import SignedIn
from cooee.people.shapes import PersonPage, Profile
from cooee.people.wiring import People, Wiring

router = APIRouter(tags=["people"])

_LIST = refusals(BadCursor, InvalidRequest, Unauthenticated)
_OTHERS_LIST = refusals(
    BadCursor, BlockedByThem, InvalidRequest, PersonNotFound, ProtectedAccount, Unauthenticated, YouBlockedThem
)
_UNDO = refusals(ForeignOrigin, InvalidRequest, PersonNotFound, Unauthenticated)
_SHUT_OUT = refusals(ForeignOrigin, InvalidRequest, NotWithYourself, PersonNotFound, TooManyRequests, Unauthenticated)

OwnList = Callable[[Connection, PersonId, Asking, Questions], PersonPage]


@router.get("/people", responses=refusals(InvalidRequest, Unauthenticated))
async def suggest_people(
    suggested: Annotated[Literal["1"], Query(description="There is no list of everybody")],
    me: SignedIn,
    tools: Tools,
    people: People,
) -> PersonPage:
    """People one might want to follow."""
    return await tools.db.read(lambda tx: service.suggested(tx, me.id, people.asks))


@router.get("/people/{id}/followers", responses=_OTHERS_LIST)
async def list_followers(id: PersonInPath, page: AskedPage, me: SignedIn, tools: Tools, people: People) -> PersonPage:
    """Who follows somebody, the latest first."""
    return await tools.db.read(lambda tx: service.followers(tx, id, me.id, page, people.asks))


@router.get("/people/{id}/following", responses=_OTHERS_LIST)
async def list_following(id: PersonInPath, page: AskedPage, me: SignedIn, tools: Tools, people: People) -> PersonPage:
    """Whom somebody follows, the latest first."""
    return await tools.db.read(lambda tx: service.followed(tx, id, me.id, page, people.asks))


@router.get("/me/blocks", responses=_LIST)
async def list_blocked(page: AskedPage, me: SignedIn, tools: Tools, people: People) -> PersonPage:
    """Whom one has blocked, the latest first."""
    return await tools.db.read(lambda tx: service.blocked(tx, me.id, page, people.asks))


@router.get("/me/mutes", responses=_LIST)
async def list_muted(page: AskedPage, me: SignedIn, tools: Tools, people: People) -> PersonPage:
    """Whom one has muted, the latest first."""
    return await tools.db.read(lambda tx: service.muted(tx, me.id, page, people.asks))


@router.get("/me/follow-requests", responses=_LIST)
async def list_follow_requests(page: AskedPage, me: SignedIn, tools: Tools, people: People) -> PersonPage:
    """Who asks to follow, the latest first."""
    return await tools.db.read(lambda tx: service.askers(tx, me.id, page, people.asks))


@router.put(
    "/people/{id}/follow",
    responses=refusals(
        BlockedByThem,
        CannotFollowYourself,
        ForeignOrigin,
        InvalidRequest,
        PersonNotFound,
        TooManyRequests,
        Unauthenticated,
        YouBlockedThem,
    ),
)
async def follow(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Follow somebody; a protected account is asked first."""
    now = tools.clock.now()
    limit = (people.follow_limit, "follow", me.id)
    return await _done(tools, people, me.id, id, lambda tx: protecting.follow(tx, me.id, id, now), limit)


@router.delete("/people/{id}/follow", responses=_UNDO)
async def unfollow(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Follow somebody no longer, or ask to no longer."""
    return await _done(tools, people, me.id, id, lambda tx: protecting.unfollow(tx, me.id, id))


@router.put(
    "/me/follow-requests/{id}",
    responses=refusals(ForeignOrigin, InvalidRequest, NoFollowRequest, PersonNotFound, Unauthenticated),
)
async def accept_follow_request(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Let somebody follow who asks to."""
    now = tools.clock.now()
    return await _done(tools, people, me.id, id, lambda tx: protecting.accept(tx, me.id, id, now))


@router.delete("/me/follow-requests/{id}", responses=_UNDO)
async def decline_follow_request(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Do not let somebody follow who asks to. They are not told, and may ask again."""
    return await _done(tools, people, me.id, id, lambda tx: protecting.decline(tx, me.id, id))


@router.delete("/me/followers/{id}", responses=_UNDO)
async def drop_follower(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Have somebody follow oneself no longer. They are not told."""
    return await _done(tools, people, me.id, id, lambda tx: protecting.drop_follower(tx, me.id, id))


@router.put("/people/{id}/block", responses=_SHUT_OUT)
async def block(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Block somebody: follows end both ways, neither reads the other, and neither comes into the other's Spaces."""
    now = tools.clock.now()
    limit = (people.block_limit, "block", me.id)
    return await _done(tools, people, me.id, id, lambda tx: blocking.block(tx, me.id, id, now), limit)


@router.delete("/people/{id}/block", responses=_UNDO)
async def unblock(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Block somebody no longer. Follows that the block ended stay ended."""
    return await _done(tools, people, me.id, id, lambda tx: blocking.unblock(tx, me.id, id))


@router.put("/people/{id}/mute", responses=_SHUT_OUT)
async def mute(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Hear nothing of somebody any more: posts, notices, bubbles. They do not notice."""
    now = tools.clock.now()
    limit = (people.block_limit, "mute", me.id)
    return await _done(tools, people, me.id, id, lambda tx: blocking.mute(tx, me.id, id, now), limit)


@router.delete("/people/{id}/mute", responses=_UNDO)
async def unmute(id: PersonInPath, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Hear of somebody again."""
    return await _done(tools, people, me.id, id, lambda tx: blocking.unmute(tx, me.id, id))


async def _done(
    tools: Toolbox,
    wiring: Wiring,
    me: PersonId,
    other: PersonId,
    deed: Callable[[Connection], None],
    limit: tuple[str, ...] = ("",),
) -> Profile:
    """Does it, and shows how the two stand now; `limit`: a rule, and what counts under it."""

    def work(tx: Connection) -> Profile:
        deed(tx)
        return service.profile_by_id(tx, other, me, wiring.asks)

    return await tools.db.write(tools.counted(work, *limit))
