"""The two gates, and who may come in."""

from dataclasses import replace

import pytest

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces.errors import CannotHostYet
from cooee.spaces.rules.gates import (
    Candidate,
    Gates,
    HostingGate,
    Plan,
    Rollout,
    has_access,
    may_enter,
    may_host,
    start,
)
from cooee.spaces.rules.room import Change, End
from cooee.spaces.rules.stage import DeclineInvitation, Invite
from cooee.spaces.state import Space, SpaceId
from tests.spaces import rooms
from tests.spaces.rooms import HOST, LISTENER, SPEAKER, done, opened, with_speaker

ME = PersonId("1")


@pytest.mark.parametrize(
    ("followers", "admin", "gate", "may"),
    [
        (600, False, HostingGate(), True),
        (599, False, HostingGate(), False),
        (0, True, HostingGate(), True),
        (0, False, HostingGate(everyone=True), True),
        (0, False, HostingGate(rollout=Rollout(100)), True),
        (0, False, HostingGate(rollout=Rollout(0, frozenset({ME}))), True),
        (10, False, HostingGate(min_followers=10), True),
    ],
)
def test_who_may_host(followers: int, admin: bool, gate: HostingGate, may: bool) -> None:
    assert may_host(gate, Candidate(ME, followers, admin)) is may


def test_who_cannot_host_yet_is_told_how_far_they_are() -> None:
    with pytest.raises(CannotHostYet) as refusal:
        start(SpaceId("s"), Plan("Hi"), Candidate(ME, 599, False), HostingGate(), 13, rooms.OPENED)
    problem = refusal.value.problem()
    assert (problem["followers"], problem["needed"]) == (599, 600)


def test_a_space_starts_with_its_host_on_stage_and_muted() -> None:
    space = opened()
    assert (rooms.roles(space), rooms.microphone(space, HOST), space.version) == ({HOST: "host"}, "muted", 1)


def test_a_rollout_only_grows() -> None:
    people = [PersonId(str(number)) for number in range(1000)]
    included = [{person for person in people if Rollout(percent).includes(person)} for percent in (0, 10, 50, 100)]
    assert included[0] < included[1] < included[2] < included[3] == set(people)
    assert 60 < len(included[1]) < 140


def test_an_invitation_grants_access_to_its_space() -> None:
    nobody = Gates(access=Rollout(0))
    space = opened()
    assert not has_access(nobody, space, LISTENER, exempt=False)
    assert has_access(nobody, space, LISTENER, exempt=True)
    assert has_access(nobody, done(space, Invite(LISTENER)), LISTENER, exempt=False)


def entering(space: Space, person: PersonId | None, *, known: bool = False, access: bool = True) -> str:
    try:
        may_enter(space, person, known=known, access=access)
    except Refusal as refusal:
        return refusal.code
    return "in"


def test_everybody_enters_a_public_and_an_unlisted_space() -> None:
    for audience in ("public", "unlisted"):
        space = opened(audience=audience)
        assert [entering(space, LISTENER), entering(space, None)] == ["in", "in"]


def test_guests_enter_where_they_are_allowed() -> None:
    assert entering(opened(guests=False), None) == "guests_off"


def test_an_invited_space_does_not_exist_for_others() -> None:
    space = opened(audience="invited")
    assert [entering(space, who) for who in (HOST, LISTENER, None)] == ["in", "space_not_found", "space_not_found"]
    assert entering(done(space, Invite(LISTENER)), LISTENER) == "in"


def test_an_invitation_into_an_invited_space_admits_for_good() -> None:
    space = done(done(opened(audience="invited"), Invite(LISTENER)), DeclineInvitation(), LISTENER)
    assert entering(space, LISTENER) == "in"


def test_a_locked_room_lets_in_those_who_belong_there() -> None:
    space = done(with_speaker(opened(), SPEAKER), Change(locked=True))
    assert [entering(space, who) for who in (HOST, SPEAKER, LISTENER, None)] == ["in", "in", "locked", "locked"]
    assert entering(space, LISTENER, known=True) == "in"


def test_whoever_has_no_access_yet_does_not_enter() -> None:
    assert entering(opened(), LISTENER, access=False) == "access_not_yet"


def test_a_removed_person_is_told_so_and_an_ended_space_is_gone() -> None:
    space = rooms.busy()
    assert entering(space, rooms.REMOVED) == "removed"
    assert entering(replace(space, audience="invited"), rooms.REMOVED) == "removed"
    assert entering(done(space, End()), LISTENER) == "space_ended"
