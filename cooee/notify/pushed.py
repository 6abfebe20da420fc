"""What is pushed, as it is in the moment of pushing: nothing, if it was read, taken back or hidden meanwhile."""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from cooee.messages import lines as messages
from cooee.messages import store as conversations
from cooee.messages.ids import MessageId
from cooee.notify import service, store, wishes
from cooee.notify.rules import KINDS
from cooee.notify.service import Desk
from cooee.notify.shapes import Notice, Pushed, PushedPerson
from cooee.people import relations
from cooee.people import service as people
from cooee.people import store as people_store
from cooee.people.cards import Attachment, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.shapes import Person

# All of a message, encrypted, has less than 4,096 bytes (RFC 8030 §7.2).
_MOST_TEXT = 140
_MOST_PEOPLE = 3
# For the host's count of how people came.
_FROM = "?from=notification"

_LEADS_TO: Mapping[str, str] = {
    "payout_failed": "/settings/earnings",
    "refund_owed": "/settings/payments",
    "money_back": "/tickets",
    "refund_failed": "/tickets",
}


def line(tx: Connection, desk: Desk, person: PersonId, id: str) -> Pushed | None:
    """A line of somebody's notices."""
    found = store.one(tx, person, id, KINDS)
    if found is None or not wishes.wants(tx, person, found.kind, "push"):
        return None
    notices = service.shaped(tx, desk, person, [found])
    if not notices or not notices[0].unread:
        return None
    return _of_notice(notices[0], _account(tx, person))


def space(tx: Connection, desk: Desk, person: PersonId, id: str) -> Pushed | None:
    """A Space that somebody one follows has begun."""
    attachment = Attachment("space", id)
    card: SpaceCard | None = desk.cards(tx, {attachment}, person).get(attachment)
    if card is None or card.state != "live" or card.started_at is None:
        return None
    if relations.is_hidden(tx, person, PersonId(card.host.id)):
        return None
    return Pushed(
        tag=f"space:{id}",
        language=_account(tx, person)[1],
        kind="live",
        at=card.started_at,
        people=_faces([card.host]),
        count=1,
        text=card.title,
        path=f"/spaces/{id}{_FROM}",
    )


def message(tx: Connection, desk: Desk, person: PersonId, id: str) -> Pushed | None:
    """A message; a stranger's is not shown before it was accepted, only that there is one."""
    found = messages.message(tx, MessageId(id))
    side = None if found is None else conversations.side(tx, found.conversation, person)
    if found is None or side is None or found.deleted or side.state == "declined":
        return None
    if max(int(side.read), int(side.cleared)) >= int(id) or relations.is_hidden(tx, person, found.sender):
        return None
    faces = people.persons(tx, [found.sender], desk.asks)
    if found.sender not in faces or not wishes.wants(tx, person, "message", "push"):
        return None
    return Pushed(
        tag=f"conversation:{found.conversation}",
        language=_account(tx, person)[1],
        kind="message",
        at=found.created_at,
        people=_faces([faces[found.sender]]),
        count=1,
        text=found.text[:_MOST_TEXT] or None if side.state == "open" else None,
        path=f"/messages/{found.conversation}",
    )


def path_of(notice: Notice, username: str) -> str:
    """Where a line leads: to the post, the Space, or the people themselves. As in the client's `notify/words.ts`."""
    if notice.kind in _LEADS_TO:
        return _LEADS_TO[notice.kind]
    if notice.post:
        return f"/posts/{notice.post.id}"
    if notice.space:
        return f"/spaces/{notice.space.id}{_FROM}"
    if notice.title is not None:
        return "/upcoming"
    if notice.kind == "export":
        return "/settings/data"
    if notice.kind == "follow_request":
        return "/follow-requests"
    if not notice.people:
        return "/settings/reports"
    if notice.kind == "follow" and notice.count > 1:
        return f"/people/{username}/followers"
    return f"/people/{notice.people[0].username}"


def _of_notice(notice: Notice, account: tuple[str, str]) -> Pushed:
    username, language = account
    about = notice.post.text if notice.post else notice.space.title if notice.space else notice.title
    return Pushed(
        tag=f"line:{notice.id}",
        language=language,
        kind=notice.kind,
        at=notice.at,
        people=_faces(notice.people),
        count=notice.count,
        text=about[:_MOST_TEXT] if about else None,
        starts_at=notice.space.scheduled_start if notice.space else None,
        path=path_of(notice, username),
    )


def _account(tx: Connection, person: PersonId) -> tuple[str, str]:
    found = people_store.person(tx, person)
    return (found.username, found.language) if found else ("", "en")


def _faces(shown: Sequence[Person]) -> list[PushedPerson]:
    return [
        PushedPerson(username=person.username, display_name=person.display_name, picture_url=person.picture_url)
        for person in shown[:_MOST_PEOPLE]
    ]
