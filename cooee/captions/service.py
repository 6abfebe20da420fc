"""Writing down what was said, reading it, and agreeing to it: one unit of work each."""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.captions import shapes, store
from cooee.captions.rules import recognised, written
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.spaces import admission
from cooee.spaces import service as spaces
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.house import Actor, House
from cooee.spaces.rules import may_command
from cooee.spaces.state import Space, SpaceId


def read(tx: Connection, house: House, actor: Actor, id: SpaceId, asking: Asking) -> shapes.LinePage:
    """What was said, newest first.

    Raises:
        what every command refuses.
    """
    space = spaces.found(tx, id)
    admission.check_actor(tx, house, space, actor)
    may_command(space, actor.person)
    found, last = cut(store.page(tx, id, actor.person, asking), asking.limit)
    cast = spaces.cast(tx, {line.person for line in found}, house.asks)
    items = [
        shapes.Line(number=line.number, person=cast[line.person], text=line.text, at=line.at)
        for line in found
        if line.person in cast
    ]
    return shapes.LinePage(items=items, next=cursor_of(last.number) if last else None)


def write_down(
    tx: Connection,
    house: House,
    id: SpaceId,
    person: PersonId,
    words: str,
    at: datetime,
    lasted: timedelta = timedelta(0),
    *,
    recorded: bool = False,
    is_awaited: Callable[[Connection, SpaceId], bool] = lambda _tx, _id: False,
) -> shapes.Line | None:
    """Keeps a phrase until the Space ends; what is said under REC, for the replay.

    None if it has ended, if a host has muted or removed this person meanwhile, or if they do not agree any more.
    `recorded`: it was said under REC, which may be off by now; of a Space that is over, such a phrase is kept while its
    replay `is_awaited`.
    """
    try:
        space = spaces.for_change(tx, id)
    except SpaceNotFound:
        return None
    text = written(words, space.language)
    if not text or is_silenced(space, person) or not may_hear(tx, [person]):
        return None
    if space.ended:
        is_last = recorded and at <= space.ended.at and space.ended.reason != "moderated"
        if is_last and is_awaited(tx, id):
            store.add(tx, store.Line(id, 0, person, text, at, _ms(lasted), recorded=True))
        return None
    cast = spaces.cast(tx, {person}, house.asks)
    if person not in cast:
        return None
    recorded = recorded or (space.recording_since is not None and at >= space.recording_since)
    line = store.add(tx, store.Line(id, 0, person, text, at, _ms(lasted), recorded))
    return shapes.Line(number=line.number, person=cast[person], text=text, at=at)


def set_consent(
    tx: Connection, person: PersonId, agreed: bool, now: datetime, forget: Callable[[Connection, PersonId], None]
) -> None:
    """Somebody agrees, or takes it back; then no replay shows their words any more. `forget` deletes those it shows."""
    store.agree(tx, person, agreed, now)
    if not agreed:
        # In this order: a replay that is being made meanwhile has either not taken them yet, or is waited for.
        store.forget_recorded(tx, person)
        forget(tx, person)


def may_hear(tx: Connection, people: Collection[PersonId]) -> list[PersonId]:
    """Those of them who agreed."""
    return recognised(people, store.agreed(tx, people))


def on_stage(space: Space) -> list[PersonId]:
    """Who can be heard: nobody whom a host has muted."""
    return [seat.person for seat in space.stage if seat.microphone != "held"]


def is_silenced(space: Space, person: PersonId) -> bool:
    """Whether a host has muted somebody, or removed them: what they were saying then is not read either."""
    seat = space.seat(person)
    return person in space.banned or (seat is not None and seat.microphone == "held")


def _ms(lasted: timedelta) -> int:
    return round(lasted.total_seconds() * 1000)
