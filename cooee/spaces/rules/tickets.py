"""What follows in a Space from tickets: who needs one, and who loses it."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import PersonId
from cooee.spaces.events import TicketTaken
from cooee.spaces.rules import Events
from cooee.spaces.state import Space


def needs_ticket(space: Space, person: PersonId | None) -> bool:
    """Whether this person comes in with a ticket only, if there are tickets; `None` is a guest.

    The hosts do not, nor whoever is on stage or was invited there, nor moderators of the site.
    """
    if person is None:
        return True
    invited = space.seat(person) is not None or space.invitation(person) is not None or person in space.moderators
    return not invited and person != space.owner and person not in space.hosts()


@dataclass(frozen=True, slots=True)
class TicketGone:
    """Somebody's ticket was given back or is void."""

    person: PersonId

    def conclude(self, space: Space, now: datetime) -> Events:
        if self.person in space.banned or not needs_ticket(space, self.person):
            return ()
        return (TicketTaken(self.person),)
