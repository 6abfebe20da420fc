"""What can be reported: found for whoever reports it, looked at again for whoever decides, and removed."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.messages import lines as messages
from cooee.messages import service as conversations
from cooee.messages import store as conversation_store
from cooee.messages.ids import MessageId
from cooee.messages.service import Tell
from cooee.moderation.errors import SubjectNotFound
from cooee.moderation.rules import About, Removal
from cooee.people import store as people
from cooee.people.ids import PersonId
from cooee.posts import service as posting
from cooee.posts import store as posts
from cooee.posts.records import PostId
from cooee.recordings import service as replays
from cooee.recordings import store as recordings
from cooee.spaces import service as spaces
from cooee.spaces import store as space_store
from cooee.spaces.house import Committed, House
from cooee.spaces.room_messages import service as room_talk
from cooee.spaces.room_messages import store as room_messages
from cooee.spaces.room_messages.store import RoomMessageId
from cooee.spaces.rules.gates import is_visible
from cooee.spaces.rules.moderated import TakenDown
from cooee.spaces.state import Space, SpaceId

_MOST_EXCERPT = 2000


@dataclass(frozen=True, slots=True)
class Subject:
    """What was reported."""

    person: PersonId
    excerpt: str
    """What it says at this moment."""
    space: str | None = None


def found(tx: Connection, me: PersonId, about: About, id: str) -> Subject:
    """What `me` wants to report. A block hides much, and does not keep anybody from reporting.

    Raises:
        SubjectNotFound
    """
    subject = _FIND[about](tx, me, id)
    if subject is None:
        raise SubjectNotFound
    return Subject(subject.person, subject.excerpt[:_MOST_EXCERPT], subject.space)


def is_there(tx: Connection, about: About, id: str) -> bool:
    """Whether it can still be removed."""
    match about:
        case "post":
            return PostId(id) in posts.of_ids(tx, [PostId(id)])
        case "message":
            message = messages.message(tx, MessageId(id))
            return message is not None and not message.deleted
        case "room_message":
            return room_messages.by_id(tx, RoomMessageId(id)) is not None
        case "space":
            space = space_store.space(tx, SpaceId(id))
            return space is not None and (space.ended is None or recordings.recording(tx, space.id) is not None)
        case "person":
            return False


def remove(tx: Connection, house: House, removal: Removal, now: datetime, committed: Committed, tell: Tell) -> None:
    """Takes it away from everybody."""
    match removal.about:
        case "post":
            posting.remove(tx, PostId(removal.subject), now)
        case "message":
            conversations.remove_message(tx, MessageId(removal.subject), tell)
        case "room_message":
            room_talk.take_down(tx, RoomMessageId(removal.subject), now)
        case "space":
            spaces.observe(tx, house, SpaceId(removal.subject), TakenDown(), now, committed)
            replays.delete(tx, SpaceId(removal.subject), now)
        case "person":
            raise AssertionError("the rules remove no people")


def led_into(tx: Connection, id: SpaceId, reporters: Collection[PersonId]) -> bool:
    """Whether a report leads into a Space: it is live, and one of those who reported knows of it."""
    space = space_store.space(tx, id)
    return space is not None and space.ended is None and any(_knows_of(tx, space, one) for one in reporters)


def _person(tx: Connection, _me: PersonId, id: str) -> Subject | None:
    person = people.person(tx, PersonId(id))
    if person is None:
        return None
    return Subject(person.id, "\n".join(part for part in (person.display_name, person.bio) if part))


def _post(tx: Connection, _me: PersonId, id: str) -> Subject | None:
    post = posts.of_ids(tx, [PostId(id)]).get(PostId(id))
    return None if post is None else Subject(post.author_id, post.text)


def _message(tx: Connection, me: PersonId, id: str) -> Subject | None:
    message = messages.message(tx, MessageId(id))
    if message is None or message.deleted or conversation_store.side(tx, message.conversation, me) is None:
        return None
    return Subject(message.sender, message.text)


def _room_message(tx: Connection, me: PersonId, id: str) -> Subject | None:
    """What it says is frozen with the report: the room forgets it."""
    message = room_messages.by_id(tx, RoomMessageId(id))
    space = space_store.space(tx, message.space) if message else None
    if message is None or space is None or space.ended or not _knows_of(tx, space, me):
        return None
    if message.to not in (None, me) or (message.held and me not in space.hosts()):
        return None
    return Subject(message.author, message.text, message.space)


def _space(tx: Connection, me: PersonId, id: str) -> Subject | None:
    space = space_store.space(tx, SpaceId(id))
    if space is None:
        return None
    if not _knows_of(tx, space, me):
        return None
    return Subject(space.owner, space.title, space.id)


def _knows_of(tx: Connection, space: Space, me: PersonId) -> bool:
    """Who was removed, or was there while it was open, knows of it too."""
    return is_visible(space, me) or me in space.banned or space_store.attended(tx, space.id, me)


_FIND: dict[About, Callable[[Connection, PersonId, str], Subject | None]] = {
    "person": _person,
    "post": _post,
    "message": _message,
    "room_message": _room_message,
    "space": _space,
}
