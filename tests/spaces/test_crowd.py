"""Who is in the room."""

from cooee.spaces.crowd import Crowd
from tests.spaces import rooms
from tests.spaces.rooms import HOST, LISTENER, SPEAKER, after


def test_whoever_was_let_in_has_a_minute_to_come() -> None:
    crowd = Crowd()
    crowd.let_in(LISTENER, "a", after(0))
    assert LISTENER in crowd
    assert crowd.expire(after(60)) == []
    assert crowd.expire(after(61)) == [LISTENER]
    assert LISTENER not in crowd


def test_whoever_came_stays_until_the_engine_sees_them_leave() -> None:
    crowd = Crowd()
    crowd.let_in(LISTENER, "a", after(0))
    crowd.move([LISTENER], [])
    assert crowd.expire(after(1000)) == []
    crowd.move([], [LISTENER])
    assert LISTENER not in crowd


def test_people_on_stage_and_guests_are_not_listed_and_guests_are_counted() -> None:
    crowd = Crowd()
    crowd.move([HOST, "g1", LISTENER, SPEAKER], [])
    space = rooms.busy()
    assert (crowd.listeners(space), crowd.shown(space)) == (2, [LISTENER])
    assert crowd.people() == {HOST, LISTENER, SPEAKER}


def test_guests_are_counted_by_address_until_they_are_gone() -> None:
    crowd = Crowd()
    for number, address in enumerate("aab"):
        crowd.let_in(f"g{number}", address, after(0))
    crowd.move(["g0", "g1"], [])
    assert (crowd.guests_from("a"), crowd.guests_from("b")) == (2, 1)
    crowd.move([], ["g0"])
    crowd.expire(after(100))
    assert (crowd.guests_from("a"), crowd.guests_from("b")) == (1, 0)


def test_whoever_is_put_out_is_gone_at_once() -> None:
    crowd = Crowd()
    crowd.let_in("g1", "a", after(0))
    crowd.move(["g1"], [])
    crowd.put_out("g1")
    assert "g1" not in crowd
    assert crowd.guests_from("a") == 0


def test_whoever_is_put_out_and_comes_back_at_once_is_there() -> None:
    crowd = Crowd()
    crowd.move([LISTENER], [])
    crowd.put_out(LISTENER)
    crowd.let_in(LISTENER, "a", after(1))
    crowd.expire(after(100))
    assert crowd.people() == {LISTENER}


def test_whoever_is_put_out_and_gets_a_door_but_stays_away_is_gone_when_the_engine_says_so() -> None:
    crowd = Crowd()
    crowd.move([LISTENER], [])
    crowd.put_out(LISTENER)
    crowd.let_in(LISTENER, "a", after(1))
    crowd.move([], [LISTENER])
    assert crowd.people() == frozenset()


def test_whoever_comes_back_after_the_engine_saw_them_leave_is_awaited_as_before() -> None:
    crowd = Crowd()
    crowd.move([LISTENER], [])
    crowd.put_out(LISTENER)
    crowd.move([], [LISTENER])
    crowd.let_in(LISTENER, "a", after(3))
    assert crowd.people() == frozenset()
    crowd.move([LISTENER], [])
    assert crowd.people() == {LISTENER}
