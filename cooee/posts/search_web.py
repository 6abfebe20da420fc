"""The routes of hashtags, and of searching posts."""

from typing import Annotated

from fastapi import APIRouter, Path, Query

from cooee.kit.errors import BadCursor, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.posts import reading
from cooee.posts.shapes import Hashtags, PostPage
from cooee.posts.text import LONGEST_HASHTAG
from cooee.posts.web import Reading

router = APIRouter(tags=["posts"])

_LIST = refusals(BadCursor, InvalidRequest, Unauthenticated)

TagInPath = Annotated[str, Path(min_length=1, max_length=LONGEST_HASHTAG, description="Without its #, in any case")]


@router.get("/hashtags", responses=refusals(Unauthenticated))
async def read_hashtags(reader: Reading, tools: Tools) -> Hashtags:
    """What is talked about of late."""
    return await tools.db.read(lambda tx: reading.hashtags_now(tx, reader))


@router.get("/hashtags/{tag}/posts", responses=_LIST)
async def read_posts_of_hashtag(tag: TagInPath, page: AskedPage, reader: Reading, tools: Tools) -> PostPage:
    """What is said under a hashtag, answers too, newest first."""
    return await tools.db.read(lambda tx: reading.of_hashtag(tx, tag, reader, page))


@router.get("/search/posts", responses=_LIST)
async def search_posts(
    q: Annotated[str, Query(max_length=200, description="Words, or their beginnings; all of them count")],
    page: AskedPage,
    reader: Reading,
    tools: Tools,
) -> PostPage:
    """Posts with these words, newest first."""
    return await tools.db.read(lambda tx: reading.found(tx, q, reader, page))
