"""Addresses that are verified by letter, as a real mail server takes them."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from cooee.kit.clock import SettableClock
from cooee.kit.outbox import outbox
from cooee.people.sign_in.tables import mail_tokens
from tests.post_office import PostOffice, link_in, open_post_office, text_of
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

ADA = "ada@example.org"
NOT_VALID = (410, "link_not_valid")


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest.fixture
def changed_settings(office: PostOffice) -> dict[str, Any]:
    return {"smtp_url": office.url, "mail_from": "Cooee <cooee@example.org>"}


def token_in(office: PostOffice, address: str = ADA) -> str:
    return link_in(office.to(address)[-1]).partition("#")[2]


async def with_address(visitor: Visitor, office: PostOffice, address: str) -> None:
    await visitor.put("me/email", {"address": address})
    await office.arrives(address)
    await visitor.post("email-confirmations", {"token": token_in(office, address)})


async def test_an_address_is_ones_own_once_the_letters_link_was_followed(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.put("me/email", {"address": " Ada@Example.org "}) == {
        "address": None,
        "waiting": "Ada@example.org",
        "available": True,
    }
    letter = await office.arrives("Ada@example.org")
    assert "@ada" in text_of(letter)
    assert link_in(letter).startswith("http://localhost:8000/confirm-email#")
    token = token_in(office, "Ada@example.org")
    assert await guest.post("mail-links", {"token": token}) == {
        "purpose": "verify",
        "username": "ada",
        "address": "Ada@example.org",
    }
    await guest.post("email-confirmations", {"token": token})
    assert (await ada.get("me/email"))["address"] == "Ada@example.org"
    assert await guest.refused("POST", "email-confirmations", json={"token": token}) == NOT_VALID


async def test_the_old_address_is_told_of_the_new_one(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    await with_address(ada, office, "ada@elsewhere.example")
    letter = await office.arrives(ADA, 2)
    assert letter["Subject"] == "Your e-mail address was changed"
    assert (await ada.get("me/email"))["address"] == "ada@elsewhere.example"


async def test_whoever_goes_without_an_address_is_told_at_the_last_one(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    assert (await ada.delete("me/email"))["address"] is None
    assert (await office.arrives(ADA, 2))["Subject"] == "Your e-mail address was changed"


async def test_only_its_reader_learns_that_an_address_has_an_account(guest: Visitor, office: PostOffice) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await with_address(ada, office, ADA)
    free = await bob.put("me/email", {"address": "bob@example.org"})
    taken = await bob.put("me/email", {"address": "ADA@example.org"})
    assert taken == free | {"waiting": "ADA@example.org"}
    letter = await office.arrives("ADA@example.org")
    assert "@ada" in text_of(letter)
    assert "confirm-email" not in text_of(letter)
    assert (await ada.get("me/email"))["address"] == ADA


async def test_an_address_goes_to_whoever_confirms_it_first(guest: Visitor, office: PostOffice) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await ada.put("me/email", {"address": ADA})
    await office.arrives(ADA)
    hers = token_in(office)
    await bob.put("me/email", {"address": ADA})
    await office.arrives(ADA, 2)
    his = token_in(office)
    await guest.post("email-confirmations", {"token": hers})
    assert await guest.refused("POST", "email-confirmations", json={"token": his}) == (409, "address_taken")


async def test_a_new_letter_makes_the_link_of_the_last_one_worthless(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await ada.put("me/email", {"address": ADA})
    await office.arrives(ADA)
    first = token_in(office)
    await ada.post("me/email/letter")
    await office.arrives(ADA, 2)
    assert await guest.refused("POST", "email-confirmations", json={"token": first}) == NOT_VALID
    await guest.post("email-confirmations", {"token": token_in(office)})


async def test_a_link_is_good_for_a_day_and_not_once_the_wish_was_taken_back(
    guest: Visitor, office: PostOffice, clock: SettableClock
) -> None:
    ada = await guest.sign_up("ada")
    await ada.put("me/email", {"address": ADA})
    await office.arrives(ADA)
    clock.advance(timedelta(days=1))
    assert await guest.refused("POST", "mail-links", json={"token": token_in(office)}) == NOT_VALID
    assert await ada.refused("POST", "me/email/letter") == (409, "no_address_waiting")
    await ada.post("sessions/current/confirmation", {"password": PASSWORD})
    await ada.put("me/email", {"address": ADA})
    await office.arrives(ADA, 2)
    assert (await ada.delete("me/email/waiting"))["waiting"] is None
    assert await guest.refused("POST", "email-confirmations", json={"token": token_in(office)}) == NOT_VALID


async def test_a_device_that_was_left_open_does_not_change_the_address(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    clock.advance(timedelta(minutes=10))
    needed = (403, "confirmation_needed")
    assert await ada.refused("PUT", "me/email", json={"address": ADA}) == needed
    assert await ada.refused("DELETE", "me/email") == needed
    wrong = {"password": "wrong horse"}
    assert await ada.refused("POST", "sessions/current/confirmation", json=wrong) == (403, "wrong_password")
    await ada.post("sessions/current/confirmation", {"password": PASSWORD})
    await ada.put("me/email", {"address": ADA})


async def test_five_letters_an_hour_are_enough_for_one_account_and_one_address(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    for _ in range(5):
        await ada.put("me/email", {"address": ADA})
    too_many = (429, "too_many_requests")
    assert await ada.refused("PUT", "me/email", json={"address": "ada@elsewhere.example"}) == too_many
    assert await bob.refused("PUT", "me/email", json={"address": ADA}) == too_many


@pytest.mark.parametrize(
    "wrong", ["ada", "ada@", "@example.org", "a b@example.org", "ada@localhost", "a@b.org\nBcc: c"]
)
async def test_what_is_no_address_is_refused(guest: Visitor, wrong: str) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("PUT", "me/email", json={"address": wrong}) == (422, "invalid_request")


async def test_what_is_stored_opens_nothing(node: FastAPI, guest: Visitor, office: PostOffice) -> None:
    office.closed = True
    ada = await guest.sign_up("ada")
    await ada.put("me/email", {"address": ADA})
    rows = await node.state.tools.db.read(
        lambda tx: [
            *tx.execute(select(outbox.c.key, outbox.c.payload).where(outbox.c.topic.like("people.letter%"))).all(),
            *tx.execute(select(mail_tokens.c.token_hash)).all(),
        ]
    )
    assert len(rows) == 2
    for value in (str(value) for row in rows for value in row):
        assert await guest.refused("POST", "mail-links", json={"token": value[-43:]}) == NOT_VALID


async def test_no_log_line_names_an_address_or_a_token(guest: Visitor, office: PostOffice, log_lines: Any) -> None:
    office.unknown.add(ADA)
    ada = await guest.sign_up("ada")
    await ada.put("me/email", {"address": ADA})
    await ada.put("me/email", {"address": "ada@elsewhere.example"})
    await office.arrives("ada@elsewhere.example")
    async with asyncio.timeout(20):
        while "letter.refused" not in log_lines.getvalue():
            await asyncio.sleep(0.01)
    written = log_lines.getvalue()
    assert "example" not in written
    assert token_in(office, "ada@elsewhere.example") not in written


class TestWithoutMail:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {}

    async def test_a_site_that_sends_no_mail_says_so(self, guest: Visitor) -> None:
        ada = await guest.sign_up("ada")
        assert await ada.get("me/email") == {"address": None, "waiting": None, "available": False}
        unavailable = (409, "mail_unavailable")
        assert await ada.refused("PUT", "me/email", json={"address": ADA}) == unavailable
        assert await guest.refused("POST", "password-resets", json={"address": ADA}) == unavailable
        assert (await guest.get("instance"))["mail"] is False
