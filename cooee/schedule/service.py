"""What people do with Spaces that have not begun, and what time does: one unit of work each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.idempotency import once
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import relations, standing
from cooee.people import service as people
from cooee.people import store as people_store
from cooee.people.cards import Attachment, Attachments, CardTicket, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.schedule import facts, rules, store
from cooee.schedule.errors import AudienceFixed
from cooee.schedule.rules import Change, Horizon, Name
from cooee.schedule.shapes import Upcoming
from cooee.schedule.state import SOON, Scheduled
from cooee.spaces import service as spaces
from cooee.spaces.ahead import ScheduledSpace, When
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.house import Actor, Committed, House, Suspended
from cooee.spaces.rules.gates import Plan
from cooee.spaces.state import Space, SpaceId

SOON_TOPIC = "schedule.soon"
DUE_TOPIC = "schedule.due"
LAPSE_TOPIC = "schedule.lapse"
_IN_CALENDAR = timedelta(days=30)
"""How long what is over stays in a host's calendar: a canceled Space must be seen by calendars to be taken out."""

_MOST_IN_CALENDAR = 200
"""The latest: of very many that were announced and canceled, those that are ahead stand in it in any case."""


@dataclass(frozen=True, slots=True)
class Ahead:
    """What the domain of Spaces asks about those that have not begun: see `spaces.ahead`."""

    house: House
    horizon: Horizon

    def schedule(
        self, tx: Connection, actor: Actor, plan: Plan, when: When, key: str | None, now: datetime
    ) -> ScheduledSpace:
        """Announces a Space, or answers with the one that was announced by the same `key`.

        Raises:
            CannotHostYet, ProtectedHost, TooManyScheduled, StartNotPossible
        """
        make = partial(self._make, tx, actor, plan, when, now)
        return self.seen(tx, SpaceId(once(tx, actor.person, "scheduled", key, now, make)), actor.person)

    def seen(self, tx: Connection, id: SpaceId, viewer: PersonId | None) -> ScheduledSpace:
        """A Space that has not begun, as this person may see it.

        Raises:
            SpaceNotFound, YouBlockedThem, BlockedByThem
        """
        return self.shaped(tx, [self._seen(tx, id, viewer)], viewer)[0]

    def change(self, tx: Connection, actor: Actor, id: SpaceId, wanted: Change, now: datetime) -> ScheduledSpace:
        """Has the host change what is announced.

        Raises:
            SpaceNotFound, AudienceFixed, and what `rules.change` refuses.
        """
        host = people.host_by_id(tx, actor.person)
        before = self._for_change(tx, id, actor.person)
        if wanted.title == "":
            wanted = replace(wanted, title=spaces.named_after(host))
        after = rules.change(before, wanted, actor.person, protected=host.protected, horizon=self.horizon, now=now)
        if after is not before:
            if after.plan.audience == "invited" != before.plan.audience:
                self._withdraw(tx, id)
            store.save(tx, after)
            if after.when.at != before.when.at:
                _arrange(tx, after)
                facts.told(tx, after, "moved", now)
        return self.shaped(tx, [after], actor.person)[0]

    def cancel(self, tx: Connection, actor: Actor, id: SpaceId, now: datetime) -> ScheduledSpace:
        """Has the host take it back.

        Raises:
            SpaceNotFound, and what `rules.cancel` refuses.
        """
        after = rules.cancel(self._for_change(tx, id, actor.person), actor.person, now)
        _over(tx, after, now)
        return self.shaped(tx, [after], actor.person)[0]

    def start(self, tx: Connection, actor: Actor, id: SpaceId, now: datetime, committed: Committed) -> Space:
        """Has the host begin it, now; one that has begun stays as it is.

        Raises:
            SpaceNotFound, CannotHostYet, ProtectedHost, and what `rules.start` refuses.
        """
        before = self._for_change(tx, id, actor.person)
        if before.state == "started" and before.host == actor.person:
            return spaces.found(tx, id)
        after = rules.start(before, actor.person, now)
        space = spaces.start(tx, self.house, actor, after.plan, now, committed, id=id)
        _over(tx, after, now)
        return space

    def remind(self, tx: Connection, person: PersonId, id: SpaceId, now: datetime, *, wanted: bool) -> ScheduledSpace:
        """Sets or takes back a reminder.

        Raises:
            SpaceNotFound, YouBlockedThem, BlockedByThem, AlreadyStarted, SpaceCanceled
        """
        scheduled = self._seen(tx, id, person)
        if wanted:
            rules.check_open(scheduled)
            store.set_reminder(tx, id, person, now)
        else:
            store.take_reminder(tx, id, person)
        return self.shaped(tx, [scheduled], person)[0]

    def upcoming(self, tx: Connection, viewer: PersonId, asked: Asking) -> Upcoming:
        """What is ahead for somebody: their own, what they set a reminder for, and of people whom they follow."""
        shown, last = cut(store.upcoming(tx, viewer, asked), asked.limit)
        more = cursor_of(*store.cursor_numbers(last)) if last else None
        return Upcoming(items=self.shaped(tx, shown, viewer), next=more)

    def calendar(self, tx: Connection, host: PersonId, now: datetime) -> list[Scheduled]:
        """A host's public Spaces, for calendars; a protected account shows everybody none, those of before neither.

        Raises:
            PersonNotFound
        """
        people.person_by_id(tx, host)
        found = people_store.person(tx, host)
        return (
            []
            if found is None or found.protected
            else store.calendar_of(tx, host, now - _IN_CALENDAR, _MOST_IN_CALENDAR)
        )

    def entry(self, tx: Connection, id: SpaceId, viewer: PersonId | None) -> Scheduled:
        """One scheduled Space, for a calendar.

        Raises:
            SpaceNotFound, YouBlockedThem, BlockedByThem
        """
        return self._seen(tx, id, viewer)

    def shaped(self, tx: Connection, shown: Collection[Scheduled], viewer: PersonId | None) -> list[ScheduledSpace]:
        """As they go over the wire."""
        ids = [scheduled.id for scheduled in shown]
        cast = spaces.cast(tx, {scheduled.host for scheduled in shown}, self.house.asks)
        reminded = store.reminded(tx, ids, viewer) if viewer else set()
        counts = store.reminder_counts(tx, ids)
        tickets = self.house.tickets_of(tx, ids, viewer)
        return [
            _shape(
                scheduled,
                cast[scheduled.host],
                scheduled.id in reminded,
                counts.get(scheduled.id, 0),
                tickets.get(scheduled.id),
            )
            for scheduled in shown
            if scheduled.host in cast
        ]

    def cards(self) -> Attachments:
        """How they look in posts and messages."""

        def answer(
            tx: Connection, attachments: Collection[Attachment], viewer: PersonId
        ) -> Mapping[Attachment, SpaceCard]:
            known = store.by_ids(tx, {SpaceId(attachment.id) for attachment in attachments}).values()
            visible = [one for one in known if one.state != "started" and _is_visible(tx, one, viewer)]
            return {Attachment("space", card.id): card for card in self.as_cards(tx, visible, viewer)}

        return answer

    def as_cards(self, tx: Connection, shown: Collection[Scheduled], viewer: PersonId) -> list[SpaceCard]:
        """At a glance."""
        return [_card(shape) for shape in self.shaped(tx, shown, viewer)]

    def _make(self, tx: Connection, actor: Actor, plan: Plan, when: When, now: datetime) -> str:
        people_store.take_turn(tx, actor.person)
        host = people.host_by_id(tx, actor.person)
        name = Name(SpaceId(self.house.ids.text()), self.house.ids.decimal())
        scheduled = rules.schedule(
            name,
            spaces.candidate(host),
            spaces.completed(plan, host),
            when,
            ahead=store.ahead_of(tx, host.id),
            gate=self.house.gates.hosting,
            horizon=self.horizon,
            now=now,
        )
        assert store.insert_scheduled(tx, scheduled), "36 random bits do not collide"
        _arrange(tx, scheduled)
        return scheduled.id

    def _withdraw(self, tx: Connection, id: SpaceId) -> None:
        """From now on it exists for nobody but its host: nobody is told of it who set a reminder before."""
        if self.house.tickets_of(tx, [id], None):
            raise AudienceFixed
        store.take_reminders(tx, id)

    def _seen(self, tx: Connection, id: SpaceId, viewer: PersonId | None) -> Scheduled:
        return _visible(tx, store.one(tx, id), viewer)

    def _for_change(self, tx: Connection, id: SpaceId, actor: PersonId) -> Scheduled:
        return _visible(tx, store.for_change(tx, id), actor)


def remind_host(tx: Connection, id: SpaceId, suspended: Suspended, now: datetime, *, due: bool) -> None:
    """Half an hour is left, or, if `due`, it is time: its host is reminded.

    A host who is suspended until it lapses cannot start it any more: those who wait are told before they come.
    """
    before = store.for_change(tx, id)
    if before is None or before.state != "scheduled":
        return
    until = suspended(tx, before.host, "hosting", now)
    if until is not None and until > before.lapses_at:
        after = rules.canceled(before, "host_gone", now)
        _over(tx, after, now)
    else:
        facts.host_reminded(tx, before, now, due=due)


def lapse(tx: Connection, id: SpaceId, now: datetime) -> None:
    """Nobody started it: it is canceled, and those who waited are told."""
    before = store.for_change(tx, id)
    if before is None:
        return
    after = rules.lapse(before, now)
    if after is not before:
        _over(tx, after, now)


def host_left(tx: Connection, host: PersonId, now: datetime) -> None:
    """Whoever deletes the account holds none of what they announced, and those who waited are told.

    It stays canceled if they come back: it was told.
    """
    if relations.is_gone(tx, host):
        for before in store.ahead_for_change(tx, host):
            after = rules.canceled(before, "host_gone", now)
            _over(tx, after, now)


def remind_too(tx: Connection, id: SpaceId, person: PersonId, now: datetime) -> None:
    """Has somebody told who did not ask for it: they have a ticket for what is still ahead."""
    scheduled = store.one(tx, id)
    if scheduled is not None and scheduled.state == "scheduled":
        store.set_reminder(tx, id, person, now)


def public_ahead(tx: Connection, host: PersonId) -> int:
    """How many public Spaces a host has announced."""
    return store.public_ahead_of(tx, host)


def _arrange(tx: Connection, scheduled: Scheduled) -> None:
    """Timed work for a new start, in place of what was arranged for another. A reminder that is too late is none."""
    id, at = scheduled.id, scheduled.when.at
    if scheduled.changed_at < at - SOON:
        outbox.schedule(tx, f"{SOON_TOPIC}:{id}", SOON_TOPIC, {"space": id}, at - SOON)
    else:
        outbox.take_back(tx, f"{SOON_TOPIC}:{id}")
    outbox.schedule(tx, f"{DUE_TOPIC}:{id}", DUE_TOPIC, {"space": id}, at)
    outbox.schedule(tx, f"{LAPSE_TOPIC}:{id}", LAPSE_TOPIC, {"space": id}, scheduled.lapses_at)


def _over(tx: Connection, after: Scheduled, now: datetime) -> None:
    """It is ahead no more, begun or canceled: it is saved, and those who wait are told."""
    store.save(tx, after)
    if after.state == "canceled":
        facts.over(tx, after, after.changed_at)
        facts.told(tx, after, "canceled", now)
    else:
        facts.told(tx, after, "started", now)
        facts.begun(tx, after, now)
    for topic in (SOON_TOPIC, DUE_TOPIC, LAPSE_TOPIC):
        outbox.take_back(tx, f"{topic}:{after.id}")


def _visible(tx: Connection, scheduled: Scheduled | None, viewer: PersonId | None) -> Scheduled:
    """Invited Spaces exist for their hosts only until they begin; a block with the host hides all of them."""
    if scheduled is None or (scheduled.plan.audience == "invited" and scheduled.host != viewer):
        raise SpaceNotFound
    if relations.is_gone(tx, scheduled.host):
        raise SpaceNotFound
    if viewer is not None and viewer != scheduled.host:
        standing.check_together(tx, viewer, scheduled.host)
    return scheduled


def _is_visible(tx: Connection, scheduled: Scheduled, viewer: PersonId) -> bool:
    if scheduled.host == viewer:
        return True
    hidden = relations.is_gone(tx, scheduled.host) or relations.blocked_between(tx, viewer, scheduled.host)
    return scheduled.plan.audience != "invited" and not hidden


def _shape(
    scheduled: Scheduled, host: Person, reminded: bool, reminders: int, ticket: CardTicket | None
) -> ScheduledSpace:
    plan = scheduled.plan
    return ScheduledSpace(
        id=scheduled.id,
        title=plan.title,
        topics=plan.topics,
        language=plan.language,
        state="canceled" if scheduled.state == "canceled" else "scheduled",
        audience=plan.audience,
        policy=plan.policy,
        guests=plan.guests,
        record=plan.record,
        host=host,
        scheduled_start=scheduled.when.at,
        zone=scheduled.when.zone,
        lapses_at=scheduled.lapses_at,
        cancel_reason=scheduled.reason,
        reminded=reminded,
        reminders=reminders,
        ticket=ticket,
    )


def _card(shape: ScheduledSpace) -> SpaceCard:
    return SpaceCard(
        id=shape.id,
        title=shape.title,
        state=shape.state,
        host=shape.host,
        speakers=[],
        listeners=0,
        started_at=None,
        topics=list(shape.topics),
        scheduled_start=shape.scheduled_start,
        reminded=shape.reminded,
        ticket=shape.ticket,
    )
