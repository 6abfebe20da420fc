"""What a Space's audiences are told."""

import json
from collections.abc import Collection, Iterable
from typing import Any

from cooee.media.engine import Publication
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.spaces.events import evolve
from cooee.spaces.room import Feed
from cooee.spaces.rules import Command, conclude, decide
from cooee.spaces.rules.microphone import AskToUnmute, SetMicrophone
from cooee.spaces.rules.presence import Present, SpeakConnected
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak
from cooee.spaces.rules.room import Change, Remove
from cooee.spaces.rules.stage import MoveToAudience
from cooee.spaces.state import Space
from tests.spaces import rooms
from tests.spaces.rooms import ASKER, HOST, LISTENER, OTHER_SPEAKER, SPEAKER

NAMED = {value for name, value in vars(rooms).items() if name.isupper() and isinstance(value, str)}
CAST = {
    PersonId(id): Person(id=id, username=f"u{id}", display_name=f"P{id}", picture_url=None, live_space=None)
    for id in NAMED
}


class Told:
    """A room with a feed that has told everything so far to everybody who is there."""

    def __init__(self, present: Collection[str] = NAMED) -> None:
        self.space = rooms.busy()
        self.feed = Feed()
        self.present = present
        greetings = (told for participant in present for told in self.feed.greet(self.space, participant))
        self.first = self._published([*greetings, *self.feed.tell(self.space, (), CAST, present)])

    def does(self, command: Command, actor: PersonId = HOST) -> dict[str, Publication]:
        """What is published when somebody does something."""
        happened = decide(self.space, command, actor, rooms.OPENED)
        self.space = evolve(self.space, happened)
        return self._published(self.feed.tell(self.space, happened, CAST, self.present))

    @staticmethod
    def _published(publications: Iterable[Publication]) -> dict[str, Publication]:
        return {told.audience: told for told in publications}


def frame(publication: Publication) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(publication.frame)
    return content


def said(publication: Publication) -> list[str]:
    return [event["type"] for event in frame(publication)["events"]]


def test_at_first_every_audience_gets_its_whole_state() -> None:
    first = Told().first
    assert {"everyone", "stage", "hosts", f"person:{SPEAKER}", f"person:{ASKER}"} <= first.keys()
    assert {told.prev for told in first.values()} == {0}
    assert json.loads(first["hosts"].snapshot)["requests"][0]["question"] == "May I?"


def test_a_change_is_told_to_those_whom_it_concerns_only() -> None:
    published = Told().does(SetMicrophone(muted=False), SPEAKER)
    assert published.keys() == {"everyone", f"person:{SPEAKER}"}
    assert frame(published["everyone"])["set"].keys() == {"stage", "version"}
    assert frame(published[f"person:{SPEAKER}"])["set"] == {"muted": False}


def test_prev_is_the_last_version_that_this_audience_was_told() -> None:
    told = Told()
    first = told.does(SetMicrophone(muted=False), SPEAKER)["everyone"]
    told.does(AskToSpeak(), LISTENER)
    third = told.does(SetMicrophone(muted=True), SPEAKER)["everyone"]
    assert (third.prev, third.version) == (first.version, first.version + 2)


def test_a_request_is_told_to_hosts_and_its_place_to_the_asker() -> None:
    published = Told().does(AskToSpeak("And me?"), LISTENER)
    assert published.keys() == {"hosts", f"person:{LISTENER}"}
    assert said(published["hosts"]) == ["requested"]
    assert frame(published[f"person:{LISTENER}"])["set"] == {"place": 2}


def test_when_the_queue_moves_the_others_are_told_their_places() -> None:
    told = Told()
    told.does(AskToSpeak(), LISTENER)
    published = told.does(AcceptRequest(ASKER))
    assert frame(published[f"person:{LISTENER}"])["set"] == {"place": 1}
    assert frame(published[f"person:{ASKER}"])["set"] == {"role": "speaker", "place": None}
    assert said(published["everyone"]) == ["seated"]


def test_being_asked_to_unmute_is_between_the_hosts_and_the_person() -> None:
    published = Told().does(AskToUnmute(SPEAKER))
    assert published.keys() == {f"person:{SPEAKER}"}
    assert said(published[f"person:{SPEAKER}"]) == ["asked_to_unmute"]


def test_why_somebody_left_the_stage_is_told() -> None:
    published = Told().does(MoveToAudience(SPEAKER))
    [event] = frame(published["everyone"])["events"]
    assert (event["type"], event["why"], event["person"]["id"]) == ("unseated", "moved", SPEAKER)


def test_a_removal_is_not_announced_to_the_audience() -> None:
    published = Told().does(Remove(OTHER_SPEAKER))
    assert said(published["everyone"]) == []
    assert said(published["hosts"]) == ["removed"]
    assert OTHER_SPEAKER not in published["everyone"].snapshot.decode()


def test_on_which_device_somebody_speaks_is_told_to_their_other_devices_alone() -> None:
    told = Told()
    happened = conclude(told.space, SpeakConnected(SPEAKER, "a"), rooms.after(1))
    after: Space = evolve(told.space, happened)
    published = {one.audience: one for one in told.feed.tell(after, happened, CAST, NAMED)}
    assert frame(published[f"person:{SPEAKER}"])["set"] == {"session": "a"}
    assert frame(published["everyone"])["set"].keys() == {"stage", "version"}
    assert '"a"' not in published["everyone"].snapshot.decode()


def test_presence_on_stage_is_no_news() -> None:
    told = Told()
    happened = conclude(told.space, Present(frozenset({HOST})), rooms.after(1))
    after: Space = evolve(told.space, happened)
    assert after.version == told.space.version + 1
    assert list(told.feed.tell(after, happened, CAST, NAMED)) == []


def test_whoever_is_not_in_the_room_has_no_view_until_greeted() -> None:
    told = Told(present={HOST})
    assert not told.first.keys() & {f"person:{SPEAKER}"}
    [greeting] = told.feed.greet(told.space, SPEAKER)
    assert json.loads(greeting.snapshot)["role"] == "speaker"
    assert list(told.feed.greet(told.space, SPEAKER)) == []


def test_several_changes_are_told_at_once() -> None:
    told = Told()
    both = [*decide(told.space, Change(title="Evening"), HOST, rooms.OPENED)]
    space = evolve(told.space, both)
    more = decide(space, Change(locked=True), HOST, rooms.OPENED)
    [publication] = told.feed.tell(evolve(space, more), [*both, *more], CAST, NAMED)
    assert (said(publication), publication.prev) == (["title", "locked"], told.space.version)
