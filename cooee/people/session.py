"""Who is asking: the token of a request, in the header or in the cookie, and the cookie that we set."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from cooee.kit.errors import Unauthenticated
from cooee.kit.secrets import hashed
from cooee.kit.web import SAFE_METHODS, Toolbox, Tools, require_own_origin
from cooee.people import rules
from cooee.people.ids import PersonId
from cooee.people.sign_in import sessions
from cooee.people.sign_in.errors import ConfirmationNeeded
from cooee.people.sign_in.rules import is_fresh, worth_noting
from cooee.people.wiring import Cookie, People, Wiring


@dataclass(frozen=True)
class Account:
    """The signed-in person who asks."""

    id: PersonId
    admin: bool
    token_hash: bytes
    confirmed_at: datetime


async def maybe_account(request: Request, response: Response, tools: Tools, people: People) -> Account | None:
    """Who asks, or None for a guest.

    Raises:
        Unauthenticated: a bearer token that means nothing. A cookie that means nothing is a guest's.
        ForeignOrigin: an unsafe request by cookie from another site.
    """
    bearer = bearer_token(request)
    if bearer is not None:
        account = await _account(tools, bearer)
        if account is None:
            raise Unauthenticated("This token is not valid, or no longer.")
        return account
    token = request.cookies.get(people.cookie.name)
    if token is None:
        return None
    if request.method not in SAFE_METHODS:
        require_own_origin(request, people.public_url)
    return await _account(tools, token, refresh=(response, people.cookie))


async def account(found: Annotated[Account | None, Depends(maybe_account)]) -> Account:
    """Who asks.

    Raises:
        Unauthenticated: a guest.
    """
    if found is None:
        raise Unauthenticated
    return found


SignedIn = Annotated[Account, Depends(account)]
"""For routes that need an account."""


async def confirmed_account(me: SignedIn, tools: Tools) -> Account:
    """Who asks, having proved within the last 10 minutes to be them.

    Raises:
        ConfirmationNeeded: the proof is older. `POST /sessions/current/confirmation` renews it.
    """
    if not is_fresh(me.confirmed_at, tools.clock.now()):
        raise ConfirmationNeeded
    return me


Confirmed = Annotated[Account, Depends(confirmed_account)]
"""For what a device that was left open must not do: such routes refuse with `ConfirmationNeeded` too."""

MaybeSignedIn = Annotated[Account | None, Depends(maybe_account)]
"""For routes that guests may use too."""


def bearer_token(request: Request) -> str | None:
    """The token of the `Authorization` header, if it has one."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


def set_cookie(response: Response, cookie: Cookie, token: str) -> None:
    """Puts the token where the page's scripts cannot read it."""
    response.set_cookie(
        cookie.name,
        token,
        max_age=int(rules.SESSION.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=cookie.secure,
    )


def clear_cookie(response: Response, wiring: Wiring) -> None:
    """Takes the cookie back."""
    response.delete_cookie(wiring.cookie.name, httponly=True, samesite="lax", secure=wiring.cookie.secure)


async def _account(tools: Toolbox, token: str, refresh: tuple[Response, Cookie] | None = None) -> Account | None:
    token_hash = hashed(token)
    now = tools.clock.now()
    session = await tools.db.read(lambda tx: sessions.find(tx, token_hash, now))
    if session is None:
        return None
    extend = rules.worth_extending(session.expires_at, now)
    if extend or worth_noting(session.last_used_at, now):
        end = rules.session_end(now) if extend else session.expires_at
        await tools.db.write(lambda tx: sessions.note_use(tx, token_hash, now, end))
    if extend and refresh:
        set_cookie(*refresh, token)
    return Account(session.person_id, session.admin, token_hash, session.confirmed_at)
