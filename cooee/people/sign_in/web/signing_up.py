"""What all ways to sign up have in common: what they refuse, and what is looked at before anything is written."""

from typing import Protocol

from fastapi import Request

from cooee.kit.errors import InvalidRequest, TooManyRequests
from cooee.kit.web import require_own_origin
from cooee.people import rules
from cooee.people.errors import UsernameNotAllowed, UsernameTaken
from cooee.people.sign_in.errors import AgreementNeeded, SignupClosed, SignupInvitationNeeded, SignupInvitationNotValid
from cooee.people.wiring import People

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
