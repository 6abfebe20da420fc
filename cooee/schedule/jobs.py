"""What goes on by itself: reminders of hosts, and the end of what nobody starts, or nobody can start any more."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from sqlalchemy import Connection

from cooee.kit.clock import Clock
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside
from cooee.people import facts as people
from cooee.people.ids import PersonId
from cooee.schedule import service
from cooee.spaces.house import Suspended
from cooee.spaces.state import SpaceId

_Work = Callable[[Connection, SpaceId, datetime], None]


def handlers(clock: Clock, suspended: Suspended) -> Mapping[str, Handler]:
    """What the worker does, by topic. `suspended`: until when somebody may not host."""

    def timed(work: _Work) -> Handler:
        def run(tx: Connection, job: Job) -> None:
            work(tx, SpaceId(job.payload["space"]), clock.now())

        return Inside(run)

    def remind(tx: Connection, id: SpaceId, now: datetime, *, due: bool) -> None:
        service.remind_host(tx, id, suspended, now, due=due)

    def left(tx: Connection, job: Job) -> None:
        service.host_left(tx, PersonId(job.payload["person"]), clock.now())

    return {
        people.LEFT_PLANS: Inside(left),
        service.SOON_TOPIC: timed(partial(remind, due=False)),
        service.DUE_TOPIC: timed(partial(remind, due=True)),
        service.LAPSE_TOPIC: timed(service.lapse),
    }
