"""Posts as they go over the wire."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.pages import Asked, Page, Shape, Timestamp
from cooee.kit.text import clean_text
from cooee.people.shapes import Person

LONGEST = 500
"""Characters of a post."""

PostText = Annotated[
    str, Field(max_length=4 * LONGEST), AfterValidator(clean_text), StringConstraints(max_length=LONGEST)
]


class SpaceCard(Shape):
    """A Space as it looks in a timeline or as a bubble. What is on it, the Spaces know (`questions.py`)."""

    id: str
    title: str
    state: Literal["scheduled", "live", "ended", "canceled"]
    host: Person
    speakers: list[Person] = Field(description="Who is on stage, the host first")
    listeners: int = Field(ge=0)
    started_at: Timestamp | None
    topics: list[str]


class Post(Shape):
    """What somebody said."""

    id: str
    author: Person
    text: str
    created_at: Timestamp
    attachment: SpaceCard | None


class PostPage(Page[Post]):
    """One page of posts, newest first."""


class AttachmentRef(Asked):
    """What a post points at."""

    kind: Literal["space"]
    id: str = Field(pattern=TEXT_PATTERN)


class NewPost(Asked):
    """A post to be made; it has text, an attachment, or both."""

    text: PostText = ""
    attachment: AttachmentRef | None = None
