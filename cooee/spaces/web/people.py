"""What hosts do to people, and reactions."""

from fastapi import APIRouter, status

from cooee.kit.errors import TooManyRequests
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.errors import PersonNotFound
from cooee.spaces import service, shapes
from cooee.spaces.errors import (
    CohostsFull,
    HostOnly,
    HostsOnly,
    InvitationsFull,
    NotInTheRoom,
    NotYourself,
    Outranked,
    PersonCannotHost,
    PersonNotOnStage,
    PersonRemoved,
    ProtectedHost,
)
from cooee.spaces.rules.microphone import AskToUnmute, Mute, MuteAll
from cooee.spaces.rules.room import LetBackIn, PassOn, Remove
from cooee.spaces.rules.stage import MoveToAudience, NameCohost, WithdrawCohost
from cooee.spaces.web.asking import ANY, Acting, OtherInPath, SpaceInPath
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}")
_NOTHING = status.HTTP_204_NO_CONTENT
_OVER = (HostsOnly, NotYourself, Outranked)


@router.delete("/stage/{user_id}", status_code=_NOTHING, responses=refusals(*ANY, *_OVER))
async def move_to_audience(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Take somebody off the stage: for hosts."""
    await spaces.live.act(me, id, MoveToAudience(user))


@router.post("/people/{user_id}/mute", status_code=_NOTHING, responses=refusals(*ANY, *_OVER, PersonNotOnStage))
async def mute(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Close somebody's microphone and hold it closed: for hosts."""
    await spaces.live.act(me, id, Mute(user))


@router.post("/mute-all", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly))
async def mute_all(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Mute all speakers: for hosts. Hosts and co-hosts keep their microphones."""
    await spaces.live.act(me, id, MuteAll())


@router.post(
    "/people/{user_id}/ask-to-unmute",
    status_code=_NOTHING,
    responses=refusals(*ANY, *_OVER, PersonNotOnStage),
)
async def ask_to_unmute(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Lift a host's mute and ask; opening the microphone is left to the person. For hosts."""
    await spaces.live.act(me, id, AskToUnmute(user))


@router.post("/people/{user_id}/remove", status_code=_NOTHING, responses=refusals(*ANY, *_OVER, PersonNotFound))
async def remove(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Put somebody out of this Space, for good: for hosts."""
    await spaces.live.act(me, id, Remove(user))


@router.get("/removed", responses=refusals(*ANY, HostsOnly))
async def list_removed(id: SpaceInPath, me: Acting, tools: Tools, spaces: Spaces) -> shapes.PeopleInSpace:
    """Who was removed from this Space, by name: for hosts."""
    house = spaces.live.house
    return shapes.PeopleInSpace(items=await tools.db.read(lambda tx: service.removed(tx, house, id, me)))


@router.delete("/removed/{user_id}", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, PersonNotFound))
async def let_back_in(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Let somebody come in again who was removed: for hosts."""
    await spaces.live.act(me, id, LetBackIn(user))


@router.put(
    "/host/{user_id}",
    status_code=_NOTHING,
    responses=refusals(*ANY, HostOnly, PersonCannotHost, PersonNotFound, PersonNotOnStage, ProtectedHost),
)
async def pass_on(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Make somebody on stage the host, for good; one is a co-host oneself if there is room. For the host."""
    await spaces.live.act(me, id, PassOn(user))


@router.put(
    "/cohosts/{user_id}",
    status_code=_NOTHING,
    responses=refusals(*ANY, CohostsFull, HostOnly, InvitationsFull, PersonCannotHost, PersonNotFound, PersonRemoved),
)
async def name_cohost(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Make somebody on stage a co-host, or offer a co-host's seat to somebody in the audience: for the host."""
    await spaces.live.act(me, id, NameCohost(user))


@router.delete("/cohosts/{user_id}", status_code=_NOTHING, responses=refusals(*ANY, HostOnly))
async def withdraw_cohost(id: SpaceInPath, user: OtherInPath, me: Acting, spaces: Spaces) -> None:
    """Make a co-host a speaker again: for the host."""
    await spaces.live.act(me, id, WithdrawCohost(user))


@router.post("/reactions", status_code=_NOTHING, responses=refusals(*ANY, NotInTheRoom, TooManyRequests))
async def react(id: SpaceInPath, asked: shapes.React, me: Acting, tools: Tools, spaces: Spaces) -> None:
    """Let one of six reactions float from one's face."""
    tools.limits.hit(spaces.reaction_limit, "react", id, me.person)
    await spaces.live.react(me, id, asked.emoji)
