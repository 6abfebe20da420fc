"""What is new among the posts of a room, on its feed."""

from cooee.posts.records import PostId
from cooee.spaces.live import Live
from cooee.spaces.room_posts.service import Told
from cooee.spaces.views import EVERYONE
from cooee.spaces.window import POSTS


def show(live: Live, told: Told, post: PostId) -> None:
    """Tells everybody in the room of a post that is there now, or not any more."""
    window = live.window(told.space, EVERYONE, POSTS)
    if told.post is None:
        window.take_away(post, pinned=told.pinned)
    else:
        window.show(post, told.post, pinned=told.pinned)


def above(live: Live, told: Told) -> None:
    """Tells everybody in the room what is pinned."""
    live.window(told.space, EVERYONE, POSTS).tell(pinned=told.pinned)
