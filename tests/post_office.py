"""A real mail server for tests: it takes letters by SMTP and keeps them.

`python -m tests.post_office` is one for tests in other languages: it prints its address, then each letter as a line of
JSON, until its standard input is closed.
"""

import asyncio
import json
import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


@dataclass
class PostOffice:
    """Letters that arrived, oldest first. Addresses in `unknown` are refused for good."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    unknown: set[str] = field(default_factory=set)
    closed: bool = False
    """Answers "try again later" to everybody."""
    silent: bool = False
    """Answers nobody."""
    mute: bool = False
    """Takes letters, and does not say so."""
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    """Somebody has begun to hand over a letter."""
    on_letter: Callable[[EmailMessage], None] = lambda _letter: None
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to somebody."""
        return [letter for letter in self.letters if letter["To"] == address]

    async def arrives(self, address: str, count: int = 1) -> EmailMessage:
        """The latest letter to somebody, once there are `count` of them."""
        async with asyncio.timeout(10):
            while len(self.to(address)) < count:
                self._news.clear()
                await self._news.wait()
        return self.to(address)[-1]

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Envelope, to: str, _options: list[str]) -> str:
        self.begun.set()
        while self.silent:
            await asyncio.sleep(0.01)
        if self.closed:
            return "451 4.3.0 Try again later"
        if to in self.unknown:
            return "550 5.1.1 Nobody by this name"
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:
        content = envelope.content
        assert isinstance(content, bytes)
        letter = message_from_bytes(content, policy=policy.default)
        self.letters.append(letter)
        self.on_letter(letter)
        self._news.set()
        while self.mute:
            await asyncio.sleep(0.01)
        return "250 OK"


@asynccontextmanager
async def open_post_office(host: str = "127.0.0.1") -> AsyncIterator[PostOffice]:
    """A mail server on a free port of this machine."""
    office = PostOffice()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(office, loop=loop, enable_SMTPUTF8=True), host, 0)
    office.port = server.sockets[0].getsockname()[1]
    try:
        yield office
    finally:
        server.close()
        await server.wait_closed()


def text_of(letter: EmailMessage) -> str:
    """The part that every mail program shows."""
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def link_in(letter: EmailMessage) -> str:
    """The first link with a token in a letter."""
    found = re.search(r"https?://\S+#\S+", text_of(letter))
    assert found, text_of(letter)
    return found[0]


async def _until_nobody_listens() -> None:
    def say(**words: str) -> None:
        sys.stdout.write(json.dumps(words) + "\n")
        sys.stdout.flush()

    async with open_post_office() as office:
        office.on_letter = lambda letter: say(to=letter["To"], subject=letter["Subject"], text=text_of(letter))
        say(url=office.url)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_until_nobody_listens())
