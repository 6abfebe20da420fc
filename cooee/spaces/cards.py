"""Spaces at a glance: bubbles, and cards in posts and lists."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection

from cooee.people.cards import Attachment, Attachments, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.questions import LiveSpaces
from cooee.spaces import admission, service, store, views
from cooee.spaces.house import House
from cooee.spaces.rules import gates
from cooee.spaces.rules.gates import Rollout
from cooee.spaces.state import Space, SpaceId

Listeners = Callable[[SpaceId], int]
"""How many people listen to a Space right now."""

_MOST_BUBBLES = 30


def bubbles(tx: Connection, house: House, viewer: PersonId, listeners: Listeners) -> list[SpaceCard]:
    """Public Spaces in which somebody whom `viewer` follows is on stage; none for whom Spaces do not exist yet."""
    if not admission.with_access(tx, house.gates.access, [viewer]):
        return []
    shown = store.with_people_followed_by(tx, viewer, _MOST_BUBBLES)
    return as_cards(tx, [space for space in shown if viewer not in space.banned], house, listeners, viewer)


def as_cards(
    tx: Connection, shown: Collection[Space], house: House, listeners: Listeners, viewer: PersonId | None
) -> list[SpaceCard]:
    """Spaces at a glance, each with what it takes to come in; without a `viewer`, as all may be told alike."""
    return list(_cards(tx, shown, house, listeners, viewer).values())


def cards(house: House, listeners: Listeners) -> Attachments:
    """How Spaces look in posts."""

    def answer(tx: Connection, attachments: Collection[Attachment], viewer: PersonId) -> Mapping[Attachment, SpaceCard]:
        ids = {SpaceId(attachment.id) for attachment in attachments}
        visible = [space for space in store.open_to(tx, ids, viewer).values() if gates.is_visible(space, viewer)]
        shown = _cards(tx, visible, house, listeners, viewer)
        return {Attachment("space", id): card for id, card in shown.items()}

    return answer


def live_spaces(access: Rollout) -> LiveSpaces:
    """Where people are live, for those for whom Spaces exist; without a viewer, as all may be told alike."""

    def answer(tx: Connection, people: Collection[PersonId], viewer: PersonId | None) -> Mapping[PersonId, SpaceId]:
        if viewer is not None and not admission.with_access(tx, access, [viewer]):
            return {}
        return store.public_stages(tx, people, viewer)

    return answer


def hosts_publicly(tx: Connection, person: PersonId) -> bool:
    """Whether a live Space that everybody finds is this person's."""
    theirs = store.by_ids(tx, store.live_with(tx, person)).values()
    return any(space.audience == "public" and person in (space.host, space.owner) for space in theirs)


def _cards(
    tx: Connection, shown: Collection[Space], house: House, listeners: Listeners, viewer: PersonId | None
) -> dict[SpaceId, SpaceCard]:
    known = service.cast(tx, {person for space in shown for person in views.faces(space)}, house.asks)
    tickets = house.tickets_of(tx, [space.id for space in shown if not space.ended], viewer)
    return {
        space.id: views.card(space, known, listeners(space.id), tickets.get(space.id))
        for space in shown
        if space.host in known
    }
