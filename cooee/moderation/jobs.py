"""Timed work of moderation: a suspended account comes back when its time is over."""

from collections.abc import Mapping

from sqlalchemy import Connection

from cooee.kit.clock import Clock
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside
from cooee.moderation import enforcing, standing
from cooee.people import store as people
from cooee.people.ids import PersonId


def handlers(clock: Clock) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    def over(tx: Connection, job: Job) -> None:
        person = PersonId(job.payload["person"])
        # Suspended anew meanwhile, it is that suspension's own work that ends it.
        if standing.until(tx, person, {"account"}, clock.now()) is None:
            people.change(tx, person, {"suspended_until": None})

    return {enforcing.OVER: Inside(over)}
