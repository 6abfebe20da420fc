"""A small community to look at: people, posts, and a live Space in which recorded voices talk."""

from sqlalchemy import Connection

from cooee.kit import facts
from cooee.kit.db import Database
from cooee.people import store

MARK = "demo"
"""The fact by which a database is known to hold a demo."""


def remove_from(database: Database) -> int:
    """Deletes the demo's accounts and all that is theirs; how many there were."""

    def work(tx: Connection) -> int:
        facts.forget(tx, MARK)
        return store.remove_demo(tx)

    removed = database.write_now(work)
    database.checkpoint()
    return removed
