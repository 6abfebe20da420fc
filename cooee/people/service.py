"""What people do: one unit of work each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_

from cooee.kit.ids import Ids
from cooee.kit.pages import Asking
from cooee.people import following, pairs, protecting, relations, rules, search, standing, store, tables
from cooee.people.errors import PersonNotFound, UsernameTaken
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.records import PersonRecord
from cooee.people.shapes import Known, Me, Person, PersonPage, Profile, Ring, Rings

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
    language: str = "en"


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
            language=new.language,
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


def person_by_id(tx: Connection, id: PersonId) -> PersonRecord:
    """Who has this id.

    Raises:
        PersonNotFound: nobody, not any longer, or suspended.
    """
    found = store.person(tx, id)
    if found is None or not found.there:
        raise PersonNotFound
    return found


def host_by_id(tx: Connection, id: PersonId) -> PersonRecord:
    """Who has this id and is about to host; until this transaction ends they do not protect the account.

    Raises:
        PersonNotFound: nobody, not any longer, or suspended.
    """
    found = store.hold(tx, id)
    if found is None or not found.there:
        raise PersonNotFound
    return found


def persons(
    tx: Connection, ids: Collection[PersonId], asks: Questions, viewer: PersonId | None = None
) -> dict[PersonId, Person]:
    """Those of `ids` who exist, as they go over the wire; without a `viewer`, as all may be told alike."""
    records = store.persons(tx, ids)
    live = asks.live_spaces(tx, records.keys(), viewer) if records else {}
    return {id: _person(record, live.get(id)) for id, record in records.items()}


def rings(tx: Connection, ids: Collection[PersonId], viewer: PersonId, asks: Questions) -> Rings:
    """Which of `ids` are live, as `viewer` may know."""
    known = _known(tx, store.persons(tx, ids), viewer, asks).values()
    return Rings(items=[Ring(person=one.id, space=one.live_space) for one in known if one.live_space])


def shaped(
    tx: Connection, records: Sequence[PersonRecord], asks: Questions, viewer: PersonId | None = None
) -> list[Known]:
    """The people of a list, in its order."""
    by_id = _known(tx, {record.id: record for record in records}, viewer, asks)
    return [by_id[record.id] for record in records]


def profile(tx: Connection, username: str, viewer: PersonId, asks: Questions) -> Profile:
    """Somebody's page. Of a suspended account whoever moderates sees what is hidden of it.

    Raises:
        PersonNotFound: nobody has this username.
    """
    found = store.by_username(tx, username)
    if found is None or (found.deleting_at is not None and found.id != viewer):
        raise PersonNotFound
    page = profile_of(tx, found, viewer, asks)
    if not page.suspended or not asks.moderates(tx, viewer):
        return page
    shown = {"display_name": found.display_name, "bio": found.bio, "picture_url": _picture(found.picture)}
    return page.model_copy(update=shown)


def profile_by_id(tx: Connection, id: PersonId, viewer: PersonId, asks: Questions) -> Profile:
    """The page of somebody, who may be suspended.

    Raises:
        PersonNotFound: nobody, or not any longer.
    """
    found = store.person(tx, id)
    if found is None or found.deleting_at is not None:
        raise PersonNotFound
    return profile_of(tx, found, viewer, asks)


def profile_of(tx: Connection, person: PersonRecord, viewer: PersonId, asks: Questions) -> Profile:
    """The page of a person who was found already."""
    known = _known(tx, {person.id: person}, viewer, asks)[person.id]
    return Profile(
        **dict(known),
        bio="" if known.relation.blocked_by or person.suspended_until else person.bio,
        suspended=person.suspended_until is not None,
        created_at=person.created_at,
        followers=person.followers,
        following=person.following,
    )


def me(tx: Connection, id: PersonId, asks: Questions) -> Me:
    """One's own page."""
    person = store.person(tx, id)
    if person is None:
        raise PersonNotFound
    return Me(
        **dict(profile_of(tx, person, id, asks)),
        language=person.language,
        zone=person.zone,
        may_host=asks.may_host(tx, person),
        admin=person.admin,
        moderator=asks.moderates(tx, id),
        follow_requests=protecting.waiting(tx, id),
    )


def followers(tx: Connection, of: PersonId, viewer: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Who follows somebody.

    Raises:
        PersonNotFound, YouBlockedThem, BlockedByThem, ProtectedAccount
    """
    _check_list(tx, of, viewer)
    return page_of(tx, pairs.to_page(tx, tables.follows, of, page, _among(viewer)), viewer, asks)


def followed(tx: Connection, of: PersonId, viewer: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Whom somebody follows.

    Raises:
        PersonNotFound, YouBlockedThem, BlockedByThem, ProtectedAccount
    """
    _check_list(tx, of, viewer)
    return page_of(tx, pairs.from_page(tx, tables.follows, of, page, _among(viewer)), viewer, asks)


def suggested(tx: Connection, me: PersonId, asks: Questions) -> PersonPage:
    """Whom one might want to follow."""
    return PersonPage(items=shaped(tx, following.best_known(tx, me, _SUGGESTIONS), asks, me), next=None)


def found(tx: Connection, viewer: PersonId, question: str, asks: Questions) -> PersonPage:
    """Who is meant by some words."""
    return page_of(tx, (search.found(tx, viewer, question, _FOUND), None), viewer, asks)


def blocked(tx: Connection, me: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Whom one has blocked."""
    return page_of(tx, pairs.from_page(tx, tables.blocks, me, page, relations.present), me, asks)


def muted(tx: Connection, me: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Whom one has muted."""
    return page_of(tx, pairs.from_page(tx, tables.mutes, me, page, relations.present), me, asks)


def askers(tx: Connection, me: PersonId, page: Asking, asks: Questions) -> PersonPage:
    """Who asks to follow."""
    return page_of(tx, pairs.to_page(tx, tables.follow_requests, me, page, relations.present), me, asks)


def _check_list(tx: Connection, of: PersonId, viewer: PersonId) -> None:
    person_by_id(tx, of)
    standing.check_reads(tx, viewer, of)


def _among(viewer: PersonId) -> pairs.Among:
    return lambda listed: and_(relations.present(listed), ~relations.apart_from(viewer, listed))


def page_of(
    tx: Connection, found: tuple[Sequence[PersonId], str | None], viewer: PersonId, asks: Questions
) -> PersonPage:
    """A page of people who were found already, and its cursor."""
    ids, cursor = found
    by_id = _known(tx, store.persons(tx, ids), viewer, asks)
    return PersonPage(items=[by_id[id] for id in ids], next=cursor)


def _known(
    tx: Connection, records: Mapping[PersonId, PersonRecord], viewer: PersonId | None, asks: Questions
) -> dict[PersonId, Known]:
    relation = standing.towards(tx, viewer, records.keys())
    near = [id for id in records if not relation[id].blocked_by]
    live = asks.live_spaces(tx, near, viewer) if near else {}
    return {
        id: Known(
            **dict(_person(record, live.get(id))),
            protected=record.protected,
            relation=relation[id],
        )
        for id, record in records.items()
    }


def _person(record: PersonRecord, live_space: str | None) -> Person:
    suspended = record.suspended_until is not None
    name, picture = rules.face(record.display_name, record.picture, record.username, suspended=suspended)
    return Person(
        id=record.id,
        username=record.username,
        display_name=name,
        picture_url=_picture(picture),
        live_space=live_space,
    )


def _picture(name: str | None) -> str | None:
    return PICTURES + name if name else None
