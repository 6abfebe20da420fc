"""Timed work of moderation: suspended accounts come back, and what was said in rooms is forgotten, when it is time."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import Clock
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside
from cooee.moderation import enforcing, standing, store
from cooee.people import store as people
from cooee.people.ids import PersonId
from cooee.spaces.room_messages.jobs import scrub_soon

_SWEEP = "moderation.sweep"
_EVERY = timedelta(hours=6)


def handlers(clock: Clock) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    def over(tx: Connection, job: Job) -> None:
        person = PersonId(job.payload["person"])
        # Suspended anew meanwhile, it is that suspension's own work that ends it.
        if standing.until(tx, person, {"account"}, clock.now()) is None:
            people.change(tx, person, {"suspended_until": None})

    def sweep(tx: Connection, _job: Job) -> None:
        now = clock.now()
        if store.forget_what_rooms_said(tx, now):
            scrub_soon(tx, now)
        begin(tx, now + _EVERY)

    return {enforcing.OVER: Inside(over), _SWEEP: Inside(sweep)}


def begin(tx: Connection, due_at: datetime) -> None:
    """Has what is not to be kept forgotten at `due_at` and every few hours from then on, unless that is arranged."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)
