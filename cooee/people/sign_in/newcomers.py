"""Letting somebody in who has no account yet, by whatever it will be opened: one unit of work."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection

from cooee.kit.ids import Ids
from cooee.people import service, store
from cooee.people.errors import UsernameTaken
from cooee.people.ids import PersonId
from cooee.people.service import NewAccount
from cooee.people.sign_in import invitations, site
from cooee.people.sign_in.rules import SignupMode


class Says(Protocol):
    """What somebody says at the door."""

    @property
    def invitation(self) -> str | None: ...

    @property
    def agrees(self) -> bool: ...

    @property
    def old_enough(self) -> bool: ...


def check(tx: Connection, username: str, says: Says, mode: SignupMode, now: datetime) -> None:
    """What `let_in` would refuse, before anything is made.

    Raises:
        AgreementNeeded, SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid, UsernameTaken
    """
    site.require_agreement(tx, agrees=says.agrees, old_enough=says.old_enough)
    invitations.check(tx, mode, says.invitation, now)
    if store.by_username(tx, username):
        raise UsernameTaken


def let_in(tx: Connection, new: NewAccount, says: Says, mode: SignupMode, ids: Ids, now: datetime) -> PersonId:
    """Makes the account.

    Raises:
        AgreementNeeded, SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid, UsernameTaken
    """
    site.require_agreement(tx, agrees=says.agrees, old_enough=says.old_enough)
    invitation = invitations.admit(tx, mode, says.invitation, now)
    person = service.sign_up(tx, new, ids, now).id
    site.note_agreement(tx, person, now)
    if invitation:
        invitations.note_arrival(tx, invitation, person)
    return person
