"""A small community to look at: people, posts, and a live Space in which recorded voices talk."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection

from cooee.demo import community
from cooee.demo.settle import people
from cooee.kit import facts
from cooee.kit.db import Database
from cooee.people import following, store
from cooee.people.ids import PersonId

MARK = "demo"
"""The fact by which a database is known to hold a demo."""


class NotEmpty(Exception):
    """The database holds a community of its own: a demo does not move in with it."""


def is_demo(tx: Connection) -> bool:
    """Whether the database holds a demo."""
    return facts.fact(tx, MARK) is not None


def check(tx: Connection) -> None:
    """Lets a demo into an empty database, or into its own.

    Raises:
        NotEmpty: somebody lives here who is not of a demo.
    """
    if not is_demo(tx) and store.anybody(tx):
        raise NotEmpty("COOEE_DEMO=1 needs an empty database, or one that holds a demo already.")


def settle_in(tx: Connection, now: datetime) -> dict[str, PersonId]:
    """Makes the demo's community if it is not there yet; everybody's ids by username, but the crowd's.

    Raises:
        NotEmpty: somebody lives here who is not of a demo.
    """
    check(tx)
    if is_demo(tx):
        return {person.username: person.id for person in store.demo_people(tx, "voice", "resident")}
    facts.write_down(tx, MARK, "1")
    return people(tx, now)


def remove_from(database: Database) -> int:
    """Deletes the demo's accounts and all that is theirs; how many there were."""

    def work(tx: Connection) -> int:
        facts.forget(tx, MARK)
        removed = store.remove_demo(tx)
        following.recount(tx)
        return removed

    removed = database.write_now(work)
    database.checkpoint()
    return removed


def voices() -> Iterator[tuple[str, Path]]:
    """(username, recording) of each voice: Ogg Opus, all of one length, played in a loop."""
    folder = Path(__file__).parent / "voices"
    for username in community.ON_AIR:
        yield username, folder / f"{username}.opus"
