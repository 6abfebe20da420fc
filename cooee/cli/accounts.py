"""Administrators, made from the command line."""

from sqlalchemy import Connection

from cooee.kit import facts
from cooee.kit.clock import SystemClock
from cooee.kit.db import Database
from cooee.kit.ids import Ids
from cooee.people import rules, service, store
from cooee.people.errors import UsernameNotAllowed
from cooee.people.passwords import Passwords
from cooee.people.sign_in import sessions


def make_admin(database: Database, username: str, password: str, display_name: str, hosting: str | None) -> None:
    """Makes an administrator, or gives an account that exists this password and the rank. None of the demo's gets it:
    anybody may sign in as one of those.

    Raises:
        UsernameNotAllowed, PasswordTooWeak: as at sign-up, but for names that are kept for the site.
    """
    name = rules.folded(username)
    if name is None:
        raise UsernameNotAllowed
    rules.check_password(password, name)
    clock = SystemClock()
    password_hash = Passwords().hash_now(password)

    def work(tx: Connection) -> None:
        person = store.by_username(tx, name)
        if person is None:
            new = service.NewAccount(name, display_name or name, password_hash, admin=True)
            service.sign_up(tx, new, Ids(clock), clock.now())
        elif person.demo:
            raise UsernameNotAllowed
        else:
            changed = {"admin": True, "password_hash": password_hash}
            # Whoever had the old password is signed out.
            sessions.end_others(tx, person.id, None, clock.now())
            store.change(tx, person.id, changed | ({"display_name": display_name} if display_name else {}))
        if hosting:
            facts.write_down(tx, "hosting", hosting)

    database.write_now(work)
