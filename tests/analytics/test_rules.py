"""How listening is counted, and what the counts of several nodes say together; a month in a second."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.analytics import rules
from cooee.analytics.rules import MINUTE, SLOTS, Count, Span

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
S = timedelta(seconds=1)


def most(**slots: int) -> tuple[int, ...]:
    """`s0=3`: three in the first five seconds."""
    return tuple(slots.get(f"s{slot}", 0) for slot in range(SLOTS))


def test_listening_is_counted_in_the_minutes_in_which_it_was() -> None:
    counted = rules.listened(2, NOON + 58 * S, NOON + 64 * S)
    assert counted == {
        NOON: Count(2 * 2000, most(s11=2)),
        NOON + MINUTE: Count(2 * 4000, most(s0=2)),
    }


@pytest.mark.parametrize(("listeners", "until"), [(0, NOON + 60 * S), (3, NOON), (3, NOON - S)])
def test_nobody_and_no_time_count_nothing(listeners: int, until: datetime) -> None:
    assert rules.listened(listeners, NOON, until) == {}


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(1, 90_000)), max_size=30), st.integers(0, 120_000))
def test_no_moment_of_listening_is_lost_or_counted_twice(looks: list[tuple[int, int]], begin: int) -> None:
    at = NOON + begin * timedelta(milliseconds=1)
    minutes: dict[datetime, Count] = {}
    for listeners, lasted in looks:
        until = at + lasted * timedelta(milliseconds=1)
        for minute, more in rules.listened(listeners, at, until).items():
            minutes[minute] = rules.later(minutes.get(minute, Count()), more)
        at = until
    sums = rules.totals(minutes)
    assert sums.listened_ms == sum(listeners * lasted for listeners, lasted in looks)
    assert sums.peak == max((listeners for listeners, _ in looks), default=0)


def test_a_space_that_moves_from_node_to_node_within_a_minute_is_one_space() -> None:
    here = rules.listened(7, NOON, NOON + 30 * S)[NOON]
    there = rules.listened(7, NOON + 30 * S, NOON + 60 * S)[NOON]
    together = rules.summed([(NOON, here), (NOON, there)])
    sums = rules.totals(together)
    assert (sums.peak, sums.listened_ms) == (7, 7 * 60_000)


def test_listeners_of_several_nodes_at_a_time_are_summed_before_the_peak_is_taken() -> None:
    here = rules.later(
        rules.listened(5, NOON, NOON + 5 * S)[NOON], rules.listened(1, NOON + 5 * S, NOON + 60 * S)[NOON]
    )
    there = rules.later(
        rules.listened(1, NOON, NOON + 30 * S)[NOON], rules.listened(4, NOON + 30 * S, NOON + 60 * S)[NOON]
    )
    sums = rules.totals(rules.summed([(NOON, here), (NOON, there)]))
    assert (sums.peak, sums.peak_at) == (6, NOON)
    assert max(here.most) + max(there.most) == 9


def test_reactions_of_all_nodes_and_minutes_are_summed() -> None:
    one = Count().reacted("💜").reacted("💜").reacted("👏")
    sums = rules.totals(rules.summed([(NOON, one), (NOON, one), (NOON + MINUTE, Count().reacted("👏"))]))
    assert sums.reactions == {"💜": 4, "👏": 3}


def test_the_chart_begins_with_the_space_and_shows_silence_too() -> None:
    span = Span(NOON + 30 * S, NOON + 150 * S)
    minutes = rules.listened(4, NOON + 30 * S, NOON + 60 * S) | rules.listened(2, NOON + 120 * S, NOON + 150 * S)
    points = rules.over_time(minutes, span)
    assert [(point.at, point.average, point.most) for point in points] == [
        (NOON, 4.0, 4),
        (NOON + MINUTE, 0.0, 0),
        (NOON + 2 * MINUTE, 2.0, 2),
    ]


def test_a_space_that_has_just_begun_has_one_point() -> None:
    (point,) = rules.over_time({}, Span(NOON, NOON))
    assert (point.at, point.average) == (NOON, 0.0)


@given(st.integers(0, 60 * 24 * 30), st.integers(0, 59))
def test_a_space_of_any_length_has_a_chart_that_can_be_read(minutes: int, seconds: int) -> None:
    span = Span(NOON + seconds * S, NOON + seconds * S + minutes * MINUTE)
    points = rules.over_time({}, span, rules.step_of(span))
    assert 1 <= len(points) <= 182
    assert all(earlier.at < after.at for earlier, after in pairwise(points))
    assert sum(point.lasted_ms for point in points) == (span.until - span.began) // timedelta(milliseconds=1)


@given(st.dictionaries(st.integers(0, 600), st.integers(1, 30), max_size=40), st.sampled_from([2, 5, 10, 60]))
def test_wider_steps_show_the_same_listening(by_minute: dict[int, int], step: int) -> None:
    minutes = {NOON + at * MINUTE: Count(count * 60_000, most(s3=count)) for at, count in by_minute.items()}
    span = Span(NOON, NOON + 601 * MINUTE)
    fine, wide = rules.over_time(minutes, span), rules.over_time(minutes, span, step)
    assert sum(point.listened_ms for point in wide) == sum(point.listened_ms for point in fine)
    assert max(point.most for point in wide) == max(point.most for point in fine)
