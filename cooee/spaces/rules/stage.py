"""Coming on stage by invitation, leaving it, and the co-hosts."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.errors import CohostsFull, HostCannotStepDown, InvitationsFull, NoInvitation
from cooee.spaces.events import (
    CohostNamed,
    CohostWithdrawn,
    InvitationDeclined,
    InvitationWithdrawn,
    Invited,
    Unseated,
)
from cooee.spaces.rules import Events
from cooee.spaces.rules.authority import as_host, as_hosts, not_removed, over, seated
from cooee.spaces.state import MAX_COHOSTS, MAX_INVITATIONS, Space


@dataclass(frozen=True, slots=True)
class Invite:
    """Offers a seat; whoever is asking for one anyway gets it."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        not_removed(space, self.person)
        if space.seat(self.person) is not None or space.invitation(self.person) is not None:
            return ()
        if space.request(self.person) is not None:
            return (seated(space, self.person, now, by_a_host=True),)
        return (_offered(space, self.person, cohost=False),)


@dataclass(frozen=True, slots=True)
class TakeBackInvitation:
    """Takes back the offer of a seat; that of a co-host's only by the host, who made it."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_hosts(space, actor)
        invitation = space.invitation(self.person)
        if invitation is None:
            return ()
        if invitation.cohost:
            as_host(space, actor)
        return (InvitationWithdrawn(self.person),)


@dataclass(frozen=True, slots=True)
class AcceptInvitation:
    """Takes the offered seat. Whoever is on stage already has accepted."""

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if space.seat(actor) is not None:
            return ()
        invitation = space.invitation(actor)
        if invitation is None:
            raise NoInvitation
        seating = seated(space, actor, now, by_a_host=True)
        return (seating, CohostNamed(actor)) if invitation.cohost else (seating,)


@dataclass(frozen=True, slots=True)
class DeclineInvitation:
    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        return (InvitationDeclined(actor),) if space.invitation(actor) else ()


@dataclass(frozen=True, slots=True)
class StepDown:
    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        if actor == space.host:
            raise HostCannotStepDown
        return (Unseated(actor, "stepped_down"),) if space.seat(actor) else ()


@dataclass(frozen=True, slots=True)
class MoveToAudience:
    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        over(space, actor, self.person)
        return (Unseated(self.person, "moved"),) if space.seat(self.person) else ()


@dataclass(frozen=True, slots=True)
class NameCohost:
    """Somebody on stage becomes co-host; somebody in the audience is offered a co-host's seat, to take or not."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        not_removed(space, self.person)
        offer = space.invitation(self.person)
        if self.person in space.hosts() or (offer is not None and offer.cohost):
            return ()
        offered = sum(invitation.cohost for invitation in space.invitations)
        if len(space.cohosts) + offered >= MAX_COHOSTS:
            raise CohostsFull
        if space.seat(self.person) is not None:
            return (CohostNamed(self.person),)
        return (_offered(space, self.person, cohost=True),)


@dataclass(frozen=True, slots=True)
class WithdrawCohost:
    """A co-host is a speaker again; an offer of a co-host's seat is taken back."""

    person: PersonId

    def decide(self, space: Space, actor: PersonId, now: datetime) -> Events:
        as_host(space, actor)
        return self.withdrawn(space)

    def withdrawn(self, space: Space) -> Events:
        """The same, whoever is to blame."""
        if self.person in space.cohosts:
            return (CohostWithdrawn(self.person),)
        offer = space.invitation(self.person)
        return (InvitationWithdrawn(self.person),) if offer is not None and offer.cohost else ()


def _offered(space: Space, person: PersonId, *, cohost: bool) -> Invited:
    if space.invitation(person) is None and len(space.invitations) >= MAX_INVITATIONS:
        raise InvitationsFull
    return Invited(person, cohost)
