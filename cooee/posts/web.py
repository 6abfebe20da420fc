"""The routes of posts and timelines."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from sqlalchemy import Connection

from cooee.kit.errors import BadCursor, ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.idempotency import IdempotencyKey, once
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.errors import AttachmentNotFound, PersonNotFound
from cooee.people.ids import PersonInPath
from cooee.people.session import SignedIn
from cooee.people.wiring import People
from cooee.posts import reading, service
from cooee.posts.errors import NotYourPost, PostEmpty, PostNotFound
from cooee.posts.reading import Reader, Shelf
from cooee.posts.records import PostId
from cooee.posts.shapes import NewPost, Post, PostPage, Thread
from cooee.posts.wiring import Posts

router = APIRouter(tags=["posts"])

PostInPath = Annotated[PostId, Path(pattern=DECIMAL_PATTERN, description="A post's id")]


async def reader(me: SignedIn, people: People, posts: Posts) -> Reader:
    """Who asks, as one who reads posts: a dependency of routes."""
    return Reader(me.id, people.asks, posts.asks)


Reading = Annotated[Reader, Depends(reader)]


@router.get("/timeline", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def read_timeline(page: AskedPage, reader: Reading, tools: Tools) -> PostPage:
    """Home: one's own posts and re-posts and those of the people one follows, newest first, each post once."""
    return await tools.db.read(lambda tx: reading.timeline(tx, reader, page))


@router.get("/people/{id}/posts", responses=refusals(BadCursor, InvalidRequest, PersonNotFound, Unauthenticated))
async def read_posts_of(
    id: PersonInPath,
    page: AskedPage,
    reader: Reading,
    tools: Tools,
    shelf: Annotated[Shelf, Query(description="Posts and re-posts, or answers")] = "posts",
) -> PostPage:
    """What somebody wrote, newest first."""
    return await tools.db.read(lambda tx: reading.posts_of(tx, id, shelf, reader, page))


@router.post(
    "/posts",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(
        AttachmentNotFound, ForeignOrigin, InvalidRequest, PostEmpty, PostNotFound, TooManyRequests, Unauthenticated
    ),
)
async def create_post(
    asked: NewPost,
    me: SignedIn,
    reader: Reading,
    tools: Tools,
    posts: Posts,
    key: IdempotencyKey = None,
) -> Post:
    """Say something, or answer a post."""
    now = tools.clock.now()

    def work(tx: Connection) -> Post:
        def write() -> PostId:
            return service.write_post(tx, me.id, asked, tools.ids, now, posts.asks, posts.on_stage).id

        id = PostId(once(tx, me.id, "post", key, now, write))
        return reading.one(tx, id, reader)

    return await tools.db.write(tools.counted(work, posts.post_limit, "post", me.id))


@router.get("/posts/{id}", responses=refusals(InvalidRequest, PostNotFound, Unauthenticated))
async def read_post(id: PostInPath, reader: Reading, tools: Tools) -> Post:
    """One post."""
    return await tools.db.read(lambda tx: reading.one(tx, id, reader))


@router.get("/posts/{id}/thread", responses=refusals(InvalidRequest, PostNotFound, Unauthenticated))
async def read_thread(id: PostInPath, reader: Reading, tools: Tools) -> Thread:
    """A post and what it answers."""
    return await tools.db.read(lambda tx: reading.thread(tx, id, reader))


@router.get("/posts/{id}/replies", responses=refusals(BadCursor, InvalidRequest, Unauthenticated))
async def read_replies(id: PostInPath, page: AskedPage, reader: Reading, tools: Tools) -> PostPage:
    """What answers a post, the oldest first; also when the post itself is gone."""
    return await tools.db.read(lambda tx: reading.replies(tx, id, reader, page))


@router.delete(
    "/posts/{id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, NotYourPost, PostNotFound, Unauthenticated),
)
async def delete_post(id: PostInPath, me: SignedIn, tools: Tools) -> None:
    """Take back what one said."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: service.delete_post(tx, id, me.id, now))
