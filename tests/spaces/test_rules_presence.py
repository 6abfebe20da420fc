"""Succession, empty seats, and a server that was away."""

from cooee.people.ids import PersonId
from cooee.spaces.events import evolve
from cooee.spaces.rules import conclude
from cooee.spaces.rules.gates import Return
from cooee.spaces.rules.microphone import Mute, SetMicrophone
from cooee.spaces.rules.presence import Present, ServerStarted, SpeakConnected, TimePassed, VoiceAdded
from cooee.spaces.rules.requests import AskToSpeak
from cooee.spaces.rules.room import Leave
from cooee.spaces.state import Space
from tests.spaces import rooms
from tests.spaces.rooms import (
    ASKER,
    COHOST,
    HOST,
    OTHER_COHOST,
    OTHER_SPEAKER,
    SPEAKER,
    after,
    done,
    everybody_here,
    microphone,
    opened,
    roles,
    seen,
    with_speaker,
)


def without(*absent: PersonId, since: float = 0) -> Space:
    """A busy Space in which some are away since that second."""
    return everybody_here(rooms.busy(), *absent, now=after(since))


def alone() -> Space:
    """A host who is there, and a speaker."""
    return everybody_here(with_speaker(opened(), SPEAKER))


def test_after_30_seconds_without_host_the_first_cohost_is_host() -> None:
    space = without(HOST)
    assert seen(space, TimePassed(), after(29.9)) is space
    succeeded = seen(space, TimePassed(), after(30))
    assert (succeeded.host, succeeded.owner, succeeded.cohosts) == (COHOST, HOST, (OTHER_COHOST,))
    assert HOST not in roles(succeeded)


def test_a_cohost_who_is_away_too_is_passed_over() -> None:
    space = seen(without(HOST, COHOST), TimePassed(), after(30))
    assert space.host == OTHER_COHOST
    assert COHOST not in roles(space)


def test_without_a_cohost_people_see_when_it_ends_and_then_it_ends() -> None:
    space = seen(alone(), Present(frozenset({SPEAKER})), after(10))
    warned = seen(space, TimePassed(), after(40))
    assert warned.host_away_until == after(10 + 300)
    assert seen(warned, TimePassed(), after(309)) is warned
    ended = seen(warned, TimePassed(), after(310)).ended
    assert ended is not None
    assert (ended.reason, ended.at) == ("host_gone", after(310))


def test_a_host_who_comes_back_stops_the_countdown() -> None:
    space = seen(seen(alone(), Present(frozenset({SPEAKER})), after(0)), TimePassed(), after(60))
    back = seen(space, Present(frozenset({SPEAKER, HOST})), after(200))
    assert back.host_away_until is None
    assert seen(back, TimePassed(), after(1000)).ended is None


def test_the_owner_who_returns_is_host_again_muted_and_the_acting_host_cohost() -> None:
    acting = seen(without(HOST), TimePassed(), after(30))
    space = done(acting, Return(), HOST, after(60))
    assert (space.host, space.cohosts, microphone(space, HOST)) == (HOST, (OTHER_COHOST, COHOST), "muted")


def test_the_owner_asks_to_speak_and_is_host_again() -> None:
    acting = seen(without(HOST), TimePassed(), after(30))
    assert done(acting, AskToSpeak(), HOST, after(60)).host == HOST


def test_an_acting_host_is_succeeded_like_any_host() -> None:
    space = seen(without(HOST), TimePassed(), after(30))
    space = seen(everybody_here(space, COHOST, now=after(40)), TimePassed(), after(70))
    assert space.host == OTHER_COHOST


def test_a_host_who_leaves_is_succeeded_at_once() -> None:
    space = done(without(), Leave(), HOST)
    assert (space.host, space.seat(HOST)) == (COHOST, None)


def test_a_host_who_leaves_alone_starts_the_countdown_and_is_muted() -> None:
    space = done(done(alone(), SetMicrophone(muted=False)), Leave(), HOST, after(10))
    assert (space.host_away_until, microphone(space, HOST)) == (after(310), "muted")
    assert done(space, Leave(), HOST, after(20)) is space


def test_a_speaker_who_is_gone_for_30_seconds_loses_the_seat_and_an_asker_the_place() -> None:
    space = without(SPEAKER, ASKER)
    assert seen(space, TimePassed(), after(29)) is space
    later = seen(space, TimePassed(), after(30))
    assert (later.seat(SPEAKER), later.requests) == (None, ())
    assert OTHER_SPEAKER in roles(later)


def test_a_short_absence_costs_nothing() -> None:
    space = everybody_here(without(SPEAKER), now=after(29))
    assert seen(space, TimePassed(), after(40)) is space


def test_presence_that_is_known_changes_nothing() -> None:
    space = without()
    here = frozenset({*roles(space), ASKER})
    assert conclude(space, Present(here), after(5)) == ()


def test_a_session_that_takes_over_begins_muted() -> None:
    first = seen(without(), SpeakConnected(SPEAKER, "a"))
    opened = done(first, SetMicrophone(muted=False), SPEAKER)
    assert microphone(opened, SPEAKER) == "open"
    assert microphone(seen(opened, SpeakConnected(SPEAKER, "a")), SPEAKER) == "open"
    assert microphone(seen(opened, SpeakConnected(SPEAKER, "b")), SPEAKER) == "muted"
    held = done(first, Mute(SPEAKER), HOST)
    assert microphone(seen(held, SpeakConnected(SPEAKER, "b")), SPEAKER) == "held"


def test_after_a_start_everyone_is_muted_and_absence_counts_from_then() -> None:
    space = done(without(), SetMicrophone(muted=False), SPEAKER)
    space = seen(done(space, Mute(OTHER_SPEAKER)), SpeakConnected(SPEAKER, "a"))
    started = seen(space, ServerStarted(), after(1000))
    assert [seat.session for seat in started.stage] == [None] * len(started.stage)
    assert (microphone(started, SPEAKER), microphone(started, OTHER_SPEAKER)) == ("muted", "held")
    assert roles(started) == roles(space)
    assert seen(started, TimePassed(), after(1029)) is started
    assert seen(started, TimePassed(), after(1030)).host == HOST, "nobody is there to take over"


def test_a_recorded_voice_is_always_there() -> None:
    space = done(seen(without(), VoiceAdded(SPEAKER)), SetMicrophone(muted=False), SPEAKER)
    space = seen(space, ServerStarted(), after(10))
    space = seen(seen(space, Present(frozenset({HOST})), after(20)), TimePassed(), after(100))
    assert microphone(space, SPEAKER) == "open"


def test_nothing_follows_for_a_space_that_is_over() -> None:
    space = seen(alone(), Present(frozenset()), after(0))
    ended = seen(space, TimePassed(), after(300))
    assert evolve(ended, conclude(ended, TimePassed(), after(900))) is ended
