"""Inviting people by message: who may, how many, and whom it lets into a room that is closed to others."""

import math
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from cooee.people.ids import PersonId
from cooee.spaces.errors import HostsOnly, SpaceInvitationsUsedUp, SpaceLocked, TooManyInvitations
from cooee.spaces.events import Admitted
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import not_removed
from cooee.spaces.state import Space

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class InvitationLimits:
    """How many people somebody may invite by message."""

    per_space: int
    new_account_age: timedelta
    new_account_per_day: int


@dataclass(frozen=True, slots=True)
class Admit:
    """Invites somebody by message. Where a room is closed to others, the hosts alone do, and it opens it to them."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        may_pass_on(space, actor)
        not_removed(space, self.person)
        return (Admitted(self.person),) if _is_closed(space) and self.person not in space.admitted else ()


def may_pass_on(space: Space, actor: PersonId) -> None:
    """Whether the actor may invite at all: into an open room, everybody.

    Raises:
        HostsOnly, SpaceLocked
    """
    if space.role(actor) in ("host", "cohost"):
        return
    if space.audience == "invited":
        raise HostsOnly
    if space.locked:
        raise SpaceLocked


def check_left_in_space(limits: InvitationLimits, used: int, wanted: int) -> None:
    """Whether somebody who has invited `used` people into this Space may invite `wanted` more.

    Raises:
        SpaceInvitationsUsedUp
    """
    left = max(0, limits.per_space - used)
    if wanted > left:
        raise SpaceInvitationsUsedUp(left)


def check_new_account(
    limits: InvitationLimits, joined: datetime, invited: Collection[datetime], wanted: int, now: datetime
) -> None:
    """Whether somebody who joined then may invite `wanted` more; `invited`: when they did within the last day.

    Raises:
        TooManyInvitations
    """
    grown_up = joined + limits.new_account_age
    left = limits.new_account_per_day - len(invited)
    if now >= grown_up or wanted <= left:
        return
    # So many of the oldest have to be a day ago before `wanted` more are allowed.
    missing = wanted - left
    oldest = sorted(invited)
    free_at = oldest[missing - 1] + DAY if missing <= len(oldest) else grown_up
    wait = min(free_at, grown_up) - now
    raise TooManyInvitations(max(0, left), max(1, math.ceil(wait.total_seconds())))


def _is_closed(space: Space) -> bool:
    return space.audience == "invited" or space.locked
