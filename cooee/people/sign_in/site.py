"""The operator's pages (terms, privacy, contact) and the minimum age."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from sqlalchemy import Connection, delete, insert, select

from cooee.kit import facts
from cooee.people.ids import PersonId
from cooee.people.sign_in.errors import AgreementNeeded
from cooee.people.sign_in.site_tables import agreements, site_pages

PageName = Literal["terms", "privacy", "contact"]
PAGES: Final[tuple[PageName, ...]] = get_args(PageName)

_MINIMUM_AGE: Final = "minimum_age"


@dataclass(frozen=True)
class Written:
    """A page of the operator's."""

    text: str
    changed_at: datetime


def page(tx: Connection, name: PageName) -> Written | None:
    """A page, if the operator has written it."""
    query = select(site_pages.c.text, site_pages.c.changed_at).where(site_pages.c.name == name)
    row = tx.execute(query).one_or_none()
    return row and Written(*row)


def write(tx: Connection, name: PageName, text: str, now: datetime) -> None:
    """Writes a page in place of what was there; without text there is none."""
    tx.execute(delete(site_pages).where(site_pages.c.name == name))
    if text:
        tx.execute(insert(site_pages).values(name=name, text=text, changed_at=now))


def written(tx: Connection) -> list[PageName]:
    """The pages that there are, in their usual order."""
    found = set(tx.execute(select(site_pages.c.name)).scalars())
    return [name for name in PAGES if name in found]


def minimum_age(tx: Connection) -> int | None:
    """How old one has to be to sign up, if the operator said so."""
    age = facts.fact(tx, _MINIMUM_AGE)
    return int(age) if age else None


def set_minimum_age(tx: Connection, age: int | None) -> None:
    """Says how old one has to be to sign up; None: nobody asks."""
    if age is None:
        facts.forget(tx, _MINIMUM_AGE)
    else:
        facts.write_down(tx, _MINIMUM_AGE, str(age))


def require_agreement(tx: Connection, *, agrees: bool, old_enough: bool) -> None:
    """Says no to whoever does not agree to what one has to agree to here.

    Raises:
        AgreementNeeded
    """
    terms = page(tx, "terms") is not None and not agrees
    age = minimum_age(tx) is not None and not old_enough
    if terms or age:
        raise AgreementNeeded(terms=terms, age=age)


def note_agreement(tx: Connection, person: PersonId, now: datetime) -> None:
    """Remembers when somebody agreed, where there was anything to agree to."""
    if page(tx, "terms") is not None or minimum_age(tx) is not None:
        tx.execute(insert(agreements).values(person_id=person, agreed_at=now))
