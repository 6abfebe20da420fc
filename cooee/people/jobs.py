"""Timed work about people."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside
from cooee.people.sign_in import mail_tokens, passkeys, sessions

_SWEEP = "people.sweep"
_EVERY = timedelta(hours=1)


def handlers(clock: Clock) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    def sweep(tx: Connection, _job: Job) -> None:
        now = clock.now()
        sessions.end_expired(tx, now)
        mail_tokens.end_expired(tx, now)
        passkeys.end_expired(tx, now)
        begin(tx, now + _EVERY)

    return {_SWEEP: Inside(sweep)}


def begin(tx: Connection, due_at: datetime) -> None:
    """Has what has expired deleted at `due_at` and every hour from then on, unless that is arranged already."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)
