"""What the routes of this domain are given by `app.py`, at `app.state.people`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.kit.mail import Mailer
from cooee.people.passwords import Passwords
from cooee.people.questions import Questions
from cooee.people.sign_in.providers import Provider
from cooee.people.sign_in.rules import Inviters, SignupMode
from cooee.people.sign_in.talking import Talk


@dataclass(frozen=True)
class Cookie:
    """The cookie that holds a browser's token."""

    name: str
    """Carries the port: two instances on one host keep theirs apart."""
    secure: bool


@dataclass(frozen=True)
class Wiring:
    """Settings and wired answers."""

    asks: Questions
    passwords: Passwords
    talk: Talk
    providers: Sequence[Provider]
    mailer: Mailer
    mail_key: bytes
    """Of the links in letters."""
    cookie: Cookie
    name: str
    """What the site calls itself."""
    public_url: str | None
    site_url: str
    """Where people open the site: what links in letters and invitations begin with."""
    signup: SignupMode
    inviters: Inviters
    sign_up_limit: str
    """Per address, e.g. `5 per hour`; empty means none."""
    sign_in_limit: str
    """Per account and address."""
    sign_in_address_limit: str
    """Per address, whatever the account."""
    mail_limit: str
    """Letters that somebody has sent: per account, per address of theirs, and per address they go to."""
    follow_limit: str
    """Per account."""
    block_limit: str
    """Blocks and mutes, each, per account."""
    profile_limit: str
    """Changes of one's profile and picture, per account."""
    export_limit: str
    """Copies of one's data, per account."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.people
    assert isinstance(found, Wiring)
    return found


People = Annotated[Wiring, Depends(wiring)]
