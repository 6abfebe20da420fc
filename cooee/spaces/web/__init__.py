"""The routes of Spaces. `router` belongs under the API's prefix, `doors` at the root."""

from fastapi import APIRouter

from cooee.spaces.afterwards import web as afterwards
from cooee.spaces.room_messages import web as room_messages
from cooee.spaces.room_posts import web as room_posts
from cooee.spaces.streams import web as streams
from cooee.spaces.web import invitations, me, oembed, people, rooms, stage, whip

router = APIRouter(tags=["spaces"])
for part in (rooms, stage, people, invitations, room_messages, room_posts, streams, afterwards, oembed, me):
    router.include_router(part.router)

doors = whip.router
