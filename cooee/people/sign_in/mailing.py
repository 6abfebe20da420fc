"""Letters about an account, and who gets which.

A letter is asked for in the transaction of the deed. To whom it really goes is decided when it is sent, so that no
answer, and no time that an answer takes, tells whether an address has an account.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import structlog
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.clock import Clock, from_ms, to_ms
from cooee.kit.db import Database
from cooee.kit.ids import Ids
from cooee.kit.mail import Letter, Letters, Mailer, MailFailed
from cooee.kit.outbox import Job
from cooee.kit.worker import MAIL, Handler, Outside
from cooee.people import store
from cooee.people.erasing import nameless
from cooee.people.ids import PersonId
from cooee.people.sign_in import addresses, mail_tokens
from cooee.people.sign_in.mail_tokens import LASTS, Link

KEY_PURPOSE: Final = "mail-tokens"
"""What the key of the tokens is derived for."""

LETTERS: Final = Path(__file__).parent / "letters"

_VERIFY: Final = "people.letter.verify"
_RESET: Final = "people.letter.reset"
_NEWS: Final = "people.letter.news"
_log = structlog.get_logger(__name__)

Drafted = tuple[str, str, Mapping[str, Any]]
"""Template, address, values."""


def ask_to_verify(tx: Connection, key: bytes, person: PersonId, address: str, ids: Ids, now: datetime) -> None:
    """Sends a link by which `person` shows that they receive letters at `address`."""
    job = f"{_VERIFY}:{ids.token()}"
    link = Link(person, "verify", address, now + LASTS["verify"])
    mail_tokens.begin(tx, mail_tokens.token(key, job), link)
    outbox.put(tx, job, _VERIFY, {"person": person, "address": address}, now)


def offer_reset(tx: Connection, address: str, ids: Ids, now: datetime) -> None:
    """Sends a link for a new password to `address`, if it is anybody's."""
    payload = {"address": address, "expires_ms": to_ms(now + LASTS["reset"])}
    outbox.put(tx, f"{_RESET}:{ids.token()}", _RESET, payload, now)


def tell_of_new_address(tx: Connection, person: PersonId, old: str, ids: Ids, now: datetime) -> None:
    """Tells whoever reads letters at the old address that they are not sent there any more."""
    _tell(tx, "address_changed", person, old, ids, now)


def tell_of_new_password(tx: Connection, person: PersonId, ids: Ids, now: datetime) -> None:
    """Tells somebody, if they can be reached, that their password is another."""
    found = addresses.of(tx, person)
    if found:
        _tell(tx, "password_changed", person, found.address, ids, now)


@dataclass(frozen=True)
class Desk:
    """What it takes to write letters and to send them."""

    db: Database
    clock: Clock
    mailer: Mailer
    letters: Letters
    key: bytes

    def handlers(self) -> Mapping[str, Handler]:
        """What the worker does, by topic."""
        return {topic: Outside(self._send, MAIL) for topic in (_VERIFY, _RESET, _NEWS)}

    async def _send(self, job: Job) -> None:
        letter = await self.db.write(lambda tx: self._draft(tx, job))
        if letter is None:
            return
        try:
            await self.mailer.send(letter)
        except MailFailed as failed:
            if not failed.permanent:
                raise
            _log.warning("letter.refused", topic=job.topic, why=str(failed))

    def _draft(self, tx: Connection, job: Job) -> Letter | None:
        write = {_VERIFY: self._verification, _RESET: self._reset, _NEWS: self._news}[job.topic]
        drafted = write(tx, job)
        if drafted is None:
            return None
        template, to, values = drafted
        return self.letters.letter(template, key=job.key, to=to, **values)

    def _verification(self, tx: Connection, job: Job) -> Drafted | None:
        token = mail_tokens.token(self.key, job.key)
        if mail_tokens.find(tx, token, self.clock.now()) is None:
            return None
        person, address = PersonId(str(job.payload["person"])), str(job.payload["address"])
        holder = addresses.owner(tx, address)
        if holder not in (None, person):
            # Only whoever reads letters there learns of it.
            return "address_in_use", address, {"username": _username(tx, holder)}
        return "verify_address", address, {"username": _username(tx, person), "token": token}

    def _reset(self, tx: Connection, job: Job) -> Drafted | None:
        address, expires_at = str(job.payload["address"]), from_ms(job.payload["expires_ms"])
        person = addresses.owner(tx, address)
        if person is None or expires_at <= self.clock.now():
            return None
        token = mail_tokens.token(self.key, job.key)
        mail_tokens.begin(tx, token, Link(person, "reset", address, expires_at))
        return "reset_password", address, {"username": _username(tx, person), "token": token}

    def _news(self, tx: Connection, job: Job) -> Drafted | None:
        username = _username(tx, PersonId(str(job.payload["person"])))
        if username is None:
            return None
        return str(job.payload["news"]), str(job.payload["address"]), {"username": username}


def _tell(tx: Connection, news: str, person: PersonId, address: str, ids: Ids, now: datetime) -> None:
    payload = {"news": news, "person": person, "address": address}
    outbox.put(tx, f"{_NEWS}:{ids.token()}", _NEWS, payload, now)


def _username(tx: Connection, person: PersonId | None) -> str | None:
    found = person and store.person(tx, person)
    # Of somebody who was erased meanwhile nothing is said, and to nobody.
    return found.username if found and found.username != nameless(found.id) else None
