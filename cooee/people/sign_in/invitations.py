"""Invitations to sign up: a code that opens the form a number of times, until it expires or is revoked."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, func, insert, or_, select, update

from cooee.kit.ids import Ids, base62
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.sign_in.errors import (
    SignupClosed,
    SignupInvitationNeeded,
    SignupInvitationNotValid,
    TooManyInvitations,
)
from cooee.people.sign_in.rules import SignupMode
from cooee.people.sign_in.tables import signup_invitation_uses as uses
from cooee.people.sign_in.tables import signup_invitations as table
from cooee.people.tables import people

MOST_WAITING = 20
"""Of one person who is no administrator."""

_CODE_BITS, _CODE_LENGTH = 64, 11
_MOST_LISTED = 100
_MOST_ARRIVALS = 500


@dataclass(frozen=True)
class Invitation:
    """A row of `signup_invitations`."""

    id: str
    code: str
    made_by: PersonId | None
    note: str
    most_uses: int
    used: int
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


@dataclass(frozen=True)
class Wish:
    """What an invitation is to be."""

    uses: int
    lasts: timedelta
    note: str


def make(tx: Connection, by: PersonId | None, wish: Wish, ids: Ids, now: datetime) -> Invitation:
    """A new invitation; `by` is None on the command line."""
    made = Invitation(
        id=ids.decimal(),
        code=base62(ids.random(_CODE_BITS), _CODE_LENGTH),
        made_by=by,
        note=wish.note,
        most_uses=wish.uses,
        used=0,
        created_at=now,
        expires_at=now + wish.lasts,
        revoked_at=None,
    )
    tx.execute(insert(table).values(vars(made)))
    return made


def require_room(tx: Connection, by: PersonId, now: datetime) -> None:
    """Says no to somebody who has enough invitations waiting.

    Raises:
        TooManyInvitations
    """
    waiting = select(func.count()).select_from(table).where(table.c.made_by == by, _usable(now))
    if tx.execute(waiting).scalar_one() >= MOST_WAITING:
        raise TooManyInvitations


def admit(tx: Connection, mode: SignupMode, code: str | None, now: datetime) -> str | None:
    """Lets a new account in, in the transaction that makes it: counts one use of the invitation, whose id it gives.

    Raises:
        SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid
    """
    if mode == "closed":
        raise SignupClosed
    if not code:
        if mode == "invite":
            raise SignupInvitationNeeded
        return None
    counted = update(table).where(table.c.code == code, _usable(now)).values(used=table.c.used + 1)
    admitted: str | None = tx.execute(counted.returning(table.c.id)).scalar_one_or_none()
    # Where everybody may sign up, a link that has grown old keeps nobody out.
    if admitted is None and mode == "invite":
        raise SignupInvitationNotValid
    return admitted


def check(tx: Connection, mode: SignupMode, code: str | None, now: datetime) -> None:
    """Whether `admit` would let a new account in; counts nothing.

    Raises:
        SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid
    """
    if mode == "closed":
        raise SignupClosed
    if mode == "open":
        return
    if not code:
        raise SignupInvitationNeeded
    if tx.execute(select(table.c.id).where(table.c.code == code, _usable(now))).first() is None:
        raise SignupInvitationNotValid


def note_arrival(tx: Connection, invitation: str, person: PersonId) -> None:
    """Remembers by which invitation somebody came."""
    tx.execute(insert(uses).values(invitation_id=invitation, person_id=person))


def arrivals(tx: Connection, invitations: Sequence[Invitation]) -> dict[str, list[PersonId]]:
    """Who came by each of these, by its id; of very many the latest."""
    query = select(uses.c.invitation_id, uses.c.person_id).where(uses.c.invitation_id.in_([i.id for i in invitations]))
    found: dict[str, list[PersonId]] = {}
    for invitation, person in tx.execute(query.order_by(uses.c.person_id.desc()).limit(_MOST_ARRIVALS)):
        found.setdefault(invitation, []).append(person)
    return found


def inviter(tx: Connection, code: str, now: datetime) -> str | None:
    """The display name of whoever made this invitation; None for the site itself.

    Raises:
        SignupInvitationNotValid
    """
    query = (
        select(people.c.display_name)
        .select_from(table.outerjoin(people, people.c.id == table.c.made_by))
        .where(table.c.code == code, _usable(now))
    )
    row = tx.execute(query).one_or_none()
    if row is None:
        raise SignupInvitationNotValid
    name: str | None = row.display_name
    return name


def listed(tx: Connection, by: PersonId | None) -> Sequence[Invitation]:
    """The latest invitations that somebody made; with None, of everybody."""
    query = select(table).order_by(table.c.id.desc()).limit(_MOST_LISTED)
    return [_record(row) for row in tx.execute(query if by is None else query.where(table.c.made_by == by))]


def revoke(tx: Connection, id: str, by: PersonId | None, now: datetime) -> bool:
    """Has an invitation open nothing any more; with None for `by`, whoever made it. False if there is none."""
    mine = table.c.id == id if by is None else and_(table.c.id == id, table.c.made_by == by)
    changed = update(table).where(mine).values(revoked_at=now)
    return tx.execute(changed).rowcount == 1


def link(site_url: str, code: str) -> str:
    """Where an invitation leads."""
    return f"{site_url}/sign-up?code={code}"


def is_usable(invitation: Invitation, now: datetime) -> bool:
    """Whether it opens the form."""
    return invitation.revoked_at is None and invitation.used < invitation.most_uses and now < invitation.expires_at


def _usable(now: datetime) -> ColumnElement[bool]:
    # Who is suspended, or about to be erased, lets nobody in meanwhile.
    lets_in = or_(table.c.made_by.is_(None), relations.present(table.c.made_by))
    return and_(table.c.revoked_at.is_(None), table.c.used < table.c.most_uses, table.c.expires_at > now, lets_in)


def _record(row: Row[Any]) -> Invitation:
    return Invitation(**{field.name: getattr(row, field.name) for field in fields(Invitation)})
