"""The link in each letter that ends them (RFC 8058): whoever holds it may do this one thing, signed in or not."""

import base64
import hashlib
import hmac

from cooee.people.ids import PersonId

PURPOSE = "unsubscribe"
_LENGTH = 16


def token(key: bytes, person: PersonId) -> str:
    """The token of somebody's letters. It is good for ever: so are old letters."""
    return f"{person}.{_code(key, person)}"


def person_of(key: bytes, given: str) -> PersonId | None:
    """Whose letters a token ends, or None if it is none of ours."""
    person, _, code = given.partition(".")
    if not hmac.compare_digest(code.encode(), _code(key, PersonId(person)).encode()):
        return None
    return PersonId(person)


def _code(key: bytes, person: PersonId) -> str:
    digest = hmac.digest(key, person.encode(), hashlib.sha256)[:_LENGTH]
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")
