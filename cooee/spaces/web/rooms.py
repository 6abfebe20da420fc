"""Starting, seeing, joining, changing, leaving and ending a Space."""

from datetime import UTC
from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from pydantic import Field

from cooee.kit.errors import ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.idempotency import IdempotencyKey
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.session import MaybeSignedIn
from cooee.people.sign_in.sessions import name_of
from cooee.people.wiring import People
from cooee.spaces import service, shapes, views
from cooee.spaces.ahead import ScheduledSpace, When
from cooee.spaces.cards import bubbles
from cooee.spaces.errors import (
    AccessNotYet,
    CannotHostYet,
    GuestsOff,
    HostingSuspended,
    HostOnly,
    HostsOnly,
    ProtectedHost,
    RemovedFromSpace,
    SpaceCanceled,
    SpaceEnded,
    SpaceLocked,
    SpaceNotFound,
    SpaceNotStarted,
    StartNotPossible,
    TicketNeeded,
    TooManyGuests,
    TooManyScheduled,
    WordsRefused,
)
from cooee.spaces.rules.gates import Plan
from cooee.spaces.rules.recording import Record, StopRecording
from cooee.spaces.rules.room import Change, End
from cooee.spaces.state import Space
from cooee.spaces.tally import Source
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath, acting
from cooee.spaces.web.door import door
from cooee.spaces.web.entry import count_entry
from cooee.spaces.wiring import Spaces, Wiring

router = APIRouter()

AnySpace = Annotated[shapes.Space | ScheduledSpace, Field(discriminator="state")]


@router.post(
    "/spaces",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(
        AccessNotYet,
        CannotHostYet,
        ForeignOrigin,
        HostingSuspended,
        InvalidRequest,
        ProtectedHost,
        StartNotPossible,
        TooManyRequests,
        TooManyScheduled,
        Unauthenticated,
        WordsRefused,
    ),
)
async def start_space(
    asked: shapes.NewSpace, me: Acting, tools: Tools, spaces: Spaces, key: IdempotencyKey = None
) -> AnySpace:
    """Start a Space, now or at `scheduled_start`, with oneself as host."""
    await tools.attempt(spaces.space_limit, "space", me.person)
    plan = Plan(
        title=spaces.allowed(asked.title) or "",
        topics=asked.topics,
        language=asked.language or "",
        policy=asked.policy,
        audience=asked.audience,
        guests=asked.guests,
        record=asked.record,
    )
    if asked.scheduled_start is None:
        return await _shape(await spaces.live.begin(me, plan, key), tools, spaces)
    when, now = When(asked.scheduled_start.astimezone(UTC), asked.zone), tools.clock.now()
    return await tools.db.write(lambda tx: spaces.ahead.schedule(tx, me, plan, when, key, now))


@router.get("/spaces/{id}", responses=refusals(BlockedByThem, SpaceNotFound, Unauthenticated, YouBlockedThem))
async def read_space(id: SpaceInPath, me: MaybeSignedIn, tools: Tools, spaces: Spaces) -> AnySpace:
    """A Space: ahead, live or over. Invited Spaces exist for those who are invited only."""
    house, viewer = spaces.live.house, me.id if me else None
    try:
        space, cast = await tools.db.read(lambda tx: service.seen(tx, house, id, viewer))
    except SpaceNotFound:
        return await tools.db.read(lambda tx: spaces.ahead.seen(tx, id, viewer))
    return views.whole(space, cast, spaces.live.rooms.listening(id))


@router.patch("/spaces/{id}", responses=refusals(*ANY, HostsOnly, WordsRefused))
async def change_space(
    id: SpaceInPath, asked: shapes.ChangeSpace, me: Acting, tools: Tools, spaces: Spaces
) -> shapes.Space:
    """Change title, topics, speaking policy, lock, guests or slow mode: for hosts."""
    command = Change(
        title=spaces.allowed(asked.title),
        topics=asked.topics,
        policy=asked.policy,
        locked=asked.locked,
        guests=asked.guests,
        slow_mode_s=asked.slow_mode_s,
    )
    return await _shape(await spaces.live.act(me, id, command), tools, spaces)


@router.post(
    "/spaces/{id}/join",
    responses=refusals(
        AccessNotYet,
        BlockedByThem,
        ForeignOrigin,
        GuestsOff,
        RemovedFromSpace,
        SpaceEnded,
        SpaceCanceled,
        SpaceLocked,
        SpaceNotFound,
        SpaceNotStarted,
        TicketNeeded,
        TooManyGuests,
        TooManyRequests,
        Unauthenticated,
        YouBlockedThem,
    ),
)
async def join_space(
    id: SpaceInPath,
    request: Request,
    me: MaybeSignedIn,
    tools: Tools,
    spaces: Spaces,
    people: People,
    source: Annotated[
        Source | None,
        Query(alias="from", description="How one got here, when one comes; left out by whoever comes back"),
    ] = None,
) -> shapes.Door:
    """Come in: as a listener, or in the role that one has. Without an account, as a guest.

    `from` is counted for the hosts, as a number and not by person.
    """
    actor = acting(me) if me else None
    address = count_entry(request, actor, tools, spaces)
    try:
        entrance = await spaces.live.enter(id, actor, address, spaces.guest_limit, source)
    except SpaceNotFound:
        ahead = await tools.db.read(lambda tx: spaces.ahead.seen(tx, id, me.id if me else None))
        raise _not_begun(ahead) from None
    device = name_of(me.token_hash) if me else ""
    return door(entrance, request, spaces, tools.clock, people.public_url, device)


@router.post("/spaces/{id}/leave", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(*ANY))
async def leave_space(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Go. A host is succeeded by a co-host; without one, the Space ends after five minutes."""
    await spaces.live.leave(me, id)


@router.post("/spaces/{id}/end", responses=refusals(*ANY, HostOnly))
async def end_space(id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces) -> shapes.Space:
    """End it, for everyone: for the host."""
    return await _shape(await spaces.live.act(me, id, End()), tools, spaces)


@router.put("/spaces/{id}/recording", responses=refusals(*ANY, HostOnly))
async def set_recording(
    id: SpaceInPath, asked: shapes.SetRecordingBody, me: Acting, tools: Tools, spaces: Spaces
) -> shapes.Space:
    """Record it from now on, or no longer: for the host. Switching it on closes every microphone; whoever opens theirs
    under it agrees to be recorded."""
    command = Record() if asked.on else StopRecording()
    return await _shape(await spaces.live.act(me, id, command), tools, spaces)


@router.get("/bubbles", responses=refusals(Unauthenticated))
async def list_bubbles(me: Acting, tools: Tools, spaces: Spaces) -> shapes.Bubbles:
    """Public Spaces in which somebody one follows is host, co-host or speaker, the latest first."""
    live = spaces.live
    return shapes.Bubbles(
        items=await tools.db.read(lambda tx: bubbles(tx, live.house, me.person, live.rooms.listeners))
    )


def _not_begun(space: ScheduledSpace) -> SpaceCanceled | SpaceNotStarted:
    if space.state == "canceled":
        return SpaceCanceled(space.cancel_reason)
    return SpaceNotStarted(space.scheduled_start)


async def _shape(space: Space, tools: Toolbox, wiring: Wiring) -> shapes.Space:
    asks = wiring.live.house.asks
    cast = await tools.db.read(lambda tx: service.cast(tx, views.faces(space), asks))
    return views.whole(space, cast, wiring.live.rooms.listening(space.id))
