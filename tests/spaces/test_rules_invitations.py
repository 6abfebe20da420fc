"""Who invites by message, into which rooms, and how many a day."""

from datetime import timedelta

import pytest

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces.errors import SpaceInvitationsUsedUp, TooManyInvitations
from cooee.spaces.rules.gates import is_visible, may_enter
from cooee.spaces.rules.invitations import Admit, InvitationLimits, check_left_in_space, check_new_account
from cooee.spaces.rules.room import Change, Remove
from tests.spaces import rooms
from tests.spaces.rooms import COHOST, HOST, LISTENER, OPENED, SPEAKER, STRANGER, after, done

LIMITS = InvitationLimits(per_space=100, new_account_age=timedelta(days=3), new_account_per_day=10)


def code(room: str, actor: PersonId) -> str:
    space = rooms.busy()
    if room == "locked":
        space = done(space, Change(locked=True))
    if room == "invited":
        space = rooms.opened(audience="invited", stage=space.stage, cohosts=space.cohosts)
    try:
        done(space, Admit(STRANGER), actor)
    except Refusal as refusal:
        return refusal.code
    return "allowed"


@pytest.mark.parametrize(
    ("room", "host", "cohost", "speaker", "listener"),
    [
        ("open", "allowed", "allowed", "allowed", "allowed"),
        ("locked", "allowed", "allowed", "locked", "locked"),
        ("invited", "allowed", "allowed", "hosts_only", "hosts_only"),
    ],
)
def test_hosts_alone_invite_into_a_room_that_is_closed(
    room: str, host: str, cohost: str, speaker: str, listener: str
) -> None:
    asked = [code(room, actor) for actor in (HOST, COHOST, SPEAKER, LISTENER)]
    assert asked == [host, cohost, speaker, listener]


def test_an_invitation_opens_a_closed_room_to_one_person() -> None:
    invited = done(rooms.opened(audience="invited"), Admit(STRANGER))
    assert (is_visible(invited, STRANGER), is_visible(invited, LISTENER)) == (True, False)
    locked = done(done(rooms.opened(), Change(locked=True)), Admit(STRANGER))
    may_enter(locked, STRANGER, known=False, access=True)


def test_an_invitation_into_an_open_room_changes_nothing() -> None:
    assert done(rooms.opened(), Admit(STRANGER), LISTENER) == rooms.opened()


def test_whoever_was_removed_is_not_admitted_again() -> None:
    space = done(rooms.opened(audience="invited"), Remove(STRANGER))
    with pytest.raises(Refusal, match="removed"):
        done(space, Admit(STRANGER))


def test_a_space_takes_so_many_invitations_of_one_person() -> None:
    check_left_in_space(LIMITS, 90, 10)
    with pytest.raises(SpaceInvitationsUsedUp) as no:
        check_left_in_space(LIMITS, 95, 6)
    assert no.value.fields["left"] == 5


def test_a_new_account_invites_ten_a_day() -> None:
    now = after(86_400)
    check_new_account(LIMITS, OPENED, [], 10, now)
    with pytest.raises(TooManyInvitations) as no:
        check_new_account(LIMITS, OPENED, [now - timedelta(hours=20), now - timedelta(hours=1)], 9, now)
    # The first of the two is a day ago in four hours.
    assert no.value.fields == {"left": 8, "retry_after": 4 * 3600}
    with pytest.raises(TooManyInvitations) as never:
        check_new_account(LIMITS, OPENED, [], 11, now)
    # No waiting makes eleven of ten, but the account grows up.
    assert never.value.retry_after == 2 * 86_400
    check_new_account(LIMITS, OPENED, [now] * 10, 90, OPENED + LIMITS.new_account_age)
