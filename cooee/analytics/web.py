"""The routes of analytics: one Space, also as tables, and all of one's own."""

from typing import Any

from fastapi import APIRouter, Response

from cooee.analytics import service, sheet, store
from cooee.analytics.errors import AnalyticsGone
from cooee.analytics.service import Figures
from cooee.analytics.shapes import Analytics, OwnSpaces
from cooee.analytics.wiring import Analysed, Wiring
from cooee.kit.errors import BadCursor, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.session import SignedIn
from cooee.spaces.afterwards.service import for_its_hosts
from cooee.spaces.errors import AccessNotYet, HostsOnly, RemovedFromSpace, SpaceNotFound, TicketNeeded
from cooee.spaces.house import Actor
from cooee.spaces.state import SpaceId
from cooee.spaces.web.asking import Acting, SpaceInPath
from cooee.spaces.wiring import Spaces
from cooee.spaces.wiring import Wiring as SpacesWiring

router = APIRouter(tags=["analytics"])

_HOSTS = (
    AccessNotYet,
    AnalyticsGone,
    BlockedByThem,
    HostsOnly,
    InvalidRequest,
    RemovedFromSpace,
    SpaceNotFound,
    TicketNeeded,
    Unauthenticated,
    YouBlockedThem,
)
_TABLE: dict[int | str, dict[str, Any]] = {
    200: {"description": "A table", "content": {"text/csv": {"schema": {"type": "string"}}}}
}


@router.get("/spaces/{id}/analytics", responses=refusals(*_HOSTS))
async def read_analytics(id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces, analysed: Analysed) -> Analytics:
    """A Space in numbers: for its hosts while it is live, afterwards for its host. Nobody is named in it."""
    found = await _figures(id, me, tools, spaces, analysed)
    now, node = tools.clock.now(), analysed.counting.node
    elsewhere = await tools.db.read(lambda tx: store.elsewhere(tx, id, node, now))
    return service.shaped(found, spaces.live.rooms.listeners(id) + elsewhere, now, analysed.keep)


@router.get("/spaces/{id}/analytics/minutes.csv", response_class=Response, responses={**refusals(*_HOSTS), **_TABLE})
async def read_minutes(id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces, analysed: Analysed) -> Response:
    """Listeners and reactions, minute by minute (UTC)."""
    found = await _figures(id, me, tools, spaces, analysed)
    return _file(sheet.minutes(found, tools.clock.now()), f"space-{id}-minutes.csv")


@router.get("/spaces/{id}/analytics/sources.csv", response_class=Response, responses={**refusals(*_HOSTS), **_TABLE})
async def read_sources(id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces, analysed: Analysed) -> Response:
    """How people came."""
    found = await _figures(id, me, tools, spaces, analysed)
    return _file(sheet.sources(found), f"space-{id}-sources.csv")


@router.get("/me/spaces", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_own_spaces(me: SignedIn, page: AskedPage, tools: Tools, spaces: Spaces, analysed: Analysed) -> OwnSpaces:
    """One's own Spaces with their figures, live and over, as long as these are kept; the latest first."""
    await _written(spaces, analysed)
    now = tools.clock.now()
    return await tools.db.read(lambda tx: service.own(tx, me.id, page, now, analysed.keep))


async def _figures(id: SpaceId, me: Actor, tools: Toolbox, spaces: SpacesWiring, analysed: Wiring) -> Figures:
    house, now = spaces.live.house, tools.clock.now()
    # Whoever may not read them has nothing written either.
    await tools.db.read(lambda tx: for_its_hosts(tx, house, id, me))
    await _written(spaces, analysed)
    return await tools.db.read(lambda tx: service.figures(tx, house, id, me, now, analysed.keep))


async def _written(spaces: SpacesWiring, analysed: Wiring) -> None:
    await spaces.live.rooms.attendance.write()
    await analysed.counting.write()


def _file(text: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text, headers=headers, media_type=sheet.MEDIA_TYPE)
