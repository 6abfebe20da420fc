"""The page after a Space, and feedback."""

from fastapi import APIRouter, status

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.session import MaybeSignedIn, SignedIn
from cooee.spaces.afterwards import service
from cooee.spaces.afterwards.shapes import GiveFeedback, LogPage, Summary
from cooee.spaces.errors import AccessNotYet, HostsOnly, RemovedFromSpace, SpaceNotFound, SpaceNotOver, WasNotThere
from cooee.spaces.web.asking import Acting, SpaceInPath
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}")
_NOTHING = status.HTTP_204_NO_CONTENT


@router.get("/summary", responses=refusals(BlockedByThem, SpaceNotFound, SpaceNotOver, Unauthenticated, YouBlockedThem))
async def read_summary(id: SpaceInPath, me: MaybeSignedIn, tools: Tools, spaces: Spaces) -> Summary:
    """A Space that is over: how long it was, how many were there, who spoke."""
    house, viewer = spaces.live.house, me.id if me else None
    await spaces.live.rooms.attendance.write()
    return await tools.db.read(lambda tx: service.summary(tx, house, id, viewer))


@router.get(
    "/log",
    responses=refusals(
        AccessNotYet,
        BadCursor,
        BlockedByThem,
        HostsOnly,
        InvalidRequest,
        RemovedFromSpace,
        SpaceNotFound,
        Unauthenticated,
        YouBlockedThem,
    ),
)
async def read_log(id: SpaceInPath, me: Acting, page: AskedPage, tools: Tools, spaces: Spaces) -> LogPage:
    """What the hosts did, and to whom, the latest first: for hosts while it is live, afterwards for its host."""
    house = spaces.live.house
    return await tools.db.read(lambda tx: service.read_log(tx, house, id, me, page))


@router.put(
    "/feedback",
    status_code=_NOTHING,
    responses=refusals(ForeignOrigin, InvalidRequest, SpaceNotFound, Unauthenticated, WasNotThere),
)
async def give_feedback(id: SpaceInPath, asked: GiveFeedback, me: SignedIn, tools: Tools, spaces: Spaces) -> None:
    """Say what one thinks of a Space in which one was, from 1 to 5; again, and it is said anew."""
    await spaces.live.rooms.attendance.write()
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.give_feedback(tx, id, me.id, asked, now))
