"""What people do: one unit of work each."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people import following, rules, search, store
from cooee.people.errors import CannotFollowYourself, PersonNotFound, UsernameTaken
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.records import PersonRecord
from cooee.people.shapes import Me, Person, PersonPage, Profile

PICTURES = "/api/v1/pictures/"
_SUGGESTIONS = 10
_FOUND = 20
_TRIES = 5


@dataclass(frozen=True)
class NewAccount:
    """What a new account begins with."""

    username: str
    display_name: str
    password_hash: str | None
    admin: bool = False


def sign_up(tx: Connection, new: NewAccount, ids: Ids, now: datetime) -> PersonRecord:
    """Makes an account.

    Raises:
        UsernameTaken: somebody has this username.
    """
    for _ in range(_TRIES):
        person = PersonRecord(
            id=PersonId(ids.decimal()),
            username=new.username,
            display_name=new.display_name,
            bio="",
            language="en",
            picture=None,
            admin=new.admin,
            demo=None,
            created_at=now,
            followers=0,
            following=0,
        )
        if store.insert_person(tx, person, new.password_hash):
            return person
        if store.by_username(tx, new.username):
            raise UsernameTaken
    raise AssertionError("22 random bits do not collide five times in a row")


def begin_session(tx: Connection, person: PersonId, token_hash: bytes, now: datetime) -> None:
    """Whoever has the token is `person` from now on."""
    store.insert_session(tx, token_hash, person, now, rules.session_end(now))


def person_by_id(tx: Connection, id: PersonId) -> PersonRecord:
    """Who has this id.

    Raises:
        PersonNotFound: nobody.
    """
    found = store.person(tx, id)
    if found is None:
        raise PersonNotFound
    return found


def follow(tx: Connection, me: PersonId, other: PersonId, now: datetime) -> None:
    """`me` follows `other` from now on.

    Raises:
        PersonNotFound: `other` does not exist.
        CannotFollowYourself: they are the same.
    """
    if me == other:
        raise CannotFollowYourself
    person_by_id(tx, other)
    following.add(tx, me, other, now)


def unfollow(tx: Connection, me: PersonId, other: PersonId) -> None:
    """`me` does not follow `other` any longer.

    Raises:
        PersonNotFound: `other` does not exist.
    """
    person_by_id(tx, other)
    following.remove(tx, me, other)


def persons(tx: Connection, ids: Collection[PersonId], asks: Questions) -> dict[PersonId, Person]:
    """Those of `ids` who exist, as they go over the wire."""
    return _shaped(tx, store.persons(tx, ids), asks)


def shaped(tx: Connection, records: Sequence[PersonRecord], asks: Questions) -> list[Person]:
    """The people of a list, in its order."""
    by_id = _shaped(tx, {record.id: record for record in records}, asks)
    return [by_id[record.id] for record in records]


def profile(tx: Connection, username: str, viewer: PersonId, asks: Questions) -> Profile:
    """Somebody's page.

    Raises:
        PersonNotFound: nobody has this username.
    """
    found = store.by_username(tx, username)
    if found is None:
        raise PersonNotFound
    return profile_of(tx, found, viewer, asks)


def profile_of(tx: Connection, person: PersonRecord, viewer: PersonId, asks: Questions) -> Profile:
    """The page of a person who was found already."""
    return Profile(
        **_person(person, asks.live_spaces(tx, [person.id]).get(person.id)).model_dump(),
        bio=person.bio,
        created_at=person.created_at,
        followers=person.followers,
        following=person.following,
        followed_by_me=following.is_following(tx, viewer, person.id),
        follows_me=following.is_following(tx, person.id, viewer),
    )


def me(tx: Connection, id: PersonId, asks: Questions) -> Me:
    """One's own page."""
    person = person_by_id(tx, id)
    return Me(
        **profile_of(tx, person, id, asks).model_dump(),
        language=person.language,
        may_host=asks.may_host(tx, person),
        admin=person.admin,
    )


def followers(tx: Connection, of: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Who follows somebody."""
    person_by_id(tx, of)
    ids, cursor = following.followers_page(tx, of, page)
    return _page(tx, ids, cursor, asks)


def followed(tx: Connection, of: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Whom somebody follows."""
    person_by_id(tx, of)
    ids, cursor = following.following_page(tx, of, page)
    return _page(tx, ids, cursor, asks)


def suggested(tx: Connection, me: PersonId, asks: Questions) -> PersonPage:
    """Whom one might want to follow."""
    return PersonPage(items=shaped(tx, following.best_known(tx, me, _SUGGESTIONS), asks), next=None)


def found(tx: Connection, viewer: PersonId, question: str, asks: Questions) -> PersonPage:
    """Who is meant by some words."""
    return _page(tx, search.found(tx, viewer, question, _FOUND), None, asks)


def _page(tx: Connection, ids: Sequence[PersonId], cursor: str | None, asks: Questions) -> PersonPage:
    by_id = persons(tx, ids, asks)
    return PersonPage(items=[by_id[id] for id in ids], next=cursor)


def _shaped(tx: Connection, records: dict[PersonId, PersonRecord], asks: Questions) -> dict[PersonId, Person]:
    live = asks.live_spaces(tx, records.keys()) if records else {}
    return {id: _person(record, live.get(id)) for id, record in records.items()}


def _person(record: PersonRecord, live_space: str | None) -> Person:
    return Person(
        id=record.id,
        username=record.username,
        display_name=record.display_name,
        picture_url=PICTURES + record.picture if record.picture else None,
        live_space=live_space,
    )
