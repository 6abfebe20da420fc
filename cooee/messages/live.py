"""What is new, on the `me` feeds of those whom it concerns. It says only where: the client asks what."""

from cooee.media.engine import Media
from cooee.messages.ids import ConversationId
from cooee.messages.service import Tell
from cooee.people import own_feed
from cooee.people.ids import PersonId


def telling(media: Media) -> Tell:
    """How people are told."""

    def tell(person: PersonId, conversation: ConversationId) -> None:
        own_feed.tell(media, person, "message", {"conversation": conversation})

    return tell
