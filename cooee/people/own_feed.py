"""A person's own feed, `me`: hints that something is new, upon which the client asks again.

It is live only: of two hints of a kind the later counts, and who is not there misses both.
"""

import json
from collections.abc import Mapping
from typing import Literal

from cooee.kit.errors import JsonValue
from cooee.media.engine import Media
from cooee.people.ids import PersonId

AUDIENCE = "me"
EVERYBODY = "me:*"
"""The topic that is all people's."""

Subject = Literal["notice", "message"]


def topic(person: PersonId) -> str:
    """The person's feed, as the engine knows it."""
    return f"me:{person}"


def close(media: Media, person: PersonId) -> None:
    """Somebody was signed out somewhere: all their feeds end, and those who are still signed in open theirs again."""
    media.close_participant(topic(person), person, "removed")


def tell(media: Media, person: PersonId, subject: Subject, says: Mapping[str, JsonValue]) -> None:
    """Tells all devices of `person` that are there. From any thread; after the commit."""
    media.publish_live(topic(person), AUDIENCE, subject, json.dumps(dict(says)).encode())
