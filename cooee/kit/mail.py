"""Letters to people: rendered from templates, sent by SMTP.

A letter is sent by a job of the outbox, at least once; its Message-ID follows from the job's key, so that a repeat
collapses in the mailbox. What goes wrong is told without addresses, so that none comes into a log.
"""

import hashlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import aiosmtplib
from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from cooee.kit.clock import Clock
from cooee.kit.errors import Refusal

_PORTS = {"smtp": 587, "smtps": 465}
# Well below the lease of a job (`outbox.LEASE`).
_PATIENCE_S = 20.0
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_OURS = Path(__file__).parent / "letters"


class MailUnavailable(Refusal):
    """The operator has set up no way to send mail."""

    code = "mail_unavailable"
    status = 409
    title = "This site sends no e-mail."


class MailFailed(Exception):
    """The mail server did not take a letter.

    `permanent`: it will not take it later either; `unknown`: because nobody is at this address.
    """

    def __init__(self, reason: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(reason)
        self.permanent = permanent
        self.unknown = unknown


@dataclass(frozen=True)
class Letter:
    """One mail to one person."""

    key: str
    """The same for each repeat."""
    to: str
    subject: str
    text: str
    html: str
    headers: Mapping[str, str] = field(default_factory=dict)
    """Beside the usual ones."""


@dataclass(frozen=True)
class Post:
    """Which server takes our mail, and how. Made of `COOEE_SMTP_URL`."""

    host: str
    port: int
    implicit_tls: bool
    start_tls: bool
    username: str | None
    password: str | None

    @classmethod
    def of(cls, url: str) -> "Post":
        """From `smtp://user:password@host:587` (STARTTLS, but for loopback or `?tls=off`) or `smtps://…`.

        Raises:
            ValueError: it is no such address.
        """
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ValueError("COOEE_SMTP_URL looks like smtp://user:password@mail.example.org:587 or smtps://…")
        implicit = parts.scheme == "smtps"
        plain = parts.query == "tls=off" or parts.hostname in _LOOPBACK
        return cls(
            host=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            implicit_tls=implicit,
            start_tls=not implicit and not plain,
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
        )


class Mailer:
    """Sends letters. Without a server it sends none, and says so by `available`."""

    def __init__(self, url: str | None, sender: str | None, clock: Clock) -> None:
        """`sender` as in `Cooee <cooee@example.org>`."""
        self._post = Post.of(url) if url and sender else None
        self._sender = sender or ""
        self._clock = clock

    @property
    def available(self) -> bool:
        """Whether letters leave this node."""
        return self._post is not None

    def require(self) -> None:
        """Says no where a letter would be needed.

        Raises:
            MailUnavailable: no letters leave this node.
        """
        if not self.available:
            raise MailUnavailable

    async def send(self, letter: Letter) -> None:
        """Hands the letter over to the mail server.

        Raises:
            MailFailed: it was not taken.
        """
        post = self._post
        if post is None:
            raise MailFailed("no mail server is set", permanent=True)
        try:
            await _hand_over(post, self._message(letter))
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [refused.code for refused in error.recipients]
            unknown = all(code >= 500 for code in codes)
            raise MailFailed(f"recipient refused: {codes}", permanent=unknown, unknown=unknown) from None
        except aiosmtplib.SMTPResponseException as error:
            raise MailFailed(f"refused: {error.code}", permanent=error.code >= 500) from None
        except (aiosmtplib.SMTPException, OSError, ValueError) as error:
            raise MailFailed(f"not sent: {type(error).__name__}") from None

    def _message(self, letter: Letter) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = letter.to
        message["Subject"] = letter.subject
        message["Date"] = format_datetime(self._clock.now())
        message["Message-ID"] = message_id(letter.key, self._sender)
        # So that no out-of-office note answers (RFC 3834).
        message["Auto-Submitted"] = "auto-generated"
        for name, value in letter.headers.items():
            message[name] = value
        message.set_content(letter.text)
        message.add_alternative(letter.html, subtype="html")
        return message


class Letters:
    """Renders letters: `<name>.txt` (its first line is the subject) and `<name>.html` of a domain's folder."""

    def __init__(self, folder: Path, *, site: str, url: str) -> None:
        """`site` is what this instance calls itself, `url` where people open it."""
        self._templates = Environment(
            loader=ChoiceLoader([FileSystemLoader(folder), FileSystemLoader(_OURS)]),
            autoescape=lambda name: name is not None and name.endswith(".html"),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals.update(site=site, url=url.rstrip("/"))

    def letter(
        self, template: str, *, key: str, to: str, headers: Mapping[str, str] | None = None, **values: Any
    ) -> Letter:
        """The letter of this name, to the address `to`."""
        subject, _, text = self._render(f"{template}.txt", values).partition("\n")
        html = self._render(f"{template}.html", {**values, "subject": subject})
        return Letter(key, to, " ".join(subject.split()), text.strip() + "\n", html, headers or {})

    def _render(self, template: str, values: dict[str, Any]) -> str:
        return self._templates.get_template(template).render(values)


async def _hand_over(post: Post, message: EmailMessage) -> None:
    client = aiosmtplib.SMTP(
        hostname=post.host,
        port=post.port,
        username=post.username,
        password=post.password,
        use_tls=post.implicit_tls,
        start_tls=post.start_tls,
        timeout=_PATIENCE_S,
    )
    try:
        await client.connect()
        await client.send_message(message)
        # The letter is theirs by now, however we part.
        with suppress(aiosmtplib.SMTPException):
            await client.quit()
    finally:
        # The library's own `async with` says goodbye even when cancelled, and a node that stops would wait for that.
        client.close()


def message_id(key: str, sender: str) -> str:
    """A Message-ID that tells nothing but whether two letters are one (RFC 5322 §3.6.4)."""
    domain = parseaddr(sender)[1].rpartition("@")[2] or "cooee.invalid"
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{domain}>"
