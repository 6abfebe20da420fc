"""What is ahead: changing and starting it, reminders, lists and calendars."""

from datetime import UTC
from typing import Any

from fastapi import APIRouter, Response
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people import service as people
from cooee.people.errors import BlockedByThem, PersonNotFound, YouBlockedThem
from cooee.people.ids import PersonInPath
from cooee.people.session import MaybeSignedIn, SignedIn
from cooee.schedule import shapes
from cooee.schedule.calendar import MEDIA_TYPE, calendar
from cooee.schedule.errors import AlreadyStarted, AudienceFixed
from cooee.schedule.rules import Change
from cooee.schedule.wiring import Schedule
from cooee.spaces import service as spaces_service
from cooee.spaces import shapes as space_shapes
from cooee.spaces import views
from cooee.spaces.ahead import ScheduledSpace
from cooee.spaces.errors import (
    AccessNotYet,
    CannotHostYet,
    HostOnly,
    ProtectedHost,
    SpaceCanceled,
    SpaceNotFound,
    StartNotPossible,
    WordsRefused,
)
from cooee.spaces.web.asking import Acting, SpaceInPath
from cooee.spaces.wiring import Spaces

router = APIRouter(tags=["schedule"])

_SEEN = (BlockedByThem, InvalidRequest, SpaceNotFound, YouBlockedThem)
_AHEAD = (*_SEEN, AlreadyStarted, ForeignOrigin, SpaceCanceled, Unauthenticated)
_FILE = {"content": {"text/calendar": {"schema": {"type": "string"}}}, "description": "A calendar file"}
_CALENDAR: dict[int | str, dict[str, Any]] = {200: _FILE}


@router.get("/upcoming", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def list_upcoming(me: SignedIn, tools: Tools, schedule: Schedule, asked: AskedPage) -> shapes.Upcoming:
    """Spaces ahead: one's own, those one set a reminder for, and public ones of people one follows; the next first."""
    return await tools.db.read(lambda tx: schedule.ahead.upcoming(tx, me.id, asked))


@router.patch(
    "/spaces/{id}/schedule",
    responses=refusals(*_AHEAD, AudienceFixed, HostOnly, ProtectedHost, StartNotPossible, WordsRefused),
)
async def change_scheduled(
    id: SpaceInPath, asked: shapes.ChangeScheduled, me: Acting, tools: Tools, schedule: Schedule, spaces: Spaces
) -> ScheduledSpace:
    """Change what is announced: for its host."""
    fields = asked.model_dump(exclude={"scheduled_start"}) | {"title": spaces.allowed(asked.title)}
    at = asked.scheduled_start.astimezone(UTC) if asked.scheduled_start else None
    now = tools.clock.now()
    return await tools.db.write(lambda tx: schedule.ahead.change(tx, me, id, Change(**fields, at=at), now))


@router.post("/spaces/{id}/cancel", responses=refusals(*_AHEAD, HostOnly))
async def cancel_scheduled(id: SpaceInPath, me: Acting, tools: Tools, schedule: Schedule) -> ScheduledSpace:
    """Take it back: for its host. Who set a reminder is told."""
    now = tools.clock.now()
    return await tools.db.write(lambda tx: schedule.ahead.cancel(tx, me, id, now))


@router.post("/spaces/{id}/start", responses=refusals(*_AHEAD, AccessNotYet, CannotHostYet, HostOnly, ProtectedHost))
async def start_scheduled(
    id: SpaceInPath, me: Acting, tools: Tools, schedule: Schedule, spaces: Spaces
) -> space_shapes.Space:
    """Begin it, now: for its host; early, on time, or up to half an hour late. Who set a reminder is told."""
    now, live = tools.clock.now(), spaces.live
    space = await live.begin_by(lambda tx, committed: schedule.ahead.start(tx, me, id, now, committed))
    cast = await tools.db.read(lambda tx: spaces_service.cast(tx, views.faces(space), live.house.asks))
    return views.whole(space, cast, live.rooms.listening(space.id))


@router.put("/spaces/{id}/reminder", responses=refusals(*_AHEAD))
async def set_reminder(id: SpaceInPath, me: SignedIn, tools: Tools, schedule: Schedule) -> ScheduledSpace:
    """Be told when it starts, moves or is canceled."""
    now = tools.clock.now()
    return await tools.db.write(lambda tx: schedule.ahead.remind(tx, me.id, id, now, wanted=True))


@router.delete("/spaces/{id}/reminder", responses=refusals(*_SEEN, ForeignOrigin, Unauthenticated))
async def take_reminder(id: SpaceInPath, me: SignedIn, tools: Tools, schedule: Schedule) -> ScheduledSpace:
    """Be told no longer."""
    now = tools.clock.now()
    return await tools.db.write(lambda tx: schedule.ahead.remind(tx, me.id, id, now, wanted=False))


@router.get(
    "/spaces/{id}/calendar.ics", response_class=Response, responses={**refusals(*_SEEN, Unauthenticated), **_CALENDAR}
)
async def read_calendar(
    id: SpaceInPath, me: MaybeSignedIn, tools: Tools, schedule: Schedule, spaces: Spaces
) -> Response:
    """The calendar file of one Space, also after it was canceled."""
    viewer, asks = me.id if me else None, spaces.live.house.asks

    def work(tx: Connection) -> bytes:
        entry = schedule.ahead.entry(tx, id, viewer)
        hosts = people.persons(tx, {entry.host}, asks)
        return calendar(entry.plan.title, [entry], hosts, schedule.site_url)

    return Response(await tools.db.read(work), media_type=MEDIA_TYPE)


@router.get(
    "/people/{id}/calendar.ics",
    response_class=Response,
    responses={**refusals(InvalidRequest, PersonNotFound), **_CALENDAR},
)
async def read_host_calendar(id: PersonInPath, tools: Tools, schedule: Schedule, spaces: Spaces) -> Response:
    """All public Spaces that somebody announces: an address for calendars to subscribe to."""
    asks, now = spaces.live.house.asks, tools.clock.now()

    def work(tx: Connection) -> bytes:
        entries = schedule.ahead.calendar(tx, id, now)
        hosts = people.persons(tx, {id}, asks)
        return calendar(hosts[id].display_name, entries, hosts, schedule.site_url)

    return Response(await tools.db.read(work), media_type=MEDIA_TYPE)
