"""What stands in a letter: all that is new since the last one, has not been read, and is wanted by mail."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.mail import Letter, Letters
from cooee.kit.pages import Asking
from cooee.kit.zones import told, told_abroad
from cooee.messages import reading
from cooee.notify import mail_words, mailbox, pushed, service, unsubscribing, wishes
from cooee.notify.service import Desk
from cooee.notify.shapes import Notice
from cooee.people import relations
from cooee.people import store as people
from cooee.people.cards import SpaceCard
from cooee.people.ids import PersonId
from cooee.schedule import store as scheduled
from cooee.spaces.state import SpaceId

_MOST_LINES = 20
_MOST_TEXT = 140
_MOST_NAMES = 3


@dataclass(frozen=True, slots=True)
class Paper:
    """What letters are written with."""

    letters: Letters
    url: str
    key: bytes
    """Signs the link that ends letters."""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a letter."""

    words: str
    text: str | None
    url: str
    action: str


def letter(tx: Connection, desk: Desk, paper: Paper, person: PersonId, key: str) -> Letter | None:
    """The letter that is due, if there is anything to say and somewhere to send it."""
    box = mailbox.of(tx, person)
    found = people.person(tx, person)
    if box.address is None or not box.takes or found is None or found.deleting_at is not None:
        return None
    items = [*_messages(tx, desk, paper, person, box.mailed_at), *_lines(tx, desk, paper, person, box.mailed_at)]
    if not items:
        return None
    token = unsubscribing.token(paper.key, person)
    return paper.letters.letter(
        "news",
        key=key,
        to=box.address,
        headers={
            "List-Unsubscribe": f"<{paper.url}/api/v1/notices/unsubscriptions?token={token}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        subject=mail_words.subject([item.words for item in items]),
        greeting=f"Hello {found.display_name},",
        items=items,
        settings_url=f"{paper.url}/settings/notifications",
        unsubscribe_url=f"{paper.url}/unsubscribe#{token}",
    )


def _lines(tx: Connection, desk: Desk, paper: Paper, person: PersonId, since: datetime | None) -> list[Item]:
    kinds = wishes.kinds(tx, person, "mail")
    found = people.person(tx, person)
    username, zone = (found.username, found.zone) if found else ("", None)
    newest = service.latest(tx, person, kinds, Asking((), _MOST_LINES))[:_MOST_LINES]
    fresh = [line for line in newest if since is None or line.at >= since]
    return [
        Item(
            words=mail_words.sentence(
                notice.kind, [one.display_name for one in notice.people[:_MOST_NAMES]], notice.count
            ),
            text=_excerpt(_about(tx, notice, zone)),
            url=paper.url + pushed.path_of(notice, username),
            action=mail_words.action(notice.kind),
        )
        for notice in service.shaped(tx, desk, person, fresh)
        if notice.unread
    ]


def _messages(tx: Connection, desk: Desk, paper: Paper, person: PersonId, since: datetime | None) -> list[Item]:
    """One line for each conversation; what was written stays where it is."""
    if not wishes.wants(tx, person, "message", "mail"):
        return []
    waiting = [
        line
        for folder in ("open", "request")
        for line in reading.conversations(tx, person, folder, Asking((), _MOST_LINES), desk.asks, desk.cards).items
        if line.person and line.unread and not line.last.mine and (since is None or line.last.created_at >= since)
    ]
    return [
        Item(
            words=mail_words.sentence("message", [line.person.display_name], 1),
            text=None,
            url=f"{paper.url}/messages/{line.id}",
            action=mail_words.action("message"),
        )
        for line in waiting
        if line.person and not relations.is_hidden(tx, person, PersonId(line.person.id))
    ]


def _named(tx: Connection, space: SpaceCard, zone: str | None) -> str:
    """What it is called and when it begins: where the reader is, or, if that is not known, where its host is."""
    if space.scheduled_start is None:
        return space.title
    ahead = None if zone else scheduled.one(tx, SpaceId(space.id))
    when = told_abroad(space.scheduled_start, ahead.when.zone) if ahead else told(space.scheduled_start, zone)
    return " · ".join(part for part in (space.title, when) if part)


def _about(tx: Connection, notice: Notice, zone: str | None) -> str | None:
    if notice.post is not None:
        return notice.post.text
    return _named(tx, notice.space, zone) if notice.space else notice.title


def _excerpt(text: str | None) -> str | None:
    return " ".join(text.split())[:_MOST_TEXT] if text else None
