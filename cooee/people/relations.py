"""How people stand to each other: what every list and every door asks.

Two kinds of answer: a `bool` about two people, and a condition for the WHERE of a list, given the column that holds
the author. Conditions look up one row by its key for each row that is tested, so that a timeline reads no more than
its page.
"""

from collections.abc import Collection

from sqlalchemy import ColumnElement, Connection, FromClause, Table, and_, literal, or_, select
from sqlalchemy.sql.elements import SQLColumnExpression

from cooee.people.ids import PersonId
from cooee.people.tables import blocks, follows, mutes, people

Author = SQLColumnExpression[str]
"""The column with the id of whoever wrote it, hosts it, is listed."""


def blocked_between(tx: Connection, one: PersonId, other: PersonId) -> bool:
    """Whether one of the two has blocked the other."""
    return _holds(tx, or_(_blocks(one, other), _blocks(other, one)))


def has_blocked(tx: Connection, blocker: PersonId, other: PersonId) -> bool:
    """Whether `blocker` has blocked `other`."""
    return _holds(tx, _blocks(blocker, other))


def blocked_among(tx: Connection, blocker: PersonId, others: Collection[PersonId]) -> set[PersonId]:
    """Those of `others` whom `blocker` has blocked."""
    if not others:
        return set()
    query = select(blocks.c.blocked_id).where(blocks.c.blocker_id == blocker, blocks.c.blocked_id.in_(set(others)))
    return set(tx.execute(query).scalars())


def parted_from(tx: Connection, person: PersonId) -> set[PersonId]:
    """All who are in a block with `person`, whichever of the two blocked."""
    theirs = select(blocks.c.blocked_id).where(blocks.c.blocker_id == person)
    of_others = select(blocks.c.blocker_id).where(blocks.c.blocked_id == person)
    return set(tx.execute(theirs.union(of_others)).scalars())


def muted_by(tx: Connection, muter: PersonId, other: PersonId) -> bool:
    """Whether `other` is muted by `muter`."""
    return _holds(tx, _pair(mutes, "muter_id", muter, "muted_id", other))


def is_protected(tx: Connection, person: PersonId) -> bool:
    """Whether only followers read what this person posts."""
    return _holds(tx, _exists(people, people.c.id == person, people.c.protected))


def is_gone(tx: Connection, person: PersonId) -> bool:
    """Whether this person has deleted the account (also while that can be undone), is suspended, or never was."""
    return not _holds(tx, _exists(people, people.c.id == person, there(people)))


def is_suspended(tx: Connection, person: PersonId) -> bool:
    """Whether moderators have suspended the account, and its owner has not deleted it."""
    suspended = and_(people.c.suspended_until.is_not(None), people.c.deleting_at.is_(None))
    return _holds(tx, _exists(people, people.c.id == person, suspended))


def may_read(tx: Connection, viewer: PersonId | None, author: PersonId) -> bool:
    """Whether `viewer` may read what `author` posts: `readable_by` and `apart_from` for one author."""
    condition = readable_by(viewer, people.c.id)
    if viewer is not None:
        condition = and_(condition, ~apart_from(viewer, people.c.id))
    return tx.execute(select(people.c.id).where(people.c.id == author, condition)).one_or_none() is not None


def is_hidden(tx: Connection, viewer: PersonId, author: PersonId) -> bool:
    """`hidden_from` for one author: in a block either way, or muted by `viewer`."""
    return blocked_between(tx, viewer, author) or muted_by(tx, viewer, author)


def there(account: FromClause) -> ColumnElement[bool]:
    """For `people`, or an alias of it: the account is not deleted, nor about to be, nor suspended."""
    return and_(account.c.deleting_at.is_(None), account.c.suspended_until.is_(None))


def present(person: Author) -> ColumnElement[bool]:
    """`there` for whom a column names."""
    theirs = people.alias()
    return _exists(theirs, theirs.c.id == person, there(theirs))


def hidden_from(viewer: PersonId | Author, author: Author) -> ColumnElement[bool]:
    """For timelines, notices, suggestions: in a block either way, or muted by `viewer`."""
    return or_(apart_from(viewer, author), _pair(mutes, "muter_id", viewer, "muted_id", author))


def apart_from(viewer: PersonId | Author, author: Author) -> ColumnElement[bool]:
    """For what one asks for by name (a profile, a post): in a block either way. Mutes do not count."""
    return or_(_blocks(viewer, author), _blocks(author, viewer))


def readable_by(viewer: PersonId | None, author: Author) -> ColumnElement[bool]:
    """The author is public, or is the viewer, or is followed by the viewer; and is there."""
    theirs = people.alias()
    open_to = [~theirs.c.protected]
    if viewer is not None:
        open_to += [theirs.c.id == viewer, _pair(follows, "follower_id", viewer, "followed_id", theirs.c.id)]
    return _exists(theirs, theirs.c.id == author, there(theirs), or_(*open_to))


def _blocks(blocker: PersonId | Author, blocked: PersonId | Author) -> ColumnElement[bool]:
    return _pair(blocks, "blocker_id", blocker, "blocked_id", blocked)


def _pair(
    table: Table, first: str, one: PersonId | Author, second: str, other: PersonId | Author
) -> ColumnElement[bool]:
    # An alias: the list that is filtered may be one of this very table.
    pairs = table.alias()
    return _exists(pairs, pairs.c[first] == one, pairs.c[second] == other)


def _exists(source: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return select(literal(1)).select_from(source).where(*where).correlate_except(source).exists()


def _holds(tx: Connection, condition: ColumnElement[bool]) -> bool:
    return bool(tx.execute(select(condition)).scalar_one())
