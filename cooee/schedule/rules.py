"""What may become of a scheduled Space: `(scheduled, command, actor, now) → scheduled or a refusal`. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from cooee.people.ids import PersonId
from cooee.schedule.errors import AlreadyStarted
from cooee.schedule.state import Scheduled
from cooee.spaces.ahead import CancelReason, When
from cooee.spaces.errors import HostOnly, ProtectedHost, SpaceCanceled, StartNotPossible, TooManyScheduled
from cooee.spaces.rules.gates import Candidate, HostingGate, Plan, check_host
from cooee.spaces.state import Audience, Policy, SpaceId


@dataclass(frozen=True, slots=True)
class Horizon:
    """How many Spaces one host may have ahead, and how far."""

    most: int = 10
    furthest: timedelta = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Change:
    """What is not None is set."""

    title: str | None = None
    topics: tuple[str, ...] | None = None
    language: str | None = None
    policy: Policy | None = None
    audience: Audience | None = None
    guests: bool | None = None
    record: bool | None = None
    at: datetime | None = None
    zone: str | None = None


@dataclass(frozen=True, slots=True)
class Name:
    """Under what a new scheduled Space is kept."""

    id: SpaceId
    serial: str


def schedule(
    name: Name,
    host: Candidate,
    plan: Plan,
    when: When,
    *,
    ahead: int,
    gate: HostingGate,
    horizon: Horizon,
    now: datetime,
) -> Scheduled:
    """A new one; `ahead` is how many the host has already.

    Raises:
        CannotHostYet, ProtectedHost, TooManyScheduled, StartNotPossible
    """
    check_host(gate, host, plan.audience)
    if ahead >= horizon.most:
        raise TooManyScheduled(horizon.most)
    _check_time(when.at, horizon, now)
    return Scheduled(name.id, name.serial, host.person, plan, when, made_at=now, changed_at=now)


def change(
    scheduled: Scheduled, wanted: Change, actor: PersonId, *, protected: bool, horizon: Horizon, now: datetime
) -> Scheduled:
    """As the host wants it; the same object if nothing changes.

    Raises:
        HostOnly, AlreadyStarted, SpaceCanceled, ProtectedHost, StartNotPossible
    """
    _as_host(scheduled, actor)
    plan = _planned(scheduled.plan, wanted)
    when = When(wanted.at or scheduled.when.at, wanted.zone or scheduled.when.zone)
    if (plan, when) == (scheduled.plan, scheduled.when):
        return scheduled
    if protected and plan.audience == "public":
        raise ProtectedHost
    if when.at != scheduled.when.at:
        _check_time(when.at, horizon, now)
    return replace(scheduled, plan=plan, when=when, sequence=scheduled.sequence + 1, changed_at=now)


def cancel(scheduled: Scheduled, actor: PersonId, now: datetime) -> Scheduled:
    """Taken back by its host.

    Raises:
        HostOnly, AlreadyStarted, SpaceCanceled
    """
    _as_host(scheduled, actor)
    return canceled(scheduled, "host", now)


def start(scheduled: Scheduled, actor: PersonId, now: datetime) -> Scheduled:
    """It begins: early, on time or late.

    Raises:
        HostOnly, AlreadyStarted, SpaceCanceled
    """
    _as_host(scheduled, actor)
    return replace(scheduled, state="started", changed_at=now)


def lapse(scheduled: Scheduled, now: datetime) -> Scheduled:
    """What time makes of it: nobody started it for so long that nobody waits any more."""
    if scheduled.state == "scheduled" and now >= scheduled.lapses_at:
        return canceled(scheduled, "lapsed", now)
    return scheduled


def canceled(scheduled: Scheduled, reason: CancelReason, now: datetime) -> Scheduled:
    """It does not take place."""
    return replace(scheduled, state="canceled", reason=reason, sequence=scheduled.sequence + 1, changed_at=now)


def check_open(scheduled: Scheduled) -> None:
    """Raises `AlreadyStarted` or `SpaceCanceled` unless it is still ahead."""
    if scheduled.state == "started":
        raise AlreadyStarted
    if scheduled.state == "canceled":
        raise SpaceCanceled(scheduled.reason)


def _as_host(scheduled: Scheduled, actor: PersonId) -> None:
    if actor != scheduled.host:
        raise HostOnly
    check_open(scheduled)


def _check_time(at: datetime, horizon: Horizon, now: datetime) -> None:
    if not now <= at <= now + horizon.furthest:
        raise StartNotPossible(now + horizon.furthest)


def _planned(plan: Plan, wanted: Change) -> Plan:
    changes = {
        name: value
        for name in ("title", "topics", "language", "policy", "audience", "guests", "record")
        if (value := getattr(wanted, name)) is not None
    }
    return replace(plan, **changes)
