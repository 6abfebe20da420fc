"""Asking to speak, and the queue."""

import pytest

from cooee.people.ids import PersonId
from cooee.spaces.errors import NoRequest, QueueFull, StageFull
from cooee.spaces.rules import decide
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak, DeclineRequest, TakeBackRequest
from cooee.spaces.rules.room import Change
from cooee.spaces.rules.stage import Invite, StepDown
from cooee.spaces.state import MAX_REQUESTS, Policy
from tests.spaces import rooms
from tests.spaces.rooms import ASKER, HOST, LISTENER, SPEAKER, after, done, opened, with_speaker


@pytest.mark.parametrize(
    ("policy", "followed", "seated"),
    [
        ("everyone", False, True),
        ("followed", True, True),
        ("followed", False, False),
        ("invited", True, False),
    ],
)
def test_whom_the_policy_includes_is_seated_at_once(policy: Policy, followed: bool, seated: bool) -> None:
    space = done(opened(policy), AskToSpeak(followed=followed), LISTENER)
    assert (space.seat(LISTENER) is not None, space.place(LISTENER)) == (seated, None if seated else 1)


def test_whoever_is_invited_speaks_whatever_the_policy_is() -> None:
    space = done(done(opened("invited"), Invite(LISTENER)), AskToSpeak(), LISTENER)
    assert (space.role(LISTENER), space.invitations) == ("speaker", ())


def test_a_seat_comes_with_a_closed_microphone() -> None:
    space = done(opened("everyone"), AskToSpeak(), LISTENER)
    assert rooms.microphone(space, LISTENER) == "muted"


def test_on_a_full_stage_even_those_included_wait_in_the_queue() -> None:
    space = done(opened("everyone", seats=2), AskToSpeak(), SPEAKER)
    space = done(space, AskToSpeak(), LISTENER)
    assert (space.seat(LISTENER), space.place(LISTENER)) == (None, 1)


def test_the_queue_is_in_the_order_of_asking() -> None:
    space = opened()
    for second, person in enumerate(("7", "5", "6")):
        space = done(space, AskToSpeak(), PersonId(person), after(second))
    assert [space.place(PersonId(person)) for person in ("7", "5", "6")] == [1, 2, 3]


def test_asking_again_keeps_the_place_and_takes_the_new_question() -> None:
    space = done(done(opened(), AskToSpeak("First?"), ASKER), AskToSpeak(), LISTENER, after(1))
    space = done(space, AskToSpeak("Second?"), ASKER, after(2))
    request = space.request(ASKER)
    assert request is not None
    assert (space.place(ASKER), request.question, request.at) == (1, "Second?", after(0))


def test_the_queue_has_an_end() -> None:
    space = opened()
    for number in range(MAX_REQUESTS):
        space = done(space, AskToSpeak(), PersonId(str(1000 + number)))
    with pytest.raises(QueueFull):
        decide(space, AskToSpeak(), LISTENER, rooms.OPENED)
    again = AskToSpeak("Still me")
    assert len(done(space, again, PersonId("1000")).requests) == MAX_REQUESTS


def test_an_accepted_request_leaves_the_queue_and_the_others_move_up() -> None:
    space = done(done(opened(), AskToSpeak(), ASKER), AskToSpeak(), LISTENER)
    space = done(space, AcceptRequest(ASKER))
    assert (space.role(ASKER), space.place(ASKER), space.place(LISTENER)) == ("speaker", None, 1)


def test_a_request_is_accepted_while_a_seat_is_free() -> None:
    space = with_speaker(done(opened(seats=2), AskToSpeak(), ASKER), SPEAKER)
    with pytest.raises(StageFull) as refusal:
        decide(space, AcceptRequest(ASKER), HOST, rooms.OPENED)
    assert refusal.value.problem()["seats"] == 2
    assert done(done(space, StepDown(), SPEAKER), AcceptRequest(ASKER)).role(ASKER) == "speaker"


def test_only_those_who_ask_can_be_accepted() -> None:
    with pytest.raises(NoRequest):
        decide(opened(), AcceptRequest(LISTENER), HOST, rooms.OPENED)


def test_two_hosts_may_accept_the_same_request() -> None:
    space = done(done(opened(), AskToSpeak(), ASKER), AcceptRequest(ASKER))
    assert decide(space, AcceptRequest(ASKER), HOST, rooms.OPENED) == ()


def test_a_declined_asker_may_ask_again() -> None:
    space = done(done(opened(), AskToSpeak(), ASKER), DeclineRequest(ASKER))
    assert space.requests == ()
    assert done(space, AskToSpeak(), ASKER).place(ASKER) == 1


def test_a_request_can_be_taken_back() -> None:
    assert done(done(opened(), AskToSpeak(), ASKER), TakeBackRequest(), ASKER).requests == ()


def test_a_wider_policy_seats_the_next_who_asks_and_leaves_the_queue_to_the_hosts() -> None:
    space = done(done(opened(), AskToSpeak(), ASKER), Change(policy="everyone"))
    assert space.place(ASKER) == 1
    assert done(space, AskToSpeak(), ASKER).role(ASKER) == "speaker"
