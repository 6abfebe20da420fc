"""Puts the demo's people, follows and posts into an empty database."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from cooee.demo import community
from cooee.kit.clock import SettableClock
from cooee.kit.ids import Ids
from cooee.people import following, store
from cooee.people.ids import DemoPart, PersonId
from cooee.people.records import PersonRecord
from cooee.posts import store as posts
from cooee.posts.records import Attachment, PostId, PostRecord

_FOUNDED = timedelta(days=90)


def people(tx: Connection, ids: Ids, now: datetime) -> dict[str, PersonId]:
    """Residents and crowd, and who follows whom; the residents' ids by username."""
    residents = [_resident(each, ids, now) for each in community.RESIDENTS]
    crowd = [_person(ids, username, name, "crowd", now) for username, name in community.crowd()]
    store.insert_people(tx, residents + crowd)
    known = {person.username: person.id for person in residents}
    friends = [(known[each.username], known[other]) for each in community.RESIDENTS for other in each.follows]
    following.add_many(tx, [*friends, *((one.id, known[community.HOST]) for one in crowd)], now)
    following.recount(tx)
    return known


def talk(tx: Connection, known: Mapping[str, PersonId], space: str, now: datetime) -> None:
    """What they said, of late; the invitation carries the live Space."""
    posts.insert_posts(tx, list(_posts(known, space, now)))


def invite(tx: Connection, host: PersonId, space: str, now: datetime) -> None:
    """The host's post that carries the live Space."""
    posts.insert_posts(tx, [_post(host, community.INVITATION, now, Attachment("space", space))])


def _posts(known: Mapping[str, PersonId], space: str, now: datetime) -> Iterator[PostRecord]:
    for said in community.POSTS:
        attachment = Attachment("space", space) if said.space else None
        yield _post(known[said.username], said.text, now - timedelta(minutes=said.minutes_ago), attachment)


def _post(author: PersonId, text: str, at: datetime, attachment: Attachment | None) -> PostRecord:
    # An id of its time, so that the timeline has it in its place.
    return PostRecord(PostId(Ids(SettableClock(at)).decimal()), author, text, at, attachment)


def _resident(resident: community.Resident, ids: Ids, now: datetime) -> PersonRecord:
    return _person(ids, resident.username, resident.display_name, "resident", now, resident.bio, resident.language)


def _person(
    ids: Ids, username: str, display_name: str, part: DemoPart, now: datetime, bio: str = "", language: str = "en"
) -> PersonRecord:
    return PersonRecord(
        id=PersonId(ids.decimal()),
        username=username,
        display_name=display_name,
        bio=bio,
        language=language,
        picture=None,
        admin=False,
        demo=part,
        created_at=now - _FOUNDED,
        followers=0,
        following=0,
    )
