"""Coming on stage and leaving it: requests, invitations, stepping down, one's own microphone."""

from fastapi import APIRouter, status

from cooee.kit.errors import TooManyRequests
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.errors import PersonNotFound
from cooee.spaces import shapes
from cooee.spaces.errors import (
    HostCannotStepDown,
    HostsOnly,
    InvitationsFull,
    MutedByAHost,
    NoInvitation,
    NoRequest,
    NotOnStage,
    PersonRemoved,
    QueueFull,
    SpaceLocked,
    StageFull,
    WordsRefused,
)
from cooee.spaces.rules.microphone import SetMicrophone
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak, DeclineRequest, TakeBackRequest
from cooee.spaces.rules.stage import (
    AcceptInvitation,
    DeclineInvitation,
    Invite,
    StepDown,
    TakeBackInvitation,
)
from cooee.spaces.web.asking import ANY, Acting, OtherInPath, SpaceInPath
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}")
_NOTHING = status.HTTP_204_NO_CONTENT


@router.post("/requests", responses=refusals(*ANY, QueueFull, SpaceLocked, TooManyRequests, WordsRefused))
async def ask_to_speak(
    id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces, asked: shapes.AskToSpeakBody | None = None
) -> shapes.Asking:
    """Ask to speak. Whom the policy includes is seated at once while a seat is free; the others wait in the queue."""
    tools.limits.hit(spaces.request_limit, "request", id, me.person)
    question = spaces.allowed(asked.question) if asked else None
    space = await spaces.live.act(me, id, AskToSpeak(question or None))
    return shapes.Asking(seated=space.seat(me.person) is not None, place=space.place(me.person))


@router.delete("/requests/me", status_code=_NOTHING, responses=refusals(*ANY))
async def take_back_request(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Ask no longer."""
    await spaces.live.act(me, id, TakeBackRequest())


@router.post(
    "/requests/{user_id}/accept",
    status_code=_NOTHING,
    responses=refusals(*ANY, HostsOnly, NoRequest, PersonNotFound, PersonRemoved, StageFull),
)
async def accept_request(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Bring somebody who asks on stage: for hosts."""
    await spaces.live.act(me, id, AcceptRequest(user))


@router.post("/requests/{user_id}/decline", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly))
async def decline_request(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Say no to somebody who asks: for hosts."""
    await spaces.live.act(me, id, DeclineRequest(user))


@router.post("/invitations/me/accept", status_code=_NOTHING, responses=refusals(*ANY, NoInvitation, StageFull))
async def accept_invitation(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Take the seat that a host offered, muted."""
    await spaces.live.act(me, id, AcceptInvitation())


@router.post("/invitations/me/decline", status_code=_NOTHING, responses=refusals(*ANY))
async def decline_invitation(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Stay in the audience."""
    await spaces.live.act(me, id, DeclineInvitation())


@router.post(
    "/invitations/{user_id}",
    status_code=_NOTHING,
    responses=refusals(*ANY, HostsOnly, InvitationsFull, PersonNotFound, PersonRemoved, StageFull),
)
async def invite(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Offer somebody a seat: for hosts. Whoever is asking for one gets it."""
    await spaces.live.act(me, id, Invite(user))


@router.delete("/invitations/{user_id}", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly))
async def take_back_invitation(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Offer the seat no longer: for hosts."""
    await spaces.live.act(me, id, TakeBackInvitation(user))


@router.delete("/stage/me", status_code=_NOTHING, responses=refusals(*ANY, HostCannotStepDown))
async def step_down(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Go back to the audience."""
    await spaces.live.act(me, id, StepDown())


@router.put("/me/microphone", responses=refusals(*ANY, MutedByAHost, NotOnStage, TooManyRequests))
async def set_microphone(
    id: SpaceInPath, asked: shapes.SetMicrophoneBody, me: Acting, tools: Tools, spaces: Spaces
) -> shapes.Microphone:
    """Open or close one's own microphone. Nobody else can open it. To close it is never too much."""
    if not asked.muted:
        tools.limits.hit(spaces.microphone_limit, "microphone", id, me.person)
    space = await spaces.live.act(me, id, SetMicrophone(asked.muted))
    seat = space.seat(me.person)
    return shapes.Microphone(muted=seat is None or seat.microphone != "open", version=space.version)
