"""Writing down what was said, reading it, and agreeing to it: one unit of work each."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection

from cooee.captions import shapes, store
from cooee.captions.rules import recognised, written
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.spaces import service as spaces
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.rules import may_command
from cooee.spaces.service import Actor, House
from cooee.spaces.state import Space, SpaceId


def read(tx: Connection, house: House, actor: Actor, id: SpaceId, asking: Asking) -> shapes.LinePage:
    """What was said, newest first.

    Raises:
        what every command refuses.
    """
    space = spaces.found(tx, id)
    spaces.check_actor(tx, house, space, actor)
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
    tx: Connection, house: House, id: SpaceId, person: PersonId, words: str, at: datetime
) -> shapes.Line | None:
    """Keeps a phrase until the Space ends; None if it has ended, or if this person does not agree any more."""
    try:
        space = spaces.for_change(tx, id)
    except SpaceNotFound:
        return None
    text = written(words, space.language)
    if space.ended or not text or not may_hear(tx, [person]):
        return None
    cast = spaces.cast(tx, {person}, house.asks)
    if person not in cast:
        return None
    line = store.add(tx, id, person, text, at)
    return shapes.Line(number=line.number, person=cast[person], text=text, at=at)


def may_hear(tx: Connection, people: Collection[PersonId]) -> list[PersonId]:
    """Those of them who agreed."""
    return recognised(people, store.agreed(tx, people))


def on_stage(space: Space) -> list[PersonId]:
    """Who can be heard."""
    return [seat.person for seat in space.stage]
