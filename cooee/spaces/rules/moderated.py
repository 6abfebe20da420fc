"""What follows in a Space from what the site's moderators decide: nobody in the room outranks them."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.events import Ended, ModeratorLetIn, ModeratorLetOut, Removed, RequestWithdrawn, Unseated
from cooee.spaces.rules import Events
from cooee.spaces.rules.stage import WithdrawCohost
from cooee.spaces.state import Space


@dataclass(frozen=True, slots=True)
class TakenDown:
    """The Space is not to go on."""

    def conclude(self, space: Space, now: datetime) -> Events:
        return (Ended(now, "moderated"),)


@dataclass(frozen=True, slots=True)
class LookedInto:
    """A moderator looks into the room upon a report: before the eyes of all, and for as long as the Space lasts."""

    moderator: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        return () if self.moderator in space.moderators else (ModeratorLetIn(self.moderator),)


@dataclass(frozen=True, slots=True)
class ModeratesNoLonger:
    """Somebody who looked into the room is no moderator any more: they are put out, unless they `may_stay` anyway."""

    person: PersonId
    may_stay: bool

    def conclude(self, space: Space, now: datetime) -> Events:
        if self.person not in space.moderators:
            return ()
        stays = self.may_stay or self.person in (space.owner, space.host)
        return (ModeratorLetOut(self.person), *(() if stays else (Removed(self.person),)))


@dataclass(frozen=True, slots=True)
class NoHost:
    """This person may not host: their Space ends, and so does one that was passed to them. A co-host, who may become
    host, is a speaker again."""

    person: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        return _ended(space, self.person, now) or WithdrawCohost(self.person).withdrawn(space)


@dataclass(frozen=True, slots=True)
class Silenced:
    """This person may not speak: they leave the stage and the queue. A host cannot, so the Space ends."""

    person: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        if hosted := _ended(space, self.person, now):
            return hosted
        seat: Events = (Unseated(self.person, "moved"),) if space.seat(self.person) else ()
        request: Events = (RequestWithdrawn(self.person),) if space.request(self.person) else ()
        return (*seat, *request)


@dataclass(frozen=True, slots=True)
class ShutOut:
    """This person has no business here any more: they are put out, and their Space ends."""

    person: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        if hosted := _ended(space, self.person, now):
            return hosted
        return () if self.person in space.banned else (Removed(self.person),)


def _ended(space: Space, person: PersonId, now: datetime) -> Events:
    return (Ended(now, "moderated"),) if person in (space.owner, space.host) else ()
