"""What is heard from the domains below, by the outbox."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.outbox import Job, Payload
from cooee.kit.web import Toolbox
from cooee.kit.worker import Handler, Inside
from cooee.messages import facts as messages
from cooee.moderation import facts as moderation
from cooee.notify import due, mail_jobs, push_jobs, service, store, wishes
from cooee.notify.rules import Kind, News
from cooee.notify.wiring import Wiring
from cooee.people import facts as people
from cooee.people.ids import PersonId
from cooee.posts import facts as posts
from cooee.schedule import facts as schedule
from cooee.schedule import store as scheduled
from cooee.spaces import facts as spaces
from cooee.spaces.state import SpaceId
from cooee.tickets import facts as tickets

_SWEEP = "notify.sweep"
_EVERY = timedelta(hours=1)
_KEPT = timedelta(days=90)
_AT_ONCE = 500
_TOLD_AT_ONCE = 100
_BECAME: Mapping[schedule.What, Kind] = {"started": "reminder", "moved": "moved", "canceled": "canceled"}

Hears = Callable[[Payload], News]


def _who(told: Payload, part: str) -> PersonId:
    return PersonId(str(told[part]))


def _official(kind: Kind, told: Payload) -> News:
    person = _who(told, "person")
    return News(kind, person, person, matter=str(told["case"]))


def _bounced(kind: Kind, told: Payload) -> News:
    person = _who(told, "person")
    return News(kind, person, person, matter=str(told["refund"]))


def _reminded(told: Payload) -> News:
    kind: Kind = "due" if told["due"] else "soon"
    host = _who(told, "host")
    return News(kind, host, host, space=told["space"], turn=told["sequence"])


_HEARS: Mapping[str, Hears] = {
    people.FOLLOWED: lambda told: News("follow", _who(told, "followed"), _who(told, "follower")),
    people.FOLLOW_REQUESTED: lambda told: News("follow_request", _who(told, "to"), _who(told, "from")),
    people.FOLLOW_ACCEPTED: lambda told: News("follow_accepted", _who(told, "to"), _who(told, "by")),
    people.EXPORT_READY: lambda told: News("export", _who(told, "person"), _who(told, "person"), turn=int(told["at"])),
    posts.MENTIONED: lambda told: News("mention", _who(told, "person"), _who(told, "by"), post=str(told["post"])),
    posts.REPLIED: lambda told: News("reply", _who(told, "person"), _who(told, "by"), post=str(told["post"])),
    posts.LIKED: lambda told: News("like", _who(told, "person"), _who(told, "by"), post=str(told["post"])),
    schedule.HOST_REMINDED: _reminded,
    posts.REPOSTED: lambda told: News("repost", _who(told, "person"), _who(told, "by"), post=str(told["post"])),
    moderation.REPORTED: lambda told: _official("report_decided", told),
    moderation.MODERATED: lambda told: _official("moderated", told),
    spaces.INVITED: lambda told: News("invited", _who(told, "person"), _who(told, "by"), space=told["space"]),
    tickets.GIVEN: lambda told: News("ticket", _who(told, "person"), _who(told, "by"), space=told["space"]),
    tickets.SEAT_FREE: lambda told: News(
        "seat_free", _who(told, "person"), _who(told, "by"), space=told["space"], turn=int(told["turn"])
    ),
    tickets.MONEY_BACK: lambda told: News(
        "money_back", _who(told, "person"), _who(told, "by"), space=told["space"], matter=str(told["sale"])
    ),
    tickets.PAYOUT_FAILED: lambda told: News(
        "payout_failed", _who(told, "person"), _who(told, "person"), space=told["space"], matter=str(told["payout"])
    ),
    tickets.REFUND_FAILED: lambda told: _bounced("refund_failed", told),
    tickets.REFUND_OWED: lambda told: _bounced("refund_owed", told),
    spaces.ACCEPTED: lambda told: News("accepted", _who(told, "person"), _who(told, "by"), space=told["space"]),
}


def handlers(notify: Wiring, tools: Toolbox) -> Mapping[str, Handler]:
    """What the worker does, by topic."""
    desk, clock = notify.desk, tools.clock

    def heard(hears: Hears) -> Handler:
        return Inside(lambda tx, job: service.hear(tx, desk, hears(job.payload), clock.now()))

    def to_subscribers(tx: Connection, job: Job) -> None:
        told = job.payload
        id, kind = SpaceId(told["space"]), _BECAME[told["what"]]
        people = scheduled.subscribers(tx, id, told.get("after"), _TOLD_AT_ONCE)
        for person in people:
            news = News(kind, person, _who(told, "host"), space=id, turn=told["sequence"])
            service.hear(tx, desk, news, clock.now())
        if len(people) == _TOLD_AT_ONCE:
            outbox.put(tx, job.key, schedule.TOLD, {**told, "after": people[-1]}, clock.now())

    def live(tx: Connection, job: Job) -> None:
        due.of_live(tx, job.payload["space"], _who(job.payload, "host"), clock.now())

    def received(tx: Connection, job: Job) -> None:
        person = _who(job.payload, "to")
        due.of_message(tx, person, str(job.payload["message"]), clock.now())
        if desk.writes and wishes.wants(tx, person, "message", "mail"):
            due.letter(tx, person, "message", clock.now())

    def over(tx: Connection, job: Job) -> None:
        store.forget_space(tx, job.payload["space"])

    def sweep(tx: Connection, _job: Job) -> None:
        now = clock.now()
        more = store.forget_before(tx, now - _KEPT, _AT_ONCE) == _AT_ONCE
        begin(tx, now if more else now + _EVERY)

    return {
        **{topic: heard(hears) for topic, hears in _HEARS.items()},
        spaces.LIVE: Inside(live),
        spaces.ENDED: Inside(over),
        schedule.TOLD: Inside(to_subscribers),
        messages.RECEIVED: Inside(received),
        **push_jobs.handlers(desk, notify.pusher, tools),
        **mail_jobs.handlers(desk, notify.paper, notify.mailer, tools),
        _SWEEP: Inside(sweep),
    }


def begin(tx: Connection, due_at: datetime) -> None:
    """Has old notices deleted at `due_at` and every hour from then on, unless that is arranged already."""
    outbox.put(tx, _SWEEP, _SWEEP, {}, due_at)
