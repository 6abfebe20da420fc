"""What may be reported, and what moderators may decide. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from cooee.moderation.errors import (
    CaseDecided,
    NothingToEnter,
    NothingToGiveBack,
    NothingToRemove,
    OutOfReach,
    OwnCase,
)
from cooee.people.ids import PersonId

About = Literal["person", "post", "message", "room_message", "space"]
Reason = Literal["self_harm", "violence", "sexual", "child_safety", "private_information", "abuse", "spam", "other"]
Decision = Literal["dismiss", "remove", "give_back", "suspend_hosting", "suspend_speaking", "suspend"]
Sanction = Literal["hosting", "speaking", "account"]
Rank = Literal["member", "moderator", "administrator"]

REASONS: tuple[Reason, ...] = get_args(Reason)
DECISIONS: tuple[Decision, ...] = get_args(Decision)

_SANCTIONS: dict[Decision, Sanction] = {
    "suspend_hosting": "hosting",
    "suspend_speaking": "speaking",
    "suspend": "account",
}
_HEIGHT: dict[Rank, int] = {"member": 0, "moderator": 1, "administrator": 2}
FOR_GOOD = timedelta(days=365 * 100)
"""A suspension without an end."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is about, as a decision needs to know it."""

    about: About
    subject: str
    person: PersonId
    """Whose it is: the author, the host, or the person."""
    there: bool
    """Whether what was reported is still there to be removed."""
    decided: bool
    reporters: frozenset[PersonId]
    rank: Rank
    """Of whose it is."""
    payers: int = 0
    """How many have paid the person for the Space of the case, which is over and not paid out."""


@dataclass(frozen=True, slots=True)
class Judge:
    """Who decides."""

    person: PersonId
    rank: Rank


@dataclass(frozen=True, slots=True)
class Removal:
    """The thing itself goes."""

    about: About
    subject: str


@dataclass(frozen=True, slots=True)
class Suspension:
    """The person may not do something until then."""

    person: PersonId
    sanction: Sanction
    until: datetime


@dataclass(frozen=True, slots=True)
class GiveBack:
    """What people paid the person for the Space of the case goes back to them."""

    person: PersonId


def may_enter(matter: Matter, judge: Judge, *, leads_in: bool) -> None:
    """Whether a moderator may enter the Space of a case; `leads_in`: it is live, and a reporter knows of it.

    Raises:
        CaseDecided, OwnCase, NothingToEnter
    """
    if matter.decided:
        raise CaseDecided
    if judge.person == matter.person or judge.person in matter.reporters:
        raise OwnCase
    if not leads_in:
        raise NothingToEnter


Effect = Removal | GiveBack | Suspension


def decide(
    matter: Matter, decision: Decision, days: int | None, judge: Judge, now: datetime, *, give_back: bool = False
) -> tuple[Effect, ...]:
    """What follows from a decision; from dismissing, nothing. `give_back`: what was paid goes back besides.

    Raises:
        CaseDecided, OwnCase, OutOfReach, NothingToRemove, NothingToGiveBack
    """
    if matter.decided:
        raise CaseDecided
    if judge.person == matter.person or judge.person in matter.reporters:
        raise OwnCase
    if decision == "dismiss":
        return ()
    if _HEIGHT[matter.rank] >= _HEIGHT[judge.rank]:
        raise OutOfReach
    if (give_back or decision == "give_back") and not matter.payers:
        raise NothingToGiveBack
    effects: list[Effect] = []
    if decision == "remove":
        if matter.about == "person" or not matter.there:
            raise NothingToRemove
        effects.append(Removal(matter.about, matter.subject))
    elif decision != "give_back":
        until = now + (timedelta(days=days) if days else FOR_GOOD)
        effects.append(Suspension(matter.person, _SANCTIONS[decision], until))
    # Whoever has paid for what is removed has it no more.
    removed = decision == "remove" and matter.about == "space" and matter.payers > 0
    if give_back or removed or decision == "give_back":
        effects.append(GiveBack(matter.person))
    return tuple(effects)
