"""The routes of likes, re-posts and bookmarks."""

from fastapi import APIRouter
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.session import SignedIn
from cooee.people.shapes import PersonPage
from cooee.posts import reading, service
from cooee.posts.errors import PostNotFound, PostProtected
from cooee.posts.shapes import Post, PostPage
from cooee.posts.web import PostInPath, Reading
from cooee.posts.wiring import Posts

router = APIRouter(tags=["posts"])

_REFUSALS = refusals(ForeignOrigin, InvalidRequest, PostNotFound, Unauthenticated)
_MARK = refusals(ForeignOrigin, InvalidRequest, PostNotFound, TooManyRequests, Unauthenticated)
_LIST = refusals(BadCursor, InvalidRequest, PostNotFound, Unauthenticated)


@router.put("/posts/{id}/like", responses=_MARK)
async def like_post(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools, posts: Posts) -> Post:
    """Like a post; its author hears of it."""
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        service.like(tx, id, me.id, now)

    await tools.db.write(tools.counted(work, posts.mark_limit, "like", me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.delete("/posts/{id}/like", responses=_REFUSALS)
async def unlike_post(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools) -> Post:
    """Take a like back."""
    await tools.db.write(lambda tx: service.unlike(tx, id, me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.get("/posts/{id}/likes", responses=_LIST)
async def read_likes(id: PostInPath, page: AskedPage, reader: Reading, tools: Tools) -> PersonPage:
    """Who likes a post, the latest first."""
    return await tools.db.read(lambda tx: reading.likers(tx, id, reader, page))


@router.put(
    "/posts/{id}/repost",
    responses=refusals(ForeignOrigin, InvalidRequest, PostNotFound, PostProtected, TooManyRequests, Unauthenticated),
)
async def repost_post(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools, posts: Posts) -> Post:
    """Pass a post on to one's followers; its author hears of it."""
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        service.repost(tx, id, me.id, tools.ids, now)

    await tools.db.write(tools.counted(work, posts.post_limit, "post", me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.delete("/posts/{id}/repost", responses=_REFUSALS)
async def take_repost_back(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools) -> Post:
    """Pass a post on no longer."""
    await tools.db.write(lambda tx: service.take_repost_back(tx, id, me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.get("/posts/{id}/reposts", responses=_LIST)
async def read_reposts(id: PostInPath, page: AskedPage, reader: Reading, tools: Tools) -> PersonPage:
    """Who passes a post on, the latest first."""
    return await tools.db.read(lambda tx: reading.reposters(tx, id, reader, page))


@router.put("/posts/{id}/bookmark", responses=_MARK)
async def bookmark_post(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools, posts: Posts) -> Post:
    """Keep a post for later; nobody else sees that."""
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        service.bookmark(tx, id, me.id, now)

    await tools.db.write(tools.counted(work, posts.mark_limit, "bookmark", me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.delete("/posts/{id}/bookmark", responses=_REFUSALS)
async def unbookmark_post(id: PostInPath, me: SignedIn, reader: Reading, tools: Tools) -> Post:
    """Take a bookmark back."""
    await tools.db.write(lambda tx: service.unbookmark(tx, id, me.id))
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.get("/bookmarks", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def read_bookmarks(page: AskedPage, reader: Reading, tools: Tools) -> PostPage:
    """What one has bookmarked, the latest first."""
    return await tools.db.read(lambda tx: reading.bookmarked(tx, reader, page))
