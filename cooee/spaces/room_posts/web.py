"""Posts of the room: sharing, reading, pinning, taking out."""

from typing import Annotated

from fastapi import APIRouter, Path, status
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, TooManyRequests
from cooee.kit.idempotency import IdempotencyKey, once
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.posts.errors import PostProtected
from cooee.posts.records import PostId
from cooee.posts.wiring import Posts, Wiring
from cooee.spaces.errors import HostsOnly, NotInTheRoom, Outranked, RoomPostNotFound, WordsRefused
from cooee.spaces.room_posts import service
from cooee.spaces.room_posts.live import above, show
from cooee.spaces.room_posts.service import Shelf, Told
from cooee.spaces.room_posts.shapes import NewRoomPost, RoomPost, RoomPostPage
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath
from cooee.spaces.wiring import Spaces
from cooee.spaces.wiring import Wiring as SpacesWiring

router = APIRouter(prefix="/spaces/{id}/posts")
_NOTHING = status.HTTP_204_NO_CONTENT

PostInPath = Annotated[PostId, Path(alias="post_id", pattern=DECIMAL_PATTERN, description="A post's id")]


@router.get("", responses=refusals(*ANY, BadCursor, NotInTheRoom))
async def read_room_posts(
    id: SpaceInPath, me: Acting, page: AskedPage, tools: Tools, spaces: Spaces, posts: Posts
) -> RoomPostPage:
    """What people in the room posted, newest first: while it is open, for those inside."""
    await spaces.live.check_inside(me, id)
    return await tools.db.read(lambda tx: service.read(tx, _shelf(spaces, posts), me, id, page))


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*ANY, NotInTheRoom, PostProtected, RoomPostNotFound, TooManyRequests, WordsRefused),
)
async def share_post(
    id: SpaceInPath,
    asked: NewRoomPost,
    me: Acting,
    tools: Tools,
    spaces: Spaces,
    posts: Posts,
    key: IdempotencyKey = None,
) -> RoomPost:
    """Say something, in the timeline and in the room. What is posted on stage stands in the room anyway."""
    live, shelf, now = spaces.live, _shelf(spaces, posts), tools.clock.now()
    await live.check_inside(me, id)

    def work(tx: Connection) -> tuple[PostId, Told]:
        def share() -> PostId:
            return service.share(tx, shelf, me, id, asked, now)

        post = PostId(once(tx, me.person, f"room post {id}", key, now, share))
        return post, service.said(tx, shelf, id, post)

    post, told = await tools.db.write(tools.counted(work, posts.post_limit, "post", me.person))
    if told.post is None:
        raise RoomPostNotFound
    show(live, told, post)
    return told.post


@router.delete("/{post_id}", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, Outranked, RoomPostNotFound))
async def take_post_out(
    id: SpaceInPath, post: PostInPath, me: Acting, tools: Tools, spaces: Spaces, posts: Posts
) -> None:
    """Take a post out of the room: one's own; as a host, also others'. It stays in the timeline."""
    now = tools.clock.now()
    told = await tools.db.write(lambda tx: service.take_out(tx, _shelf(spaces, posts), me, id, post, now))
    show(spaces.live, told, post)


@router.put("/{post_id}/pin", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, RoomPostNotFound))
async def pin_post(id: SpaceInPath, post: PostInPath, me: Acting, tools: Tools, spaces: Spaces, posts: Posts) -> None:
    """Have a post stand above all others, in place of any that does: for hosts."""
    now = tools.clock.now()
    told = await tools.db.write(lambda tx: service.pin(tx, _shelf(spaces, posts), me, id, post, now, pinned=True))
    above(spaces.live, told)


@router.delete("/{post_id}/pin", status_code=_NOTHING, responses=refusals(*ANY, HostsOnly, RoomPostNotFound))
async def unpin_post(id: SpaceInPath, post: PostInPath, me: Acting, tools: Tools, spaces: Spaces, posts: Posts) -> None:
    """Have it stand above the others no longer: for hosts."""
    now = tools.clock.now()
    told = await tools.db.write(lambda tx: service.pin(tx, _shelf(spaces, posts), me, id, post, now, pinned=False))
    above(spaces.live, told)


def _shelf(spaces: SpacesWiring, posts: Wiring) -> Shelf:
    return Shelf(spaces.live.house, spaces.words, posts.asks)
