"""What the feed says while the host is away, on virtual time."""

import json
from datetime import datetime
from typing import Any

from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.spaces.events import evolve
from cooee.spaces.room import Feed
from cooee.spaces.rules import Observation, conclude
from cooee.spaces.rules.presence import Present, TimePassed
from cooee.spaces.state import Space
from cooee.spaces.views import EVERYONE
from tests.spaces import rooms
from tests.spaces.rooms import COHOST, HOST, OTHER_COHOST, OTHER_SPEAKER, SPEAKER, after, everybody_here, with_speaker

STAGE = frozenset({HOST, COHOST, OTHER_COHOST, SPEAKER, OTHER_SPEAKER})


class Reader:
    """Somebody in the audience, and the Space that goes on before them."""

    def __init__(self, space: Space) -> None:
        self.space, self._feed = space, Feed()
        self.state: dict[str, Any] = {}
        self._read(())

    def sees(self, observation: Observation, now: datetime) -> list[dict[str, Any]]:
        """What is announced to everyone when that is observed."""
        happened = conclude(self.space, observation, now)
        self.space = evolve(self.space, happened)
        return self._read(happened)

    def _read(self, happened: Any) -> list[dict[str, Any]]:
        heard: list[dict[str, Any]] = []
        cast = {seat.person: face(seat.person) for seat in self.space.stage} | {HOST: face(HOST)}
        for told in self._feed.tell(self.space, happened, cast, ()):
            if told.audience == EVERYONE:
                frame = json.loads(told.frame)
                self.state |= frame["set"]
                heard += frame["events"]
        return heard


def face(person: PersonId) -> Person:
    return Person(id=person, username=f"u{person}", display_name=f"P{person}", picture_url=None, live_space=None)


def test_with_a_cohost_people_are_told_who_becomes_host_and_when_and_then_that_it_is_so() -> None:
    reader = Reader(everybody_here(rooms.busy()))
    assert reader.state.get("heir") is None
    reader.sees(Present(STAGE - {HOST}), after(10))
    assert (reader.state["heir"]["id"], reader.state["heir_at"]) == (COHOST, "2026-11-21T10:00:40.000Z")
    assert reader.sees(TimePassed(), after(39)) == []
    reader.sees(Present(STAGE - {HOST, COHOST}), after(39.5))
    assert reader.state["heir"]["id"] == OTHER_COHOST, "whoever is there"
    reader.sees(Present(STAGE - {HOST}), after(39.8))
    heard = reader.sees(TimePassed(), after(40))
    assert [(event["type"], event["person"]["id"]) for event in heard[:1]] == [("host_changed", COHOST)]
    assert (reader.state["host"]["id"], reader.state["heir"], reader.state["heir_at"]) == (COHOST, None, None)


def test_a_host_who_comes_back_in_time_is_host_and_nobody_counts_any_more() -> None:
    reader = Reader(everybody_here(rooms.busy()))
    reader.sees(Present(STAGE - {HOST}), after(0))
    reader.sees(Present(STAGE), after(29))
    assert (reader.state["heir"], reader.state["host"]["id"]) == (None, HOST)
    assert reader.sees(TimePassed(), after(31)) == []


def test_without_a_cohost_people_are_told_when_it_ends_and_then_that_it_has() -> None:
    reader = Reader(everybody_here(with_speaker(rooms.opened(), SPEAKER)))
    reader.sees(Present(frozenset({SPEAKER})), after(0))
    assert (reader.state["heir"], reader.state["host_away_until"]) == (None, None)
    heard = reader.sees(TimePassed(), after(30))
    assert [(event["type"], event["ends_at"]) for event in heard] == [("host_away", "2026-11-21T10:05:00.000Z")]
    assert reader.state["host_away_until"] == "2026-11-21T10:05:00.000Z"
    heard = reader.sees(Present(frozenset({HOST, SPEAKER})), after(200))
    assert [event["type"] for event in heard] == ["host_back"]
    assert reader.state["host_away_until"] is None
    reader.sees(Present(frozenset({SPEAKER})), after(300))
    reader.sees(TimePassed(), after(330))
    heard = reader.sees(TimePassed(), after(600))
    assert [(event["type"], event["reason"]) for event in heard] == [("ended", "host_gone")]
    assert reader.state["end_reason"] == "host_gone"
