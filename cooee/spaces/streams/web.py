"""One's own stream key for a Space."""

from fastapi import APIRouter, Request, status

from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.wiring import People
from cooee.spaces import shapes
from cooee.spaces.errors import NotOnStage
from cooee.spaces.streams import service
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath
from cooee.spaces.web.door import site_of
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}/stream-key")


@router.get("", responses=refusals(*ANY))
async def read_stream_key(
    id: SpaceInPath, request: Request, me: Acting, tools: Tools, spaces: Spaces, people: People
) -> shapes.StreamKey:
    """Whether one has a key, and where a program goes with it. The key itself is told once, when it is made."""
    house = spaces.live.house
    kept = await tools.db.read(lambda tx: service.kept(tx, house, me, id))
    return shapes.StreamKey(
        address=f"{site_of(request, people.public_url)}/whip/{id}",
        made_at=kept and kept.made_at,
        used_at=kept and kept.used_at,
    )


@router.post("", status_code=status.HTTP_201_CREATED, responses=refusals(*ANY, NotOnStage))
async def make_stream_key(
    id: SpaceInPath, request: Request, me: Acting, tools: Tools, spaces: Spaces, people: People
) -> shapes.NewStreamKey:
    """Make a key, in place of the one before: a program with it speaks for oneself, while one is on stage."""
    house = spaces.live.house
    now = tools.clock.now()
    key = await spaces.live.change(lambda tx, now, committed: service.make(tx, house, me, id, now, committed))
    address = f"{site_of(request, people.public_url)}/whip/{id}"
    return shapes.NewStreamKey(address=address, made_at=now, used_at=None, key=key)


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(*ANY))
async def revoke_stream_key(id: SpaceInPath, me: Acting, spaces: Spaces) -> None:
    """Have no key any more; a program that came with it is cut off."""
    house = spaces.live.house
    await spaces.live.change(lambda tx, now, committed: service.revoke(tx, house, me, id, now, committed))
