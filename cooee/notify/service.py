"""What becomes of news, and what a person reads of them: one unit of work each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from cooee.kit.clock import to_ms
from cooee.kit.db import after_commit
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking, cursor_of
from cooee.media.engine import Media
from cooee.notify import due, mailbox, store, wishes
from cooee.notify.rules import OFFICIAL, OUTLIVES, UNHIDDEN, Kind, News, concerns
from cooee.notify.shapes import Excerpt, MailState, Notice, NoticePage, Settings
from cooee.notify.store import Doers, Line
from cooee.people import own_feed
from cooee.people import service as people
from cooee.people.cards import Attachment, Attachments, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.spaces import store as spaces
from cooee.spaces.state import Space

MOST_UNREAD = 100
_MOST_LIVE = 30
_EXCERPT = 280
_LIVE = "live:"


@dataclass(frozen=True, slots=True)
class Desk:
    """What notices are made and shown with."""

    media: Media
    ids: Ids
    asks: Questions
    cards: Attachments
    writes: bool
    """Whether letters leave this node."""


def hear(tx: Connection, desk: Desk, news: News, now: datetime) -> None:
    """Has somebody told of something, once, unless it is not so any more or not for them."""
    if not concerns(news) or not store.may_hear(tx, news):
        return
    line = store.insert(tx, news, desk.ids, now)
    if line is None:
        return
    if wishes.wants(tx, news.person, news.kind, "in_app"):
        tell(tx, desk, news.person)
    if wishes.wants(tx, news.person, news.kind, "push"):
        due.of_line(tx, news.person, line, now)
    if desk.writes and wishes.wants(tx, news.person, news.kind, "mail"):
        due.letter(tx, news.person, news.kind, now)


def tell(tx: Connection, desk: Desk, person: PersonId) -> None:
    """Has all devices of somebody show how much is unread, after the commit."""
    says = {"unread": unread(tx, desk, person)}
    after_commit(tx, partial(own_feed.tell, desk.media, person, "notice", says))


def unread(tx: Connection, desk: Desk, viewer: PersonId) -> int:
    """How many lines of the list have something new; a line about a Space that the viewer does not see is none, but for
    what outlives it."""
    kinds = wishes.kinds(tx, viewer, "in_app")
    since = store.position(tx, viewer)
    stored = store.unread(tx, viewer, kinds, since, MOST_UNREAD)
    outlive = [line for line in stored if line.kind in OUTLIVES]
    live = [_as_line(space) for space in _live(tx, viewer) if space.started_at > since] if "live" in kinds else []
    others = [*live, *(line for line in stored if line.kind not in OUTLIVES)]
    seen = desk.cards(tx, {Attachment("space", line.space) for line in others if line.space}, viewer)
    drawn = sum(line.space is None or Attachment("space", line.space) in seen for line in others)
    return min(MOST_UNREAD, drawn + (len(shaped(tx, desk, viewer, outlive)) if outlive else 0))


def mark_read(tx: Connection, desk: Desk, viewer: PersonId, at: datetime, now: datetime) -> int:
    """Whatever came up to `at` is read, on all devices; what is unread now."""
    store.read_up_to(tx, viewer, min(at, now))
    tell(tx, desk, viewer)
    return unread(tx, desk, viewer)


def page(tx: Connection, desk: Desk, viewer: PersonId, asked: Asking) -> NoticePage:
    """Notices, the latest first. Who is live now stands among them, without having been written for anybody."""
    kinds = wishes.kinds(tx, viewer, "in_app")
    merged = latest(tx, viewer, kinds, asked)
    cut = merged[: asked.limit]
    more = cursor_of(*_rank(cut[-1])) if len(merged) > asked.limit else None
    return NoticePage(items=shaped(tx, desk, viewer, cut), next=more)


def settings(tx: Connection, desk: Desk, viewer: PersonId) -> Settings:
    """What somebody wants to hear of, and how that reaches them."""
    box = mailbox.of(tx, viewer)
    state = MailState(available=desk.writes, address=box.address, refused=box.refused, rhythm=box.rhythm)
    return Settings(wishes=wishes.of(tx, viewer), mail=state)


def latest(tx: Connection, viewer: PersonId, kinds: Collection[Kind], asked: Asking) -> list[Line]:
    """The latest lines of these kinds after the cursor, one more than asked for if there are more."""
    lines = store.page(tx, viewer, kinds, asked)
    live = [_as_line(space) for space in _live(tx, viewer)] if "live" in kinds else []
    if (after := asked.numbers(2)) is not None:
        live = [line for line in live if _rank(line) < after]
    return sorted((*lines, *live), key=_rank, reverse=True)


def shaped(tx: Connection, desk: Desk, viewer: PersonId, lines: list[Line]) -> list[Notice]:
    """Lines as they go over the wire; what they are about may be gone in this very moment."""
    stored = [line for line in lines if not line.id.startswith(_LIVE)]
    cards = desk.cards(tx, {Attachment("space", line.space) for line in lines if line.space}, viewer)
    doers = {**store.doers(tx, viewer, stored), **_hosts(lines, cards)}
    faces = people.persons(tx, {who for entry in doers.values() for who in entry.faces}, desk.asks, viewer)
    texts = store.texts(tx, {line.post for line in lines if line.post})
    since = store.position(tx, viewer)
    left = store.left_behind(tx, {line.space for line in lines if line.space and line.kind in OUTLIVES})
    unseen = {line.space for line in lines if line.space and line.kind in UNHIDDEN} - {one.id for one in cards}
    left = {**left, **store.titles(tx, unseen)}
    return [
        notice
        for line in lines
        if (notice := _notice(line, doers.get(line.id), faces, cards, texts, left, since)) is not None
    ]


def _notice(
    line: Line,
    doers: Doers | None,
    faces: Mapping[PersonId, Person],
    cards: Mapping[Attachment, SpaceCard],
    texts: Mapping[str, str],
    left: Mapping[str, str],
    since: datetime,
) -> Notice | None:
    if doers is not None and line.kind in OUTLIVES and line.space is not None and line.space in left:
        return _nameless(line, left[line.space], since)
    official = line.kind in OFFICIAL
    known = [faces[who] for who in doers.faces if who in faces] if doers and not official else []
    card = cards.get(Attachment("space", line.space)) if line.space else None
    if (
        doers is None
        or not (known or official)
        or (line.space and card is None)
        or (line.post and line.post not in texts)
    ):
        return None
    return Notice(
        id=line.id,
        kind=line.kind,
        at=line.at,
        unread=line.at > since,
        people=known,
        count=doers.count,
        post=Excerpt(id=line.post, text=texts[line.post][:_EXCERPT]) if line.post else None,
        space=card,
    )


def _nameless(line: Line, title: str, since: datetime) -> Notice:
    """Of a host who is hidden from now on."""
    return Notice(
        id=line.id,
        kind=line.kind,
        at=line.at,
        unread=line.at > since,
        people=[],
        count=1,
        post=None,
        space=None,
        title=title,
    )


def _live(tx: Connection, viewer: PersonId) -> list[Space]:
    """Public Spaces that people whom `viewer` follows have open now."""
    return [space for space in spaces.hosted_by_followed(tx, viewer, _MOST_LIVE) if viewer not in space.banned]


def _as_line(space: Space) -> Line:
    return Line(_LIVE + space.id, "live", space.started_at, None, space.id)


def _hosts(lines: list[Line], cards: Mapping[Attachment, SpaceCard]) -> dict[str, Doers]:
    return {
        line.id: Doers((PersonId(card.host.id),), 1)
        for line in lines
        if line.id.startswith(_LIVE) and line.space and (card := cards.get(Attachment("space", line.space)))
    }


def _rank(line: Line) -> tuple[int, int]:
    """Where a line stands; a Space that is live stands before what came in the same millisecond."""
    if line.id.startswith(_LIVE):
        return to_ms(line.at), (1 << 63) - 1
    return store.cursor_numbers(line)
