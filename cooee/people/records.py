"""People as they are stored."""

from dataclasses import dataclass
from datetime import datetime

from cooee.people.ids import DemoPart, PersonId


@dataclass(frozen=True)
class PersonRecord:
    """A row of `people`, without the password."""

    id: PersonId
    username: str
    display_name: str
    bio: str
    language: str
    picture: str | None
    admin: bool
    demo: DemoPart | None
    created_at: datetime
    followers: int
    following: int
    protected: bool = False
    deleting_at: datetime | None = None
    """From when the account is to be erased; whoever has one is hidden from everybody."""
    zone: str | None = None
    """The IANA time zone in which they read what time it is, if it is known."""
    suspended_until: datetime | None = None
    """Moderators have suspended the account; whoever has one is hidden, but their page says why."""

    @property
    def there(self) -> bool:
        """Neither about to be erased nor suspended: `relations.there` of one person."""
        return self.deleting_at is None and self.suspended_until is None


@dataclass(frozen=True)
class Paired:
    """One line of a list of people, and since when they stand in it."""

    person_id: PersonId
    since: datetime
