"""Letters, as a real mail server takes them."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from cooee.kit.clock import SettableClock
from cooee.kit.mail import Letter, Letters, Mailer, MailFailed, MailUnavailable, Post, message_id
from tests.post_office import PostOffice, open_post_office, text_of

pytestmark = pytest.mark.anyio
SENDER = "Cooee <cooee@example.org>"
LETTER = Letter("welcome:1", "ada@example.org", "Grüße", "Hello, Ada\n", "<p>Hello, Ada</p>")


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


async def test_a_letter_arrives_as_text_and_as_html_and_says_that_a_machine_wrote_it(office: PostOffice) -> None:
    await Mailer(office.url, SENDER, SettableClock()).send(LETTER)
    (letter,) = office.letters
    assert (letter["From"], letter["To"], letter["Subject"]) == (SENDER, "ada@example.org", "Grüße")
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"] == "Sat, 21 Nov 2026 10:00:00 +0000"
    assert text_of(letter) == "Hello, Ada\n"
    html = letter.get_body(("html",))
    assert html is not None
    assert html.get_content().strip() == "<p>Hello, Ada</p>"


async def test_a_repeat_has_the_same_message_id(office: PostOffice) -> None:
    mailer = Mailer(office.url, SENDER, SettableClock())
    await mailer.send(LETTER)
    await mailer.send(LETTER)
    first, second = (letter["Message-ID"] for letter in office.letters)
    assert first == second == message_id(LETTER.key, SENDER)
    assert first.endswith("@example.org>")


async def test_a_failure_says_whether_to_try_again_and_names_nobody(office: PostOffice) -> None:
    mailer = Mailer(office.url, SENDER, SettableClock())
    office.unknown.add(LETTER.to)
    with pytest.raises(MailFailed) as unknown:
        await mailer.send(LETTER)
    office.closed = True
    with pytest.raises(MailFailed) as busy:
        await mailer.send(LETTER)
    with pytest.raises(MailFailed) as away:
        await Mailer("smtp://127.0.0.1:1", SENDER, SettableClock()).send(LETTER)
    assert (unknown.value.permanent, busy.value.permanent, away.value.permanent) == (True, False, False)
    assert not any("ada" in str(failed.value) for failed in (unknown, busy, away))


@pytest.mark.parametrize("steps", range(0, 40, 3))
async def test_a_node_that_stops_waits_for_no_mail_server(office: PostOffice, steps: int) -> None:
    sending = asyncio.create_task(Mailer(office.url, SENDER, SettableClock()).send(LETTER))
    for _ in range(steps):
        await asyncio.sleep(0)
    sending.cancel()
    async with asyncio.timeout(5):
        await asyncio.gather(sending, return_exceptions=True)


async def test_without_a_server_the_mailer_says_so() -> None:
    mailer = Mailer(None, None, SettableClock())
    assert not mailer.available
    with pytest.raises(MailUnavailable):
        mailer.require()
    with pytest.raises(MailFailed):
        await mailer.send(LETTER)


async def test_a_server_without_tls_is_not_trusted_with_letters() -> None:
    # This machine, but by an address for which STARTTLS is demanded; this server offers none.
    async with open_post_office("127.0.1.1") as office:
        with pytest.raises(MailFailed):
            await Mailer(f"smtp://127.0.1.1:{office.port}", SENDER, SettableClock()).send(LETTER)
        await Mailer(f"smtp://127.0.1.1:{office.port}?tls=off", SENDER, SettableClock()).send(LETTER)
        assert len(office.letters) == 1


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", Post("mail.example.org", 587, False, True, None, None)),
        ("smtp://mail.example.org:25?tls=off", Post("mail.example.org", 25, False, False, None, None)),
        ("smtps://me:p%40ss@mail.example.org", Post("mail.example.org", 465, True, False, "me", "p@ss")),
        ("smtp://localhost:1025", Post("localhost", 1025, False, False, None, None)),
    ],
)
def test_the_address_of_a_mail_server_says_how_it_is_spoken_to(url: str, expected: Post) -> None:
    assert Post.of(url) == expected


@pytest.mark.parametrize("url", ["mail.example.org", "http://mail.example.org", "smtp://"])
def test_other_addresses_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(ValueError, match="smtp://user:password"):
        Post.of(url)


def test_a_letter_is_rendered_and_its_html_cannot_be_broken_by_a_name(tmp_path: Path) -> None:
    (tmp_path / "hello.txt").write_text("Hello, {{ name }}\n\nfrom {{ site }} at {{ url }}")
    (tmp_path / "hello.html").write_text('{% extends "base.html" %}{% block words %}<p>{{ name }}</p>{% endblock %}')
    letters = Letters(tmp_path, site="Tea House", url="https://tea.example/")
    letter = letters.letter("hello", key="k", to="ada@example.org", name="<b>Ada</b>\nBcc: all")
    assert letter.subject == "Hello, <b>Ada</b>"
    assert "from Tea House at https://tea.example" in letter.text
    assert "&lt;b&gt;Ada&lt;/b&gt;" in letter.html
    assert "<b>Ada" not in letter.html
