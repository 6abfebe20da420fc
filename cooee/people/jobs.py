"""Timed work about people."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.kit import attempts, outbox
from cooee.kit.outbox import Job
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Inside
from cooee.people import erasing, export, files, leaving
from cooee.people.belongings import Belongings
from cooee.people.ids import PersonId
from cooee.people.sign_in import mail_tokens, passkeys, providers, sessions

_SWEEP = "people.sweep"
_EVERY = timedelta(hours=1)


def handlers(tools: Toolbox, domains: Sequence[Belongings]) -> Mapping[str, Handler]:
    """What the worker does, by topic. `domains`: all that hold anything of people, this one included."""

    def sweep(tx: Connection, _job: Job) -> None:
        now = tools.clock.now()
        sessions.end_expired(tx, now)
        sessions.forget_ended(tx, now - _EVERY)
        mail_tokens.end_expired(tx, now)
        passkeys.end_expired(tx, now)
        providers.end_expired(tx, now)
        attempts.end_expired(tx, now)
        begin(tx, now + _EVERY)

    def erase(tx: Connection, job: Job) -> None:
        erasing.erase(tx, PersonId(job.payload["person"]), domains, tools.clock.now())

    return {
        _SWEEP: Inside(sweep),
        leaving.ERASE: Inside(erase),
        files.DROP: files.dropping(tools.db, tools.blobs),
        export.MAKE: export.making(tools, domains),
        export.EXPIRE: export.expiring(tools),
    }


def begin(tx: Connection, due_at: datetime) -> None:
    """Has what has expired deleted at `due_at` and every hour from then on, unless that is arranged already."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)
