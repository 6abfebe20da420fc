"""What is pushed by the outbox; the rows are made by `due.py`."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection

from cooee.kit.outbox import Job, Payload
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Lane, Later, Outside
from cooee.notify import devices, due, followers, pushed, store
from cooee.notify.devices import Device
from cooee.notify.followers import After
from cooee.notify.pushing import Busy, Gone, Message, Outcome, Pusher, Reached, Refused
from cooee.notify.rules import urgent
from cooee.notify.service import Desk
from cooee.notify.shapes import Pushed
from cooee.people.ids import PersonId

_PUSHES = Lane("push", 16)
_LIVE = Lane("push-live", 1)
_MOST_ATTEMPTS = 8
# All of a batch are spoken to at the same time, so that it ends before its lease.
_BATCH = 64
# The next batch waits for the slowest of this one: who is not heard of so soon is tried again alone.
_HURRY_S = 3.0
_SOON = timedelta(seconds=2)
_LASTS = timedelta(hours=24)
_LASTS_LIVE = timedelta(minutes=10)
_log = structlog.get_logger(__name__)


def handlers(desk: Desk, pusher: Pusher, tools: Toolbox) -> Mapping[str, Handler]:
    """What the worker does, by topic."""

    async def push(job: Job) -> None:
        device = await tools.db.read(lambda tx: devices.one(tx, job.payload["device"]))
        said = None if device is None else await tools.db.read(lambda tx: _said(tx, desk, device, job.payload))
        if device is None or said is None:
            return
        result = await pusher.send(device, _message(said))
        now = tools.clock.now()
        await tools.db.write(lambda tx: _note(tx, {device.id: result}, job.payload.get("line"), now))
        if isinstance(result, Busy) and job.attempts < _MOST_ATTEMPTS:
            raise Later("the push service is busy", result.wait)

    async def batch(job: Job) -> None:
        space, host = job.payload["space"], PersonId(job.payload["host"])
        after = After.of(job.payload["after"])
        told = await tools.db.read(lambda tx: followers.with_devices(tx, host, after, _BATCH))
        says = await tools.db.read(lambda tx: [pushed.space(tx, desk, one.device.person, space) for one in told])
        sent = [(one.device, said) for one, said in zip(told, says, strict=True) if said]
        results = await asyncio.gather(*(pusher.send(device, _message(message), _HURRY_S) for device, message in sent))
        now = tools.clock.now()

        def work(tx: Connection) -> None:
            outcomes = {device.id: result for (device, _), result in zip(sent, results, strict=True)}
            _note(tx, outcomes, None, now)
            for id, result in outcomes.items():
                if isinstance(result, Busy):
                    due.of_space(tx, space, id, now + (result.wait or _SOON))
            if len(told) == _BATCH:
                due.next_batch(tx, {**job.payload, "after": told[-1].after.payload}, now)

        await tools.db.write(work)

    return {due.PUSH: Outside(push, _PUSHES), due.LIVE_BATCH: Outside(batch, _LIVE)}


def _said(tx: Connection, desk: Desk, device: Device, payload: Payload) -> Pushed | None:
    if line := payload.get("line"):
        return pushed.line(tx, desk, device.person, line)
    if message := payload.get("message"):
        return pushed.message(tx, desk, device.person, message)
    return pushed.space(tx, desk, device.person, payload["space"])


def _message(said: Pushed) -> Message:
    lasts = _LASTS_LIVE if said.kind == "live" else _LASTS
    return Message(said.model_dump_json().encode(), said.tag, urgent(said.kind), lasts)


def _note(tx: Connection, results: Mapping[str, Outcome], line: str | None, now: datetime) -> None:
    reached = [id for id, result in results.items() if isinstance(result, Reached)]
    devices.reached(tx, reached, now)
    devices.forget(tx, [id for id, result in results.items() if isinstance(result, Gone)])
    if line and reached:
        store.note_pushed(tx, line, now)
    for id, result in results.items():
        if isinstance(result, Busy) and result.wait:
            devices.leave_alone(tx, id, now + result.wait)
        if isinstance(result, Refused):
            _log.warning("push.refused", status=result.status)
