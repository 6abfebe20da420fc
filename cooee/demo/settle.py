"""Puts the demo's people, follows and posts into an empty database."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import count

from sqlalchemy import Connection

from cooee.demo import community
from cooee.kit.clock import SettableClock
from cooee.kit.ids import Ids
from cooee.people import following, store
from cooee.people.cards import Attachment
from cooee.people.ids import DemoPart, PersonId
from cooee.people.records import PersonRecord
from cooee.posts import store as posts
from cooee.posts.records import PostId, PostRecord

_FOUNDED = timedelta(days=90)


def people(tx: Connection, now: datetime) -> dict[str, PersonId]:
    """Residents and crowd, and who follows whom; the residents' ids by username."""
    # One a minute: ids of one millisecond collide when there are hundreds.
    moments = (now - _FOUNDED + timedelta(minutes=n) for n in count())
    residents = [_resident(each, next(moments)) for each in community.RESIDENTS]
    crowd = [_person(username, name, "crowd", next(moments)) for username, name in community.crowd()]
    store.insert_people(tx, residents + crowd)
    known = {person.username: person.id for person in residents}
    friends = [(known[each.username], known[other]) for each in community.RESIDENTS for other in each.follows]
    admired = (known[community.HOST], known[community.WELL_KNOWN])
    following.add_many(tx, [*friends, *((one.id, star) for one in crowd for star in admired)], now)
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
    return PostRecord(PostId(_id_of(at)), author, text, at, attachment)


def _resident(resident: community.Resident, at: datetime) -> PersonRecord:
    part: DemoPart = "voice" if resident.username in community.ON_AIR else "resident"
    return _person(resident.username, resident.display_name, part, at, resident.bio, resident.language)


def _person(
    username: str, display_name: str, part: DemoPart, at: datetime, bio: str = "", language: str = "en"
) -> PersonRecord:
    return PersonRecord(
        id=PersonId(_id_of(at)),
        username=username,
        display_name=display_name,
        bio=bio,
        language=language,
        picture=None,
        admin=False,
        demo=part,
        created_at=at,
        followers=0,
        following=0,
    )


def _id_of(moment: datetime) -> str:
    """An id of its time, so that lists have it in its place."""
    return Ids(SettableClock(moment)).decimal()
