"""The door of one's own feed, which needs no Space."""

from fastapi import APIRouter, Request

from cooee.kit.errors import Unauthenticated
from cooee.kit.grants import LIFETIME, Grant, sign
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.media.edge import feed_url
from cooee.people import own_feed
from cooee.people.session import SignedIn
from cooee.spaces.shapes import FeedDoor
from cooee.spaces.wiring import Spaces

router = APIRouter()


@router.get("/me/feed", responses=refusals(Unauthenticated))
async def open_own_feed(request: Request, me: SignedIn, tools: Tools, spaces: Spaces) -> FeedDoor:
    """Where one's own feed is, good for a minute."""
    expires_at = tools.clock.now() + LIFETIME
    grant = Grant(
        topic=own_feed.topic(me.id),
        participant=me.id,
        door="feed",
        audiences=(own_feed.AUDIENCE,),
        epoch=0,
        expires=expires_at,
    )
    host = request.headers.get("host", "localhost")
    port = spaces.live.media.edge_port
    return FeedDoor(feed_url=feed_url(spaces.edge_public_url, port, host, sign(spaces.grant_key, grant)))
