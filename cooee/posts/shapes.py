"""Posts as they go over the wire."""

from typing import Annotated

from pydantic import AfterValidator, Field

from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import at_most, clean_text
from cooee.people.cards import AttachmentRef, SpaceCard
from cooee.people.shapes import Person

LONGEST = 500
"""Characters of a post."""

PostText = Annotated[str, Field(max_length=4 * LONGEST), AfterValidator(clean_text), AfterValidator(at_most(LONGEST))]


class Post(Shape):
    """What somebody said."""

    id: str
    author: Person
    text: str
    created_at: Timestamp
    attachment: SpaceCard | None
    likes: int
    liked_by_me: bool
    bookmarked_by_me: bool


class PostPage(Page[Post]):
    """One page of posts, newest first."""


class NewPost(Asked):
    """A post to be made; it has text, an attachment, or both."""

    text: PostText = ""
    attachment: AttachmentRef | None = None
