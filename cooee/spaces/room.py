"""One live Space's feed: what each audience saw last, and hence what to tell it next. Pure."""

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from cooee.media.engine import Publication
from cooee.spaces import shapes, views
from cooee.spaces.announce import Said, said
from cooee.spaces.events import Event
from cooee.spaces.state import Space
from cooee.spaces.views import EVERYONE, HOSTS, STAGE, Cast, personal

State = dict[str, Any]

_LISTENER: State = shapes.Own(
    role="listener",
    muted=True,
    held=False,
    place=None,
    invited=False,
    asked_to_unmute=False,
    streaming=False,
    session=None,
).model_dump(mode="json")


@dataclass(slots=True)
class Told:
    """What an audience saw last, and at which version; version 0 is nothing yet."""

    version: int = 0
    state: State = field(default_factory=dict)


class Feed:
    """What was told to the audiences of one Space. It is changed by telling more."""

    def __init__(self) -> None:
        self._told: dict[str, Told] = {}
        self._involved: frozenset[str] = frozenset()

    def tell(
        self, space: Space, happened: Iterable[Event], cast: Cast, present: Container[str]
    ) -> Iterator[Publication]:
        """What must be published so that every audience knows `space`, which came about by `happened`.

        `present` are those who were let in and have not left: nobody else's own view is kept.
        """
        heard: dict[str, list[Said]] = {}
        for event in happened:
            for audience, announcement in said(event, cast):
                heard.setdefault(audience, []).append(announcement)
        involved = _involved(space)
        concerned = sorted(person for person in involved | self._involved if person in present)
        self._involved = involved
        for audience, view in _views(space, cast, concerned):
            yield from self._advance(audience, space.version, _state(view), heard.get(audience, []))

    def greet(self, space: Space, participant: str) -> Iterator[Publication]:
        """What must be published before a participant's own view is asked for."""
        yield from self._advance(personal(participant), space.version, _state(views.own(space, participant)), [])

    def forget(self, participant: str) -> None:
        """Drops what one participant saw: they are gone."""
        self._told.pop(personal(participant), None)

    def _advance(self, audience: str, version: int, state: State, heard: list[Said]) -> Iterator[Publication]:
        told = self._told.setdefault(audience, Told())
        changed = {key: value for key, value in state.items() if key not in told.state or told.state[key] != value}
        # The version alone is no news.
        news = heard or changed.keys() - {"version"} or told.version == 0
        if not news or version <= told.version:
            return
        frame: Mapping[str, Any] = {"set": changed, "events": heard}
        yield Publication(audience, version, told.version, _json(state), _json(frame))
        # Most are listeners like any other, and share one state.
        self._told[audience] = Told(version, _LISTENER if state == _LISTENER else state)


def _views(space: Space, cast: Cast, participants: Iterable[str]) -> Iterator[tuple[str, BaseModel | None]]:
    yield EVERYONE, views.everyone(space, cast)
    yield STAGE, None
    yield HOSTS, views.hosts(space, cast)
    for participant in participants:
        yield personal(participant), views.own(space, participant)


def _involved(space: Space) -> frozenset[str]:
    """Whose own view is not that of just any listener."""
    wishing = {request.person for request in space.requests} | {offer.person for offer in space.invitations}
    return frozenset({seat.person for seat in space.stage} | wishing)


def _state(view: BaseModel | None) -> State:
    return view.model_dump(mode="json") if view else {}


def _json(value: Mapping[str, Any]) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
