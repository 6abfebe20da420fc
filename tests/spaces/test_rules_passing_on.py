"""Who is host after the role was passed on, and who comes back after they were removed."""

import pytest

from cooee.spaces.errors import HostOnly, ProtectedHost
from cooee.spaces.rules.gates import Return, may_enter
from cooee.spaces.rules.presence import Present, TimePassed
from cooee.spaces.rules.room import End, Leave, LetBackIn, PassOn, Remove
from cooee.spaces.rules.stage import NameCohost
from tests.spaces import rooms
from tests.spaces.rooms import COHOST, HOST, OTHER_COHOST, SPEAKER, done, opened, seen, with_speaker


def test_the_role_is_passed_to_a_speaker_and_the_host_is_a_co_host() -> None:
    space = done(with_speaker(opened(), SPEAKER), PassOn(SPEAKER))
    assert (space.host, space.owner, space.cohosts) == (SPEAKER, SPEAKER, (HOST,))
    with pytest.raises(HostOnly):
        done(space, End(), HOST)


def test_with_two_co_hosts_besides_the_host_becomes_a_speaker() -> None:
    space = done(rooms.busy(), PassOn(SPEAKER))
    assert (space.host, space.role(HOST), space.cohosts) == (SPEAKER, "speaker", (COHOST, OTHER_COHOST))


def test_a_co_host_and_the_host_change_places() -> None:
    space = done(rooms.busy(), PassOn(COHOST))
    assert (space.host, set(space.cohosts)) == (COHOST, {HOST, OTHER_COHOST})


def test_whoever_passed_the_role_on_does_not_take_it_back_by_returning() -> None:
    space = done(done(with_speaker(opened(), SPEAKER), PassOn(SPEAKER)), Leave(), HOST)
    assert done(space, Return(), HOST) is space
    assert space.host == SPEAKER


def test_an_acting_host_passes_on_only_until_the_owner_is_back() -> None:
    space = rooms.everybody_here(rooms.busy(), HOST)
    space = seen(space, TimePassed(), rooms.after(30))
    assert space.host == COHOST
    space = done(space, PassOn(SPEAKER), COHOST)
    assert (space.host, space.owner) == (SPEAKER, HOST)
    assert done(space, Return(), HOST).host == HOST


def test_a_host_who_comes_back_leaves_room_for_those_to_whom_a_co_hosts_seat_is_offered() -> None:
    space = seen(rooms.everybody_here(rooms.busy(), HOST), TimePassed(), rooms.after(30))
    space = done(done(space, NameCohost(rooms.STRANGER), COHOST), Return(), HOST)
    assert (space.cohosts, space.role(COHOST)) == ((OTHER_COHOST,), "speaker")


def test_a_protected_account_is_not_made_host_of_a_public_space() -> None:
    space = with_speaker(opened(), SPEAKER)
    with pytest.raises(ProtectedHost):
        done(space, PassOn(SPEAKER, protected=True))


def test_who_was_let_back_in_may_enter_as_a_listener() -> None:
    space = done(done(with_speaker(opened(), SPEAKER), Remove(SPEAKER)), LetBackIn(SPEAKER))
    may_enter(space, SPEAKER, known=False, access=True)
    assert (space.role(SPEAKER), space.banned) == ("listener", frozenset())
    assert seen(space, Present(frozenset({HOST, SPEAKER}))).seat(SPEAKER) is None
