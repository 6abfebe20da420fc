"""Posts as they are stored."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from cooee.people.cards import Attachment
from cooee.people.ids import PersonId

PostId = NewType("PostId", str)
"""A decimal id (`cooee.kit.ids`); posts sort by it."""

LONGEST = 500
"""Characters of a post."""


@dataclass(frozen=True)
class PostRecord:
    """A row of `posts`."""

    id: PostId
    author_id: PersonId
    text: str
    created_at: datetime
    attachment: Attachment | None
    reply_to: PostId | None = None
    """The post that this one answers. It may be gone."""
    repost_of: PostId | None = None
    """The post that its author passes on; then this one says nothing of its own, and nobody asks for it by its id."""
