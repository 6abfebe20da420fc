"""Looking back at a Space: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people.ids import PersonId
from cooee.spaces import admission, chronicle, service, store
from cooee.spaces.afterwards import shapes
from cooee.spaces.afterwards import store as afterwards
from cooee.spaces.errors import HostsOnly, SpaceNotOver, WasNotThere
from cooee.spaces.house import Actor, House
from cooee.spaces.rules import gates, may_command
from cooee.spaces.state import Space, SpaceId


def summary(tx: Connection, house: House, id: SpaceId, viewer: PersonId | None) -> shapes.Summary:
    """How long it was, how many were there, and who spoke; for those who may see the Space, or were there.

    Raises:
        SpaceNotFound, YouBlockedThem, BlockedByThem, SpaceNotOver
    """
    space, was_there = _seen(tx, id, viewer)
    if space.ended is None:
        raise SpaceNotOver
    spoke = chronicle.spoke(tx, id)
    cast = service.cast(tx, {space.host, *spoke}, house.asks)
    mine = afterwards.given(tx, id, viewer) if viewer else None
    return shapes.Summary(
        id=space.id,
        title=space.title,
        topics=space.topics,
        host=cast[space.host],
        started_at=space.started_at,
        ended_at=space.ended.at,
        end_reason=space.ended.reason,
        duration_s=int((space.ended.at - space.started_at).total_seconds()),
        people=afterwards.count_people(tx, id),
        spoke=[cast[person] for person in spoke if person in cast],
        was_there=was_there,
        feedback=shapes.Feedback(stars=mine.stars, note=mine.note, at=mine.at) if mine else None,
    )


def read_log(tx: Connection, house: House, id: SpaceId, actor: Actor, asking: Asking) -> shapes.LogPage:
    """What hosts did in a Space, the latest first: for hosts while it is live, afterwards for its host.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, RemovedFromSpace, HostsOnly
    """
    for_its_hosts(tx, house, id, actor)
    entries, last = cut(chronicle.page(tx, id, asking), asking.limit)
    cast = service.cast(tx, {one for entry in entries for one in (entry.by, entry.person) if one}, house.asks)
    items = [
        shapes.LogEntry(
            id=entry.id,
            at=entry.at,
            by=cast.get(entry.by) if entry.by else None,
            person=cast.get(entry.person) if entry.person else None,
            what=entry.what,
            details=dict(entry.details),
        )
        for entry in entries
    ]
    return shapes.LogPage(items=items, next=cursor_of(int(last.id)) if last else None)


def for_its_hosts(tx: Connection, house: House, id: SpaceId, actor: Actor) -> Space:
    """A Space whose host or co-host `actor` is while it is live, or whose host they were.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, RemovedFromSpace, HostsOnly
    """
    space = service.found(tx, id)
    admission.check_actor(tx, house, space, actor)
    if space.ended is None:
        may_command(space, actor.person)
    if actor.person not in (space.hosts() if space.ended is None else (space.owner, space.host)):
        raise HostsOnly
    return space


def give_feedback(tx: Connection, id: SpaceId, person: PersonId, asked: shapes.GiveFeedback, now: datetime) -> None:
    """Says what one thinks of a Space in which one was, over or not; said again, it is said anew.

    Raises:
        SpaceNotFound, WasNotThere
    """
    space = service.found(tx, id)
    if not _was_there(tx, space, person):
        gates.may_see(space, person)
        raise WasNotThere
    afterwards.give(tx, afterwards.Feedback(id, person, asked.stars, asked.note, now))


def _seen(tx: Connection, id: SpaceId, viewer: PersonId | None) -> tuple[Space, bool]:
    space = service.found(tx, id)
    was_there = viewer is not None and _was_there(tx, space, viewer)
    if not was_there:
        gates.may_see(space, viewer)
        admission.not_gone(tx, space, viewer)
    if viewer is not None:
        admission.not_apart(tx, space, viewer)
    return space, was_there


def _was_there(tx: Connection, space: Space, person: PersonId) -> bool:
    return person in (space.owner, space.host) or store.attended(tx, space.id, person)
