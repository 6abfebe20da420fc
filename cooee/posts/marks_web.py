"""The routes of likes and bookmarks."""

from fastapi import APIRouter

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.session import SignedIn
from cooee.people.wiring import People
from cooee.posts import service
from cooee.posts.errors import PostNotFound
from cooee.posts.shapes import Post, PostPage
from cooee.posts.web import PostInPath
from cooee.posts.wiring import Posts

router = APIRouter(tags=["posts"])

_REFUSALS = refusals(ForeignOrigin, InvalidRequest, PostNotFound, Unauthenticated)


@router.put("/posts/{id}/like", responses=_REFUSALS)
async def like_post(id: PostInPath, me: SignedIn, tools: Tools, people: People, posts: Posts) -> Post:
    """Like a post; its author hears of it."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.like(tx, id, me.id, now))
    return await tools.db.read(lambda tx: service.one_post(tx, id, me.id, people.asks, posts.asks))


@router.delete("/posts/{id}/like", responses=_REFUSALS)
async def unlike_post(id: PostInPath, me: SignedIn, tools: Tools, people: People, posts: Posts) -> Post:
    """Take a like back."""
    await tools.db.write(lambda tx: service.unlike(tx, id, me.id))
    return await tools.db.read(lambda tx: service.one_post(tx, id, me.id, people.asks, posts.asks))


@router.put("/posts/{id}/bookmark", responses=_REFUSALS)
async def bookmark_post(id: PostInPath, me: SignedIn, tools: Tools, people: People, posts: Posts) -> Post:
    """Keep a post for later; nobody else sees that."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.bookmark(tx, id, me.id, now))
    return await tools.db.read(lambda tx: service.one_post(tx, id, me.id, people.asks, posts.asks))


@router.delete("/posts/{id}/bookmark", responses=_REFUSALS)
async def unbookmark_post(id: PostInPath, me: SignedIn, tools: Tools, people: People, posts: Posts) -> Post:
    """Take a bookmark back."""
    await tools.db.write(lambda tx: service.unbookmark(tx, id, me.id))
    return await tools.db.read(lambda tx: service.one_post(tx, id, me.id, people.asks, posts.asks))


@router.get("/bookmarks", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def read_bookmarks(page: AskedPage, me: SignedIn, tools: Tools, people: People, posts: Posts) -> PostPage:
    """What one has bookmarked, the latest first."""
    return await tools.db.read(lambda tx: service.bookmarked(tx, me.id, page, people.asks, posts.asks))
