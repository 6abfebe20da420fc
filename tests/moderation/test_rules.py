"""What moderators may decide: tables and properties."""

from contextlib import nullcontext
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.errors import Refusal
from cooee.moderation.errors import (
    CaseDecided,
    NothingToEnter,
    NothingToGiveBack,
    NothingToRemove,
    OutOfReach,
    OwnCase,
)
from cooee.moderation.rules import (
    DECISIONS,
    FOR_GOOD,
    About,
    Decision,
    Effect,
    GiveBack,
    Judge,
    Matter,
    Rank,
    Removal,
    Suspension,
    decide,
    may_enter,
)
from cooee.people.ids import PersonId

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
THEM, REPORTER, JUDGE = PersonId("1"), PersonId("2"), PersonId("3")


def matter(
    about: About = "post",
    *,
    there: bool = True,
    decided: bool = False,
    rank: Rank = "member",
    person: PersonId = THEM,
    reporters: frozenset[PersonId] = frozenset({REPORTER}),
    payers: int = 0,
) -> Matter:
    return Matter(about, "7", person, there, decided, reporters, rank, payers)


MODERATOR = Judge(JUDGE, "moderator")
ADMINISTRATOR = Judge(JUDGE, "administrator")


@pytest.mark.parametrize(
    ("of", "decision", "days", "follows"),
    [
        (matter("post"), "dismiss", None, ()),
        (matter("person"), "dismiss", None, ()),
        (matter("post"), "remove", None, (Removal("post", "7"),)),
        (matter("message"), "remove", None, (Removal("message", "7"),)),
        (matter("space"), "remove", None, (Removal("space", "7"),)),
        (matter("space"), "suspend_hosting", 7, (Suspension(THEM, "hosting", NOW + timedelta(days=7)),)),
        (matter("space"), "suspend_speaking", 1, (Suspension(THEM, "speaking", NOW + timedelta(days=1)),)),
        (matter("person"), "suspend", None, (Suspension(THEM, "account", NOW + FOR_GOOD),)),
        (matter("post", there=False), "suspend", 30, (Suspension(THEM, "account", NOW + timedelta(days=30)),)),
        # A Space that is over, and not paid out.
        (matter("space", payers=2), "remove", None, (Removal("space", "7"), GiveBack(THEM))),
        (matter("room_message", payers=2), "remove", None, (Removal("room_message", "7"),)),
        (matter("space", payers=2, there=False), "give_back", None, (GiveBack(THEM),)),
        (matter("space", payers=2), "suspend", 1, (Suspension(THEM, "account", NOW + timedelta(days=1)),)),
        (matter("space", payers=2), "dismiss", None, ()),
    ],
)
def test_what_follows_from_a_decision(
    of: Matter, decision: Decision, days: int | None, follows: tuple[Effect, ...]
) -> None:
    assert decide(of, decision, days, MODERATOR, NOW) == follows


@pytest.mark.parametrize(
    ("decision", "follows"),
    [
        ("suspend_hosting", (Suspension(THEM, "hosting", NOW + FOR_GOOD), GiveBack(THEM))),
        ("remove", (Removal("room_message", "7"), GiveBack(THEM))),
        ("give_back", (GiveBack(THEM),)),
        ("dismiss", ()),
    ],
)
def test_with_whatever_is_decided_against_a_host_the_money_may_go_back(
    decision: Decision, follows: tuple[Effect, ...]
) -> None:
    of = matter("room_message", payers=1)
    assert decide(of, decision, None, MODERATOR, NOW, give_back=True) == follows
    if follows:
        with pytest.raises(NothingToGiveBack):
            decide(matter("room_message"), decision, None, MODERATOR, NOW, give_back=True)


@pytest.mark.parametrize(
    ("of", "decision", "judge", "refusal"),
    [
        (matter(decided=True), "dismiss", MODERATOR, CaseDecided),
        (matter(person=JUDGE), "dismiss", MODERATOR, OwnCase),
        (matter(person=JUDGE), "dismiss", ADMINISTRATOR, OwnCase),
        (matter(reporters=frozenset({REPORTER, JUDGE})), "dismiss", MODERATOR, OwnCase),
        (matter(rank="moderator"), "remove", MODERATOR, OutOfReach),
        (matter(rank="administrator"), "suspend", ADMINISTRATOR, OutOfReach),
        (matter(rank="administrator"), "suspend", MODERATOR, OutOfReach),
        (matter("person"), "remove", MODERATOR, NothingToRemove),
        (matter("post", there=False), "remove", MODERATOR, NothingToRemove),
    ],
)
def test_what_nobody_may_decide(of: Matter, decision: Decision, judge: Judge, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        decide(of, decision, None, judge, NOW)


@pytest.mark.parametrize(
    ("of", "leads_in", "refusal"),
    [
        (matter("space"), True, None),
        (matter("person"), True, None),
        (matter("space"), False, NothingToEnter),
        (matter("space", decided=True), True, CaseDecided),
        (matter("space", person=JUDGE), True, OwnCase),
        (matter("space", reporters=frozenset({JUDGE})), True, OwnCase),
    ],
)
def test_a_moderator_enters_a_space_upon_the_open_report_of_somebody_else_alone(
    of: Matter, leads_in: bool, refusal: type[Refusal] | None
) -> None:
    with pytest.raises(refusal) if refusal else nullcontext():
        may_enter(of, MODERATOR, leads_in=leads_in)


def test_an_administrator_decides_on_a_moderator() -> None:
    assert decide(matter(rank="moderator"), "suspend", 1, ADMINISTRATOR, NOW)


RANKS: tuple[Rank, ...] = ("member", "moderator", "administrator")
MATTERS = st.builds(
    Matter,
    st.sampled_from(("person", "post", "message", "space")),
    st.just("7"),
    st.sampled_from((THEM, JUDGE)),
    st.booleans(),
    st.booleans(),
    st.frozensets(st.sampled_from((REPORTER, JUDGE))),
    st.sampled_from(RANKS),
    st.integers(0, 1),
)


@given(MATTERS, st.sampled_from(DECISIONS), st.none() | st.integers(1, 3650), st.sampled_from(RANKS[1:]))
def test_nobody_is_judged_by_themselves_or_from_below(
    of: Matter, decision: Decision, days: int | None, rank: Rank
) -> None:
    try:
        effects = decide(of, decision, days, Judge(JUDGE, rank), NOW)
    except Refusal:
        return
    assert not of.decided
    assert JUDGE not in {of.person, *of.reporters}
    assert not effects or RANKS.index(of.rank) < RANKS.index(rank)
    assert (decision == "dismiss") == (effects == ())
    assert all(
        effect.person == of.person and effect.until > NOW for effect in effects if isinstance(effect, Suspension)
    )
