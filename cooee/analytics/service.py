"""What hosts read of their Spaces: one unit of work each."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import get_args

from sqlalchemy import Connection

from cooee.analytics import rules, store
from cooee.analytics.errors import AnalyticsGone
from cooee.analytics.rules import Count, Span, Totals
from cooee.analytics.shapes import Analytics, Came, Headline, Moment, OwnSpaces, Reacted
from cooee.kit.clock import to_ms
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.spaces import store as spaces
from cooee.spaces.afterwards.service import for_its_hosts
from cooee.spaces.house import Actor, House
from cooee.spaces.shapes import Emoji
from cooee.spaces.state import Space, SpaceId


@dataclass(frozen=True, slots=True)
class Figures:
    """What was counted of one Space, by all nodes together."""

    space: Space
    minutes: Mapping[datetime, Count]
    came: Mapping[str, int]

    @property
    def totals(self) -> Totals:
        return rules.totals(self.minutes)

    def span(self, now: datetime) -> Span:
        """From its beginning until its end, or now."""
        return Span(self.space.started_at, self.space.ended.at if self.space.ended else max(now, self.space.started_at))


def figures(tx: Connection, house: House, id: SpaceId, actor: Actor, now: datetime, keep: timedelta) -> Figures:
    """The figures of one Space: for its hosts while it is live, afterwards for its host.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, RemovedFromSpace, HostsOnly, AnalyticsGone
    """
    space = for_its_hosts(tx, house, id, actor)
    if space.ended and rules.kept_until(space.ended.at, keep) <= now:
        raise AnalyticsGone
    return _figures(tx, [space])[0]


def own(tx: Connection, owner: PersonId, asking: Asking, now: datetime, keep: timedelta) -> OwnSpaces:
    """One's own Spaces, the latest first, with what was counted of each."""
    ids, last = cut(store.opened_by(tx, owner, now - keep, asking), asking.limit)
    known = spaces.by_ids(tx, set(ids))
    all_figures = _figures(tx, [known[id] for id in ids if id in known])
    return OwnSpaces(
        items=[Headline(**_headline(one)) for one in all_figures],
        next=cursor_of(to_ms(known[last].started_at)) if last else None,
    )


def of_owner(tx: Connection, owner: PersonId) -> list[Figures]:
    """All that is known of the Spaces that somebody opened."""
    known = spaces.by_ids(tx, ids := store.counted_of(tx, owner))
    return _figures(tx, [known[id] for id in ids])


def shaped(found: Figures, listeners: int, now: datetime, keep: timedelta) -> Analytics:
    """As it goes over the wire."""
    sums, space, span = found.totals, found.space, found.span(now)
    step = rules.step_of(span)
    times = [Reacted(emoji=emoji, times=sums.reactions.get(emoji, 0)) for emoji in get_args(Emoji)]
    return Analytics(
        **_headline(found),
        listeners=0 if space.ended else listeners,
        peak_at=sums.peak_at,
        by_reaction=sorted(times, key=lambda one: -one.times),
        sources=[
            Came.model_validate({"source": source, "people": people})
            for source, people in sorted(found.came.items(), key=lambda item: (-item[1], item[0]))
        ],
        step_min=step,
        moments=[
            Moment(at=point.at, average=round(point.average, 1), most=point.most, reactions=point.reactions)
            for point in rules.over_time(found.minutes, span, step)
        ],
        kept_until=rules.kept_until(space.ended.at, keep) if space.ended else None,
    )


def _figures(tx: Connection, shown: list[Space]) -> list[Figures]:
    ids = [space.id for space in shown]
    seen: dict[SpaceId, list[tuple[datetime, Count]]] = {}
    for id, minute, count in store.seen(tx, ids):
        seen.setdefault(id, []).append((minute, count))
    came = store.arrivals(tx, ids)
    return [Figures(space, rules.summed(seen.get(space.id, [])), came.get(space.id, {})) for space in shown]


def _headline(found: Figures) -> dict[str, object]:
    sums, space = found.totals, found.space
    return {
        "id": space.id,
        "title": space.title,
        "state": "ended" if space.ended else "live",
        "started_at": space.started_at,
        "ended_at": space.ended.at if space.ended else None,
        "people": sum(found.came.values()),
        "peak": sums.peak,
        "listened_s": sums.listened_ms // 1000,
        "reactions": sum(sums.reactions.values()),
    }
