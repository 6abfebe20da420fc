"""What opens an account: a password, passkeys, providers."""

from sqlalchemy import Connection

from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in import passkeys, passwords, providers, rules
from cooee.people.sign_in.errors import LastWayIn


def require_another(tx: Connection, person: PersonId) -> None:
    """Says no before the last passkey or provider is taken away from an account without a password.

    Raises:
        LastWayIn
    """
    # Of two that are taken away at once, the second is counted after the first is gone.
    store.hold_alone(tx, person)
    has_password = passwords.stored(tx, person) is not None
    if not rules.may_lose_one(
        password=has_password, passkeys=passkeys.count(tx, person), providers=providers.count(tx, person)
    ):
        raise LastWayIn
