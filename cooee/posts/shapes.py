"""Posts as they go over the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.people.cards import AttachmentRef, SpaceCard
from cooee.people.shapes import Person
from cooee.posts.records import LONGEST, PostId

PostText = Annotated[str, Field(max_length=4 * LONGEST), AfterValidator(clean_text), AfterValidator(at_most(LONGEST))]


class Post(Shape):
    """What somebody said."""

    id: str
    author: Person
    text: str
    created_at: Timestamp
    attachment: SpaceCard | None
    reply_to: str | None = Field(description="The post that this one answers; it may be gone")
    replies: int
    reposts: int
    reposted_by_me: bool
    reposted_by: Person | None = Field(description="In a timeline where it stands because they pass it on: who")
    likes: int
    liked_by_me: bool
    bookmarked_by_me: bool


class PostPage(Page[Post]):
    """One page of posts, newest first."""


class Thread(Shape):
    """A post and what it answers."""

    above: list[Post] = Field(description="What leads to it, the first first; the latest few of very many")
    gone_above: bool = Field(
        description="Above them stood something that is not there any more, or not for the one who asks"
    )
    post: Post | None = Field(description="None: it is gone, or not for the one who asks, and its answers are there")


class NewPost(Asked):
    """A post to be made; it has text, an attachment, or both."""

    text: PostText = ""
    attachment: AttachmentRef | None = None
    reply_to: Annotated[PostId, Field(pattern=DECIMAL_PATTERN)] | None = None


class Hashtag(Shape):
    """What people talk about."""

    name: str = Field(description="As people write it, without its #")
    people: int = Field(ge=1, description="How many used it of late")


class Hashtags(Shape):
    """What is talked about of late, by the most people first."""

    items: list[Hashtag]
