"""What goes on by itself: events are looked into, seats given on, money sent back and out, absent hosts noticed."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import from_ms
from cooee.kit.errors import Refusal
from cooee.kit.ids import Ids
from cooee.kit.outbox import Job
from cooee.kit.worker import Handler, Inside, Lane, Later, Outside
from cooee.people import facts as people
from cooee.people.ids import PersonId
from cooee.schedule import facts as schedule
from cooee.schedule import store as schedule_store
from cooee.spaces import facts as spaces
from cooee.spaces import store as space_store
from cooee.spaces.errors import SpaceEnded, SpaceNotFound
from cooee.spaces.rules.tickets import TicketGone
from cooee.spaces.state import Space, SpaceId
from cooee.tickets import moderated, offering, payouts, rules, seats, settling, store
from cooee.tickets.live import EVENT_TOPIC, Desk
from cooee.tickets.state import Owed, SaleId

_LANE = Lane("payments", 4)
"""For what asks the payment provider."""

_SWEEP = "tickets.sweep"
_EVERY = timedelta(hours=1)
_REPEATED = timedelta(days=90)
"""The provider repeats an event for days; operators can have it do so for weeks."""

_BEFORE_ERASED = timedelta(days=2)
"""Whoever sells and deletes their account gives the money back before it is forgotten whose it was."""

_UNTIL_LOOKED_FOR_AGAIN = timedelta(minutes=5)
"""While a Space has not begun, its host is not missed."""

_Work = Callable[[Job], Awaitable[timedelta | None]]
"""How long to wait, if it cannot be done yet."""


def handlers(desk: Desk) -> Mapping[str, Handler]:
    """What the worker does, by topic."""
    return {**_with_provider(desk), **_inside(desk), settling.PUT_OUT_TOPIC: Outside(partial(_put_out, desk))}


def _with_provider(desk: Desk) -> Mapping[str, Handler]:
    async def look_into(job: Job) -> None:
        await desk.look_into(dict(job.payload), job.attempts)

    async def give_back(job: Job) -> None:
        told = job.payload
        sale, payment = SaleId(told["sale"]), told["payment"]
        await desk.give_back(sale, payment, job.attempts, told.get("transfer"), told.get("amount"))

    async def take_back(job: Job) -> None:
        await desk.take_back(SaleId(job.payload["sale"]), job.payload["transfer"], job.attempts)

    async def take_rest(job: Job) -> None:
        await desk.take_rest(SaleId(job.payload["sale"]), job.payload["transfer"], job.attempts)

    async def make_good(job: Job) -> None:
        await desk.make_good(SaleId(job.payload["sale"]), job.payload["transfer"])

    async def note_cost(job: Job) -> timedelta | None:
        return await desk.note_cost(SaleId(job.payload["sale"]))

    async def look_after(job: Job) -> timedelta | None:
        return await desk.look_after(job.payload["payout"])

    async def pay_out(job: Job) -> timedelta | None:
        told = job.payload
        return await desk.pay_out(Owed(SpaceId(told["space"]), PersonId(told["host"]), told["currency"]))

    return {
        EVENT_TOPIC: _asking(look_into),
        settling.RELEASE_TOPIC: _asking(_of_sale(desk.release)),
        settling.REFUND_TOPIC: _asking(give_back),
        settling.FEE_TOPIC: _asking(_of_sale(desk.give_back_fee)),
        settling.RECOVER_TOPIC: _asking(take_back),
        settling.TAKE_REST_TOPIC: _asking(take_rest),
        settling.LOOK_TOPIC: _asking(_of_sale(desk.check)),
        settling.MAKE_GOOD_TOPIC: _asking(make_good),
        settling.COST_TOPIC: _asking(note_cost),
        payouts.PAYOUT_TOPIC: _asking(pay_out),
        payouts.ARRIVED_TOPIC: _asking(look_after),
    }


def _inside(desk: Desk) -> Mapping[str, Handler]:
    clock, ids = desk.tools.clock, desk.till.house.ids

    def hand_over(tx: Connection, job: Job) -> None:
        seats.hand_over(tx, SpaceId(job.payload["space"]), clock.now())

    def over(tx: Connection, job: Job) -> None:
        told, now, id = job.payload, clock.now(), SpaceId(job.payload["space"])
        ended = from_ms(told["at"]) if "at" in told else now
        reason = rules.refund_at_end(
            told["reason"],
            begun=job.topic == spaces.OVER,
            took=_took(tx, id, ended - timedelta(milliseconds=told.get("lasted_ms", 0)), ended),
            least=desk.till.terms.least,
        )
        settling.over(tx, ids, id, reason, ended, now)

    def parted(tx: Connection, job: Job) -> None:
        by, blocked = PersonId(job.payload["by"]), PersonId(job.payload["blocked"])
        settling.part(tx, ids, by, blocked, clock.now())

    def absent(tx: Connection, job: Job) -> None:
        space, now = SpaceId(job.payload["space"]), clock.now()
        wait = _look_for_host(tx, desk, space, now)
        if wait is not None:
            outbox.put(tx, job.key, job.topic, {"space": space}, now + wait)

    def sweep(tx: Connection, _job: Job) -> None:
        now = clock.now()
        store.forget_events(tx, now - _REPEATED)
        for space in store.leaving_hosts(tx, now + _BEFORE_ERASED):
            _stop_selling(tx, ids, space, "canceled", now)
        for space, host in store.selling_hosts(tx):
            if desk.till.house.suspended(tx, host, "hosting", now):
                _stop_selling(tx, ids, space, "moderated", now)
        begin(tx, now + _EVERY)

    return {
        seats.LINE_TOPIC: Inside(hand_over),
        moderated.GIVE_BACK_TOPIC: Inside(partial(_given_back, desk)),
        offering.ABSENT_TOPIC: Inside(absent),
        spaces.OVER: Inside(over),
        schedule.OVER: Inside(over),
        schedule.BEGUN: Inside(lambda tx, job: _look_from(tx, SpaceId(job.payload["space"]), clock.now())),
        people.PARTED: Inside(parted),
        _SWEEP: Inside(sweep),
    }


def _given_back(desk: Desk, tx: Connection, job: Job) -> None:
    space, host = SpaceId(job.payload["space"]), PersonId(job.payload["host"])
    moderated.given_back(tx, desk.till.house.ids, space, host, desk.tools.clock.now())


def _took(tx: Connection, id: SpaceId, begun: datetime, ended: datetime) -> timedelta:
    ahead, offer = schedule_store.one(tx, id), store.offer(tx, id)
    return rules.took(ahead.when.at if ahead else None, begun, offer.absent_since if offer else None, ended)


def _stop_selling(tx: Connection, ids: Ids, id: SpaceId, reason: rules.Reason, now: datetime) -> None:
    """Its seller will not host it: nobody does, unless it is live in somebody else's hands."""
    offer, space = store.offer(tx, id, hold=True), space_store.space(tx, id)
    if offer is not None and space is not None and not space.ended:
        settling.given_up(tx, ids, offer, reason, now)
    else:
        settling.over(tx, ids, id, reason, now, now)


def begin(tx: Connection, due_at: datetime) -> None:
    """Has old events forgotten, and hosts who will not host noticed, at `due_at` and every hour from then on."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)


def _asking(work: _Work) -> Handler:
    """Work that asks the provider: whatever it refuses is tried again later."""

    async def run(job: Job) -> None:
        try:
            wait = await work(job)
        except Refusal as refusal:
            raise Later(refusal.code) from refusal
        if wait is not None:
            raise Later("not yet", wait)

    return Outside(run, _LANE)


def _of_sale(work: Callable[[SaleId], Awaitable[object]]) -> _Work:
    async def run(job: Job) -> None:
        await work(SaleId(job.payload["sale"]))

    return run


async def _put_out(desk: Desk, job: Job) -> None:
    """Whoever has no ticket any more leaves the room."""
    space, gone = SpaceId(job.payload["space"]), TicketGone(PersonId(job.payload["person"]))
    if await desk.tools.db.read(partial(_needs_another, space=space, person=gone.person)):
        with suppress(SpaceEnded, SpaceNotFound):
            await desk.live.rooms.carry(space)
            await desk.live.rooms.observe(space, gone)


def _needs_another(tx: Connection, space: SpaceId, person: PersonId) -> bool:
    return seats.ask_for_ticket(tx, space, person) is not None


def _look_from(tx: Connection, id: SpaceId, now: datetime) -> None:
    """A Space may begin long before the time for which its tickets were offered at first."""
    if store.offer(tx, id) is not None:
        outbox.put_by(tx, *offering.absent_job(id), now)


def _look_for_host(tx: Connection, desk: Desk, id: SpaceId, now: datetime) -> timedelta | None:
    offer, space = store.offer(tx, id), space_store.space(tx, id)
    if offer is None or offer.is_over:
        return None
    if space is None:
        return _UNTIL_LOOKED_FOR_AGAIN
    return settling.absent(tx, desk.till.house.ids, id, _away(space, offer.host, now), now)


def _away(space: Space, host: PersonId, now: datetime) -> tuple[datetime, ...]:
    """Since when the host is not in the room, as far as is known; empty if they are."""
    if space.ended is not None:
        return ()
    seat = space.seat(host)
    if seat is None:
        return (now,)
    return (seat.away_since,) if seat.away_since is not None else ()
