"""What may become of a scheduled Space, by tables and for any order of commands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.schedule import rules
from cooee.schedule.errors import AlreadyStarted
from cooee.schedule.rules import Change, Horizon, Name
from cooee.schedule.state import LAPSES_AFTER, Scheduled
from cooee.spaces.ahead import When
from cooee.spaces.errors import (
    CannotHostYet,
    HostOnly,
    ProtectedHost,
    SpaceCanceled,
    StartNotPossible,
    TooManyScheduled,
)
from cooee.spaces.rules.gates import Candidate, HostingGate, Plan
from cooee.spaces.state import SpaceId

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOST, OTHER = PersonId("1"), PersonId("2")
HORIZON = Horizon()


def scheduled(
    *, at: datetime = NOW + timedelta(days=1), ahead: int = 0, followers: int = 600, protected: bool = False
) -> Scheduled:
    return rules.schedule(
        Name(SpaceId("0000000000001"), "1"),
        Candidate(HOST, followers, admin=False, protected=protected),
        Plan(title="Tea"),
        When(at, "Europe/Istanbul"),
        ahead=ahead,
        gate=HostingGate(),
        horizon=HORIZON,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"followers": 599}, CannotHostYet),
        ({"protected": True}, ProtectedHost),
        ({"ahead": 10}, TooManyScheduled),
        ({"at": NOW - timedelta(milliseconds=1)}, StartNotPossible),
        ({"at": NOW + timedelta(days=30, milliseconds=1)}, StartNotPossible),
    ],
)
def test_what_cannot_be_scheduled(wrong: dict[str, object], refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        scheduled(**wrong)  # type: ignore[arg-type]  # of the table


@pytest.mark.parametrize("at", [NOW, NOW + timedelta(days=30)])
def test_the_first_and_the_last_moment_can_be_had(at: datetime) -> None:
    assert scheduled(at=at, ahead=9).when.at == at


@pytest.mark.parametrize(
    ("state", "refusal"), [("started", AlreadyStarted), ("canceled", SpaceCanceled)], ids=["started", "canceled"]
)
def test_what_is_no_longer_ahead_stays_as_it_is(state: str, refusal: type[Refusal]) -> None:
    over = replace(scheduled(), state=state)  # type: ignore[arg-type]  # of the table
    with pytest.raises(refusal):
        rules.change(over, Change(title="Coffee"), HOST, protected=False, horizon=HORIZON, now=NOW)
    with pytest.raises(refusal):
        rules.cancel(over, HOST, NOW)
    with pytest.raises(refusal):
        rules.start(over, HOST, NOW)
    assert rules.lapse(over, NOW + timedelta(days=365)) is over


def test_nobody_but_the_host_decides() -> None:
    with pytest.raises(HostOnly):
        rules.change(scheduled(), Change(title="Mine"), OTHER, protected=False, horizon=HORIZON, now=NOW)
    with pytest.raises(HostOnly):
        rules.cancel(scheduled(), OTHER, NOW)
    with pytest.raises(HostOnly):
        rules.start(scheduled(), OTHER, NOW)


def test_who_asks_for_what_is_so_already_changes_nothing() -> None:
    before = scheduled()
    after = rules.change(before, Change(title="Tea"), HOST, protected=False, horizon=HORIZON, now=NOW)
    assert after is before


def test_a_protected_host_does_not_open_it_to_all() -> None:
    hidden = replace(scheduled(), plan=Plan(title="Tea", audience="unlisted"))
    with pytest.raises(ProtectedHost):
        rules.change(hidden, Change(audience="public"), HOST, protected=True, horizon=HORIZON, now=NOW)


def test_a_late_start_is_possible_until_it_lapses() -> None:
    one = scheduled()
    last = one.when.at + LAPSES_AFTER
    assert rules.lapse(one, last - timedelta(milliseconds=1)) is one
    assert rules.start(one, HOST, last - timedelta(milliseconds=1)).state == "started"
    lapsed = rules.lapse(one, last)
    assert (lapsed.state, lapsed.reason) == ("canceled", "lapsed")


@given(st.lists(st.sampled_from(["title", "move", "cancel", "start", "lapse"]), max_size=20), st.data())
def test_whatever_is_done_the_sequence_counts_it_and_an_end_is_an_end(deeds: list[str], data: st.DataObject) -> None:
    one, now = scheduled(), NOW
    for deed in deeds:
        before = one
        now += timedelta(minutes=data.draw(st.integers(0, 5000)))
        try:
            match deed:
                case "title":
                    wanted = Change(title=data.draw(st.sampled_from(["Tea", "Coffee"])))
                    one = rules.change(one, wanted, HOST, protected=False, horizon=HORIZON, now=now)
                case "move":
                    wanted = Change(at=now + timedelta(minutes=data.draw(st.integers(-60, 60))))
                    one = rules.change(one, wanted, HOST, protected=False, horizon=HORIZON, now=now)
                case "cancel":
                    one = rules.cancel(one, HOST, now)
                case "start":
                    one = rules.start(one, HOST, now)
                case _:
                    one = rules.lapse(one, now)
        except Refusal:
            assert one is before
        if before.state != "scheduled":
            assert one is before
        seen_by_calendars = (one.plan, one.when, one.reason) != (before.plan, before.when, before.reason)
        assert one.sequence == before.sequence + seen_by_calendars
