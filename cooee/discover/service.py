"""What somebody discovers: one reading of the database each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.discover.shapes import DiscoveredSpaces, Suggested, Suggestions, Topic, Topics
from cooee.kit.clock import to_ms
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import service as people
from cooee.people import store as people_store
from cooee.people import suggestions
from cooee.people.ids import PersonId
from cooee.schedule import store as schedule_store
from cooee.schedule.service import Ahead
from cooee.spaces import admission
from cooee.spaces import store as spaces_store
from cooee.spaces.cards import Listeners, as_cards
from cooee.spaces.house import Actor, House
from cooee.spaces.state import Space

_MOST_TOPICS = 20


@dataclass(frozen=True)
class Guide:
    """Knows what there is. Spaces are for those for whom Spaces exist at all."""

    house: House
    ahead: Ahead
    listeners: Listeners

    def live(self, tx: Connection, actor: Actor, question: str, topic: str | None, page: Asking) -> DiscoveredSpaces:
        """Public Spaces that are live, the latest first.

        Raises:
            AccessNotYet
        """
        admission.check_access(tx, self.house, actor)
        before = page.moment()
        found = spaces_store.discovered(tx, actor.person, question, topic, before, page.limit + 1)
        shown, last = cut(found, page.limit)
        open_to = [space for space in shown if actor.person not in space.banned]
        return DiscoveredSpaces(
            items=as_cards(tx, open_to, self.house, self.listeners, actor.person),
            next=None if last is None else _cursor(shown, last, before),
        )

    def upcoming(
        self, tx: Connection, actor: Actor, question: str, topic: str | None, page: Asking
    ) -> DiscoveredSpaces:
        """Public Spaces that are announced, the next first.

        Raises:
            AccessNotYet
        """
        admission.check_access(tx, self.house, actor)
        shown, last = cut(schedule_store.discovered(tx, actor.person, question, topic, page), page.limit)
        return DiscoveredSpaces(
            items=self.ahead.as_cards(tx, shown, actor.person),
            next=None if last is None else cursor_of(*schedule_store.cursor_numbers(last)),
        )

    def topics(self, tx: Connection, actor: Actor) -> Topics:
        """What public Spaces are about, live or announced.

        Raises:
            AccessNotYet
        """
        admission.check_access(tx, self.house, actor)
        known = spaces_store.topics(tx, actor.person)
        for key, (spelling, count) in schedule_store.topics(tx, actor.person).items():
            spelt, before = known.get(key, (spelling, 0))
            known[key] = (spelt, before + count)
        most = sorted(known.items(), key=lambda entry: (-entry[1][1], entry[0]))[:_MOST_TOPICS]
        return Topics(items=[Topic(topic=spelling, spaces=count) for _key, (spelling, count) in most])

    def people(self, tx: Connection, viewer: PersonId) -> Suggestions:
        """People to follow, and through whom one might know them."""
        asks = self.house.asks
        found = suggestions.suggestions(tx, viewer)
        records = people_store.persons(tx, [one.person for one in found])
        known = people.shaped(tx, [records[one.person] for one in found], asks, viewer)
        through = people.persons(tx, {person for one in found for person in one.through}, asks, viewer)
        return Suggestions(
            items=[
                Suggested(person=person, followed_by=[through[id] for id in one.through], count=one.count)
                for one, person in zip(found, known, strict=True)
            ]
        )


def _cursor(shown: Sequence[Space], last: Space, before: tuple[datetime, int] | None) -> str:
    """Ids of Spaces are no numbers: those that began in one millisecond are counted instead."""
    just_then = sum(space.started_at == last.started_at for space in shown)
    if before is not None and before[0] == last.started_at:
        just_then += before[1]
    return cursor_of(to_ms(last.started_at), just_then)
