"""Microphones: closed by many things, opened by one."""

from datetime import timedelta

import pytest

from cooee.spaces.errors import MutedByAHost, NotOnStage, NotYourself, Outranked, StageFull
from cooee.spaces.rules import decide
from cooee.spaces.rules.microphone import AskToUnmute, BeginToSpeak, Mute, MuteAll, SetMicrophone
from cooee.spaces.rules.presence import Present, SpeakClosed, SpeakConnected, TimePassed
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak
from cooee.spaces.rules.room import Change, Leave, PassOn
from cooee.spaces.rules.stage import AcceptInvitation, Invite, MoveToAudience, StepDown
from cooee.spaces.state import Space
from tests.spaces import rooms
from tests.spaces.rooms import (
    COHOST,
    HOST,
    LISTENER,
    OTHER_COHOST,
    OTHER_SPEAKER,
    SPEAKER,
    done,
    microphone,
    opened,
    seen,
)

OPEN = SetMicrophone(muted=False)
CLOSE = SetMicrophone(muted=True)


def talking() -> Space:
    """Host, co-host and both speakers have their microphones open."""
    space = rooms.busy()
    for person in (HOST, COHOST, SPEAKER, OTHER_SPEAKER):
        space = done(space, OPEN, person)
    return space


def test_a_hosts_mute_holds_against_the_speakers_tap() -> None:
    space = done(talking(), Mute(SPEAKER))
    assert microphone(space, SPEAKER) == "held"
    with pytest.raises(MutedByAHost):
        decide(space, OPEN, SPEAKER, rooms.OPENED)
    assert done(space, CLOSE, SPEAKER) is space


def test_a_closed_microphone_can_be_held_too() -> None:
    space = done(rooms.busy(), Mute(SPEAKER))
    with pytest.raises(MutedByAHost):
        decide(space, OPEN, SPEAKER, rooms.OPENED)


def test_asking_to_unmute_lifts_the_hold_and_opens_nothing() -> None:
    space = done(done(talking(), Mute(SPEAKER)), AskToUnmute(SPEAKER))
    assert microphone(space, SPEAKER) == "asked"
    assert microphone(done(space, OPEN, SPEAKER), SPEAKER) == "open"


def test_an_asked_speaker_may_stay_silent() -> None:
    space = done(done(rooms.busy(), AskToUnmute(SPEAKER)), CLOSE, SPEAKER)
    assert microphone(space, SPEAKER) == "muted"


def test_mute_all_mutes_speakers_and_leaves_hosts() -> None:
    space = done(talking(), MuteAll(), COHOST)
    assert [microphone(space, person) for person in (HOST, COHOST, SPEAKER, OTHER_SPEAKER)] == [
        "open",
        "open",
        "held",
        "held",
    ]


def test_a_new_speak_session_begins_muted() -> None:
    assert microphone(done(talking(), BeginToSpeak(), SPEAKER), SPEAKER) == "muted"


def test_a_new_speak_session_lifts_no_hold() -> None:
    space = done(done(talking(), Mute(SPEAKER)), BeginToSpeak(), SPEAKER)
    assert microphone(space, SPEAKER) == "held"


def test_beginning_to_speak_seats_whom_the_policy_includes() -> None:
    space = done(opened("everyone"), BeginToSpeak(), LISTENER)
    assert (space.role(LISTENER), microphone(space, LISTENER)) == ("speaker", "muted")


def test_beginning_to_speak_is_refused_to_others_and_on_a_full_stage() -> None:
    with pytest.raises(NotOnStage):
        decide(opened("invited"), BeginToSpeak(), LISTENER, rooms.OPENED)
    with pytest.raises(StageFull):
        decide(opened("everyone", seats=1), BeginToSpeak(), LISTENER, rooms.OPENED)


def test_a_lost_speak_session_mutes() -> None:
    space = seen(talking(), SpeakConnected(SPEAKER, "a"))
    space = seen(space, SpeakClosed(SPEAKER, "a"))
    seat = space.seat(SPEAKER)
    assert seat is not None
    assert (seat.microphone, seat.session) == ("muted", None)


def test_the_end_of_a_replaced_session_mutes_nobody() -> None:
    space = seen(seen(talking(), SpeakConnected(SPEAKER, "a")), SpeakConnected(SPEAKER, "b"))
    assert seen(space, SpeakClosed(SPEAKER, "a")) is space


def test_a_lost_session_lifts_no_hold() -> None:
    space = seen(done(talking(), Mute(SPEAKER)), SpeakConnected(SPEAKER, "a"))
    assert microphone(seen(space, SpeakClosed(SPEAKER, "a")), SPEAKER) == "held"


def away_and_back(space: Space, *, by: str) -> Space:
    """The held speaker is off the stage by this way, and seats themselves again where everyone may."""
    off = {
        "stepping down": lambda: done(space, StepDown(), SPEAKER),
        "leaving": lambda: done(space, Leave(), SPEAKER),
        "being moved": lambda: done(space, MoveToAudience(SPEAKER)),
        "being gone": lambda: seen(
            seen(space, Present(frozenset({HOST})), rooms.OPENED), TimePassed(), rooms.OPENED + timedelta(minutes=1)
        ),
    }[by]()
    assert off.seat(SPEAKER) is None
    return done(off, AskToSpeak(), SPEAKER)


@pytest.mark.parametrize("way", ["stepping down", "leaving", "being moved", "being gone"])
def test_a_hosts_mute_outlives_the_seat(way: str) -> None:
    space = rooms.everybody_here(done(done(talking(), Change(policy="everyone")), Mute(SPEAKER)))
    space = away_and_back(space, by=way)
    assert microphone(space, SPEAKER) == "held"
    with pytest.raises(MutedByAHost):
        decide(space, OPEN, SPEAKER, rooms.OPENED)
    assert microphone(done(space, AskToUnmute(SPEAKER)), SPEAKER) == "asked"


def test_a_speak_session_lifts_no_hold() -> None:
    space = done(done(talking(), Change(policy="everyone")), Mute(SPEAKER))
    space = done(done(space, StepDown(), SPEAKER), BeginToSpeak(), SPEAKER)
    assert microphone(space, SPEAKER) == "held"


@pytest.mark.parametrize("again", ["accepted", "asked and invited", "invited"])
def test_a_host_who_brings_somebody_back_lifts_the_hold(again: str) -> None:
    space = done(done(done(talking(), Mute(SPEAKER)), StepDown(), SPEAKER), Change(policy="invited"))
    if again != "invited":
        space = done(space, AskToSpeak(), SPEAKER)
        space = done(space, AcceptRequest(SPEAKER) if again == "accepted" else Invite(SPEAKER))
    else:
        space = done(done(space, Invite(SPEAKER)), AcceptInvitation(), SPEAKER)
    assert microphone(space, SPEAKER) == "muted"
    assert microphone(done(space, OPEN, SPEAKER), SPEAKER) == "open"


def test_nobody_lifts_a_mute_on_themselves_or_on_their_equals() -> None:
    space = done(done(talking(), Mute(COHOST)), Mute(OTHER_COHOST))
    with pytest.raises(NotYourself):
        decide(space, AskToUnmute(COHOST), COHOST, rooms.OPENED)
    with pytest.raises(Outranked):
        decide(space, AskToUnmute(OTHER_COHOST), COHOST, rooms.OPENED)
    assert microphone(done(space, AskToUnmute(COHOST)), COHOST) == "asked"


def test_whoever_becomes_host_may_open_their_microphone() -> None:
    space = done(done(talking(), Mute(COHOST)), PassOn(COHOST))
    assert microphone(space, COHOST) == "muted"
