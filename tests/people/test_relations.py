"""What blocks, mutes and protected accounts hide, asked one by one and as the condition of a list."""

from collections.abc import Callable

import pytest
from sqlalchemy import Connection, select

from cooee.kit.db import Database
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import follows, people
from tests.people.settled import block, delete, follow, mute, protect, settle, suspend

Prepare = Callable[[Connection, PersonId, PersonId], None]


def _nothing(_tx: Connection, _ada: PersonId, _bob: PersonId) -> None:
    pass


def _blocked(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    block(tx, ada, bob)


def _blocked_by(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    block(tx, bob, ada)


def _muted(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    mute(tx, ada, bob)


def _muted_by(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    mute(tx, bob, ada)


def _protected(tx: Connection, _ada: PersonId, bob: PersonId) -> None:
    protect(tx, bob)


def _protected_and_followed(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    protect(tx, bob)
    follow(tx, ada, bob)


def _protected_and_following(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    protect(tx, bob)
    follow(tx, bob, ada)


def _deleted(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    follow(tx, ada, bob)
    delete(tx, bob)


def _suspended(tx: Connection, ada: PersonId, bob: PersonId) -> None:
    follow(tx, ada, bob)
    suspend(tx, bob)


@pytest.mark.parametrize(
    ("prepare", "hidden", "apart", "readable", "readable_by_guests"),
    [
        (_nothing, False, False, True, True),
        (_blocked, True, True, True, True),
        (_blocked_by, True, True, True, True),
        (_muted, True, False, True, True),
        (_muted_by, False, False, True, True),
        (_protected, False, False, False, False),
        (_protected_and_followed, False, False, True, False),
        (_protected_and_following, False, False, False, False),
        (_deleted, False, False, False, False),
        (_suspended, False, False, False, False),
    ],
)
def test_what_one_person_sees_of_another(
    database: Database, prepare: Prepare, hidden: bool, apart: bool, readable: bool, readable_by_guests: bool
) -> None:
    def work(tx: Connection) -> None:
        ada, bob, _cid = settle(tx, "ada", "bob", "cid")
        prepare(tx, ada, bob)
        author = people.c.id
        others = select(author).where(author != ada)
        assert set(tx.execute(others.where(relations.hidden_from(ada, author))).scalars()) == (
            {bob} if hidden else set()
        )
        assert set(tx.execute(others.where(relations.apart_from(ada, author))).scalars()) == ({bob} if apart else set())
        assert (bob in set(tx.execute(others.where(relations.readable_by(ada, author))).scalars())) == readable
        guests = set(tx.execute(others.where(relations.readable_by(None, author))).scalars())
        assert (bob in guests) == readable_by_guests
        assert relations.blocked_between(tx, ada, bob) == relations.blocked_between(tx, bob, ada) == apart
        assert relations.may_read(tx, ada, bob) == (readable and not apart)
        assert relations.may_read(tx, None, bob) == readable_by_guests

    database.write_now(work)


def test_one_reads_oneself_however_protected(database: Database) -> None:
    def work(tx: Connection) -> None:
        (ada,) = settle(tx, "ada")
        protect(tx, ada)
        assert relations.is_protected(tx, ada)
        assert relations.may_read(tx, ada, ada)

    database.write_now(work)


def test_who_blocked_and_who_muted_is_told_apart(database: Database) -> None:
    def work(tx: Connection) -> None:
        ada, bob = settle(tx, "ada", "bob")
        block(tx, ada, bob)
        mute(tx, bob, ada)
        assert (relations.has_blocked(tx, ada, bob), relations.has_blocked(tx, bob, ada)) == (True, False)
        assert (relations.muted_by(tx, bob, ada), relations.muted_by(tx, ada, bob)) == (True, False)

    database.write_now(work)


def test_who_deleted_the_account_or_is_suspended_and_who_never_was_are_gone(database: Database) -> None:
    def work(tx: Connection) -> None:
        ada, bob, cid = settle(tx, "ada", "bob", "cid")
        delete(tx, bob)
        suspend(tx, cid)
        assert [relations.is_gone(tx, who) for who in (ada, bob, cid, PersonId("99"))] == [False, True, True, True]
        assert [relations.is_suspended(tx, who) for who in (ada, bob, cid)] == [False, False, True]
        delete(tx, cid)
        assert not relations.is_suspended(tx, cid)

    database.write_now(work)


def test_a_list_of_follows_can_itself_be_filtered(database: Database) -> None:
    def work(tx: Connection) -> None:
        ada, bob, cid = settle(tx, "ada", "bob", "cid")
        follow(tx, bob, cid)
        follow(tx, ada, cid)
        block(tx, ada, bob)
        fans = select(follows.c.follower_id).where(follows.c.followed_id == cid)
        shown = fans.where(~relations.hidden_from(ada, follows.c.follower_id))
        assert set(tx.execute(shown).scalars()) == {ada}
        readable = fans.where(relations.readable_by(ada, follows.c.follower_id))
        assert set(tx.execute(readable).scalars()) == {ada, bob}

    database.write_now(work)
