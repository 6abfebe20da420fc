"""Invitations, co-hosts, leaving the stage and the room."""

import pytest

from cooee.people.ids import PersonId
from cooee.spaces.errors import CohostsFull, InvitationsFull, NoInvitation, RemovedFromSpace, StageFull
from cooee.spaces.rules import decide
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak
from cooee.spaces.rules.room import End, Leave, Remove
from cooee.spaces.rules.stage import (
    AcceptInvitation,
    DeclineInvitation,
    Invite,
    MoveToAudience,
    NameCohost,
    StepDown,
    TakeBackInvitation,
    WithdrawCohost,
)
from cooee.spaces.state import MAX_INVITATIONS, Space
from tests.spaces import rooms
from tests.spaces.rooms import ASKER, COHOST, HOST, LISTENER, OTHER_COHOST, SPEAKER, done, opened, with_speaker


def test_an_invitation_seats_nobody_until_it_is_accepted() -> None:
    space = done(opened(), Invite(LISTENER))
    assert space.role(LISTENER) == "listener"
    assert done(space, AcceptInvitation(), LISTENER).role(LISTENER) == "speaker"


def test_an_invitation_that_was_taken_back_or_declined_opens_nothing() -> None:
    invited = done(opened(), Invite(LISTENER))
    for space in (done(invited, TakeBackInvitation(LISTENER)), done(invited, DeclineInvitation(), LISTENER)):
        with pytest.raises(NoInvitation):
            decide(space, AcceptInvitation(), LISTENER, rooms.OPENED)


def test_whoever_asks_and_is_invited_is_seated() -> None:
    assert done(done(opened(), AskToSpeak(), ASKER), Invite(ASKER)).role(ASKER) == "speaker"


def test_an_invitation_waits_for_a_free_seat() -> None:
    space = with_speaker(done(opened(seats=2), Invite(LISTENER)), SPEAKER)
    with pytest.raises(StageFull):
        decide(space, AcceptInvitation(), LISTENER, rooms.OPENED)
    assert space.invitation(LISTENER) is not None


def test_invitations_have_a_limit() -> None:
    space = opened()
    for number in range(MAX_INVITATIONS):
        space = done(space, Invite(PersonId(str(1000 + number))))
    with pytest.raises(InvitationsFull):
        decide(space, Invite(LISTENER), HOST, rooms.OPENED)


def test_a_speaker_named_cohost_keeps_the_seat_and_the_microphone() -> None:
    space = with_speaker(opened(), COHOST)
    assert done(space, NameCohost(COHOST)).stage == space.stage
    assert done(space, NameCohost(COHOST)).role(COHOST) == "cohost"


def test_a_listener_named_cohost_is_asked_first() -> None:
    space = done(opened(), NameCohost(LISTENER))
    assert space.role(LISTENER) == "listener"
    assert done(space, AcceptInvitation(), LISTENER).role(LISTENER) == "cohost"


def test_there_are_two_cohosts_at_most_and_an_offer_counts() -> None:
    space = done(with_speaker(opened(), COHOST, SPEAKER), NameCohost(COHOST))
    space = done(space, NameCohost(LISTENER))
    with pytest.raises(CohostsFull):
        decide(space, NameCohost(SPEAKER), HOST, rooms.OPENED)
    space = done(space, WithdrawCohost(LISTENER))
    assert done(space, NameCohost(SPEAKER)).cohosts == (COHOST, SPEAKER)


def test_a_withdrawn_cohost_stays_on_stage_as_a_speaker() -> None:
    assert done(rooms.busy(), WithdrawCohost(COHOST)).role(COHOST) == "speaker"


def test_a_cohost_who_steps_down_is_a_listener() -> None:
    space = done(rooms.busy(), StepDown(), COHOST)
    assert (space.role(COHOST), space.cohosts) == ("listener", (OTHER_COHOST,))


def test_a_speaker_moved_to_the_audience_may_ask_again() -> None:
    space = done(rooms.busy(), MoveToAudience(SPEAKER), COHOST)
    assert space.role(SPEAKER) == "listener"
    assert done(space, AskToSpeak(), SPEAKER).place(SPEAKER) == 2


def test_removing_takes_seat_wishes_and_role_and_raises_the_access_epoch() -> None:
    space = rooms.busy()
    for person in (SPEAKER, COHOST, ASKER, rooms.INVITED, LISTENER):
        gone = done(space, Remove(person))
        assert (gone.seat(person), gone.request(person), gone.invitation(person)) == (None, None, None)
        assert person not in gone.cohosts
        assert gone.access_epoch == space.access_epoch + 1
        with pytest.raises(RemovedFromSpace):
            decide(gone, AskToSpeak(), person, rooms.OPENED)


def test_whoever_leaves_gives_up_the_seat_or_the_wish() -> None:
    space = rooms.busy()
    assert done(space, Leave(), SPEAKER).seat(SPEAKER) is None
    assert done(space, Leave(), ASKER).requests == ()
    assert done(space, Leave(), rooms.INVITED).invitations == ()
    assert done(space, Leave(), LISTENER) is space


def test_the_end_empties_the_stage_and_forgets_wishes() -> None:
    space = done(rooms.busy(), End())
    assert (space.stage, space.requests, space.invitations, space.cohosts) == ((), (), (), ())
    assert space.ended is not None
    assert (space.ended.reason, space.role(HOST)) == ("host", "listener")


def test_a_seat_is_kept_for_an_owner_who_is_away() -> None:
    space = done(rooms.busy(), Leave(), HOST)
    full = with_speaker_until_full(space)
    assert len(full.stage) == full.seats - 1
    with pytest.raises(StageFull):
        decide(full, AcceptRequest(ASKER), COHOST, rooms.OPENED)


def with_speaker_until_full(space: Space) -> Space:
    for number in range(space.free_seats()):
        person = PersonId(str(2000 + number))
        space = done(done(space, Invite(person), COHOST), AcceptInvitation(), person)
    return space
