"""What all ways to sign up have in common: what they refuse, and what is looked at before anything is written."""

from typing import Protocol

from fastapi import Request

from cooee.kit.errors import InvalidRequest, TooManyRequests
from cooee.kit.limits import by_address
from cooee.kit.web import Toolbox, client_address, require_own_origin
from cooee.people import rules
from cooee.people.errors import UsernameNotAllowed, UsernameTaken
from cooee.people.sign_in import newcomers
from cooee.people.sign_in.errors import AgreementNeeded, SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid
from cooee.people.wiring import People, Wiring

REFUSED = (
    AgreementNeeded,
    InvalidRequest,
    SignupClosed,
    SignupInvitationNeeded,
    SignupInvitationNotValid,
    TooManyRequests,
    UsernameNotAllowed,
    UsernameTaken,
)


class Newcomer(Protocol):
    """Who signs up."""

    @property
    def username(self) -> str: ...

    @property
    def cookie(self) -> bool: ...


def wished_username(asked: Newcomer, request: Request, people: People) -> str:
    """The username that somebody may ask for here.

    Raises:
        SignupClosed, ForeignOrigin, UsernameNotAllowed
    """
    if people.signup == "closed":
        raise SignupClosed
    if asked.cookie:
        require_own_origin(request, people.public_url)
    return rules.username(asked.username)


async def admit_attempt(username: str, says: newcomers.Says, request: Request, tools: Toolbox, people: Wiring) -> None:
    """Counts an attempt to sign up; what would be refused anyway uses none of the few that an address has.

    Raises:
        TooManyRequests, and what `newcomers.check` refuses.
    """
    address, now = by_address(client_address(request)), tools.clock.now()
    await tools.attempt(people.sign_in_address_limit, "sign-up try from", address)
    await tools.db.read(lambda tx: newcomers.check(tx, username, says, people.signup, now))
    await tools.attempt(people.sign_up_limit, "sign-up", address)
