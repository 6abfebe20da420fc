"""Messages to the room and to its host."""

from typing import Annotated

from fastapi import APIRouter, Path, status

from cooee.kit.errors import BadCursor, TooManyRequests
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.spaces.errors import (
    HostsOnly,
    NotInTheRoom,
    NotYourself,
    Outranked,
    RoomMessageNotFound,
    SlowMode,
    WordsRefused,
)
from cooee.spaces.live import Live
from cooee.spaces.room_messages import service
from cooee.spaces.room_messages.service import Said
from cooee.spaces.room_messages.shapes import NewRoomMessage, RoomMessage, RoomMessagePage
from cooee.spaces.room_messages.store import RoomMessageId
from cooee.spaces.views import EVERYONE, HOSTS, personal
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath
from cooee.spaces.window import MESSAGES
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}/messages")
_NOTHING = status.HTTP_204_NO_CONTENT

MessageInPath = Annotated[RoomMessageId, Path(alias="message_id", description="A message's id")]


@router.get("", responses=refusals(*ANY, BadCursor, NotInTheRoom))
async def read_room_messages(
    id: SpaceInPath, me: Acting, page: AskedPage, tools: Tools, spaces: Spaces
) -> RoomMessagePage:
    """What was written in the room, newest first: while it is open, for those inside."""
    live = spaces.live
    await live.check_inside(me, id)
    return await tools.db.read(lambda tx: service.read(tx, live.house, me, id, page))


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*ANY, NotInTheRoom, NotYourself, SlowMode, TooManyRequests, WordsRefused),
)
async def write_room_message(
    id: SpaceInPath, asked: NewRoomMessage, me: Acting, tools: Tools, spaces: Spaces
) -> RoomMessage:
    """Write to the room, or to its host alone."""
    live, now = spaces.live, tools.clock.now()
    await live.check_inside(me, id)
    tools.limits.hit(spaces.room_message_limit, "room message", id, me.person)
    said = await tools.db.write(lambda tx: service.write(tx, live.house, spaces.words, me, id, asked, now))
    _show(live, said)
    return said.shape


@router.delete(
    "/{message_id}", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, Outranked, RoomMessageNotFound)
)
async def remove_room_message(
    id: SpaceInPath, message: MessageInPath, me: Acting, tools: Tools, spaces: Spaces
) -> None:
    """Delete a message: one's own; as a host, also others'."""
    live, now = spaces.live, tools.clock.now()
    said = await tools.db.write(lambda tx: service.remove(tx, live.house, me, id, message, now))
    live.window(id, _audience(said), MESSAGES).take_away(message)


@router.post("/{message_id}/release", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, RoomMessageNotFound))
async def release_room_message(
    id: SpaceInPath, message: MessageInPath, me: Acting, tools: Tools, spaces: Spaces
) -> None:
    """Let a message through that the word filter held: for hosts."""
    live, now = spaces.live, tools.clock.now()
    _show(live, await tools.db.write(lambda tx: service.release(tx, live.house, me, id, message, now)))


def _show(live: Live, said: Said) -> None:
    live.window(said.space.id, _audience(said), MESSAGES).show(said.shape.id, said.shape)


def _audience(said: Said) -> str:
    if said.message.to is not None:
        return personal(said.message.to)
    return HOSTS if said.message.held else EVERYONE
