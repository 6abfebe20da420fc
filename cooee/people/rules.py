"""What a username, a password and a session must be. Pure."""

import re
from datetime import datetime, timedelta

from cooee.people.common_passwords import is_common
from cooee.people.errors import PasswordTooWeak, UsernameNotAllowed

SESSION = timedelta(days=30)
"""How long a session lives after it was last used."""

_EXTEND_AFTER = timedelta(days=1)
_PASSWORD_LENGTH = 8
_USERNAME = re.compile(r"[a-z0-9_]{2,30}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
# Addresses of the site, and names under which somebody could speak for it.
_KEPT = frozenset(
    "about admin administrator api app cooee demo docs edge guest healthz help home host me metrics moderator "
    "null people posts readyz root settings signin signup spaces support system undefined whep whip".split()
)


def folded(typed: str) -> str | None:
    """The username that somebody means: lower case, without the @; None if nobody can have it."""
    name = typed.strip().removeprefix("@").lower()
    return name if _USERNAME.fullmatch(name) else None


def username(typed: str) -> str:
    """The username of a new account.

    Raises:
        UsernameNotAllowed: it has other characters, another length, or is kept for the site.
    """
    name = folded(typed)
    if name is None or name in _KEPT:
        raise UsernameNotAllowed
    return name


def check_password(password: str, username: str) -> None:
    """Says no to what would be guessed first.

    Raises:
        PasswordTooWeak: it is short, one character over and over, the username, or what many people have.
    """
    if len(password) < _PASSWORD_LENGTH or len(set(password)) == 1 or username == password.lower():
        raise PasswordTooWeak
    if is_common(password):
        raise PasswordTooWeak


def language(accepted: str) -> str:
    """What somebody speaks whose browser sends this `Accept-Language` (RFC 9110 §12.5.4): what it names first."""
    first = accepted.partition(",")[0].partition(";")[0].strip().partition("-")[0].lower()
    return first if _LANGUAGE.fullmatch(first) else "en"


def face(display_name: str, picture: str | None, username: str, *, suspended: bool) -> tuple[str, str | None]:
    """Name and picture as others see them: of a suspended account there is only the username."""
    return (f"@{username}", None) if suspended else (display_name, picture)


def session_end(now: datetime) -> datetime:
    """When a session that is used now would end without further use."""
    return now + SESSION


def worth_extending(expires_at: datetime, now: datetime) -> bool:
    """Whether using the session now should move its end: once a day, not with every request."""
    return session_end(now) - expires_at >= _EXTEND_AFTER
