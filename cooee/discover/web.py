"""The routes of Discover."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import AfterValidator

from cooee.discover.shapes import DiscoveredSpaces, Suggestions, Topics
from cooee.discover.wiring import Discover
from cooee.kit.errors import BadCursor, InvalidRequest, Unauthenticated
from cooee.kit.pages import AskedPage
from cooee.kit.problems import refusals
from cooee.kit.text import clean_line
from cooee.kit.web import Tools
from cooee.people.session import SignedIn
from cooee.spaces.errors import AccessNotYet
from cooee.spaces.web.asking import Acting

router = APIRouter(prefix="/discover", tags=["discover"])

Question = Annotated[
    str, Query(alias="q", max_length=100, description="Each word begins a word of the title or of a topic")
]
OfTopic = Annotated[
    str | None,
    Query(max_length=100, description="In any spelling"),
    AfterValidator(lambda topic: topic and clean_line(topic)),
]
_LIST = refusals(AccessNotYet, BadCursor, InvalidRequest, Unauthenticated)


@router.get("/live", responses=_LIST)
async def discover_live(
    page: AskedPage, me: Acting, tools: Tools, discover: Discover, q: Question = "", topic: OfTopic = None
) -> DiscoveredSpaces:
    """Public Spaces that are live, the latest first."""
    return await tools.db.read(lambda tx: discover.guide.live(tx, me, q, topic or None, page))


@router.get("/upcoming", responses=_LIST)
async def discover_upcoming(
    page: AskedPage, me: Acting, tools: Tools, discover: Discover, q: Question = "", topic: OfTopic = None
) -> DiscoveredSpaces:
    """Public Spaces that are announced, the next first."""
    return await tools.db.read(lambda tx: discover.guide.upcoming(tx, me, q, topic or None, page))


@router.get("/topics", responses=refusals(AccessNotYet, Unauthenticated))
async def discover_topics(me: Acting, tools: Tools, discover: Discover) -> Topics:
    """What public Spaces are about, the most common first."""
    return await tools.db.read(lambda tx: discover.guide.topics(tx, me))


@router.get("/people", responses=refusals(Unauthenticated))
async def discover_people(me: SignedIn, tools: Tools, discover: Discover) -> Suggestions:
    """People to follow: whom those one follows do, then the best known."""
    return await tools.db.read(lambda tx: discover.guide.people(tx, me.id))
