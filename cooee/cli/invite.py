"""Invitations to sign up, made from the command line."""

from datetime import timedelta

from cooee.kit.clock import SystemClock
from cooee.kit.db import Database
from cooee.kit.ids import Ids
from cooee.people.sign_in import invitations
from cooee.people.sign_in.invitations import Wish


def make_invitation(database: Database, site_url: str, *, uses: int, days: int, note: str) -> str:
    """The link of a new invitation."""
    clock = SystemClock()
    wish = Wish(uses, timedelta(days=days), note)
    made = database.write_now(lambda tx: invitations.make(tx, None, wish, Ids(clock), clock.now()))
    return invitations.link(site_url, made.code)
