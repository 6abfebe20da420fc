"""New passwords: changed by whoever knows the old one, replaced by whoever reads the letters."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, select

from cooee.app import BELONGINGS
from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.people import erasing
from cooee.people.ids import PersonId
from cooee.people.sign_in import addresses, mailing
from tests.people.test_email import ADA, NOT_VALID, token_in, with_address
from tests.post_office import PostOffice, link_in, open_post_office
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

NEW = "a staple of batteries"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest.fixture
def changed_settings(office: PostOffice) -> dict[str, Any]:
    return {"smtp_url": office.url, "mail_from": "Cooee <cooee@example.org>"}


async def signed_in(guest: Visitor, password: str) -> Visitor:
    answer = await guest.post("sessions", {"username": "ada", "password": password})
    return Visitor(guest.client, answer["token"], answer["account"]["id"], "ada")


async def forgetful(guest: Visitor, office: PostOffice) -> tuple[Visitor, str]:
    """Ada, and the token of her link for a new password."""
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    await guest.post("password-resets", {"address": ADA})
    await office.arrives(ADA, 2)
    return ada, token_in(office)


async def test_a_changed_password_signs_out_every_other_device_and_is_told_by_letter(
    guest: Visitor, office: PostOffice
) -> None:
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    elsewhere = await signed_in(guest, PASSWORD)
    await ada.put("me/password", {"password": NEW})
    await ada.get("me")
    assert await elsewhere.refused("GET", "me") == (401, "unauthenticated")
    old = {"username": "ada", "password": PASSWORD}
    assert await guest.refused("POST", "sessions", json=old) == (401, "wrong_credentials")
    await signed_in(guest, NEW)
    assert (await office.arrives(ADA, 2))["Subject"] == "Your password was changed"


async def test_a_device_that_was_left_open_does_not_change_the_password(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    clock.advance(timedelta(minutes=10))
    assert await ada.refused("PUT", "me/password", json={"password": NEW}) == (403, "confirmation_needed")


async def test_a_new_password_is_held_to_what_holds_for_the_first(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("PUT", "me/password", json={"password": "short"}) == (422, "password_too_weak")


async def test_a_forgotten_password_is_replaced_by_letter(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    await guest.post("password-resets", {"address": "ADA@example.org"})
    letter = await office.arrives("ADA@example.org")
    assert link_in(letter).startswith("http://localhost:8000/reset-password#")
    token = token_in(office, "ADA@example.org")
    assert (await guest.post("mail-links", {"token": token}))["username"] == "ada"
    weak = {"token": token, "password": "short"}
    assert await guest.refused("POST", "password-resets/complete", json=weak) == (422, "password_too_weak")
    answer = await guest.post("password-resets/complete", {"token": token, "password": NEW})
    assert answer["account"]["id"] == ada.id
    assert await ada.refused("GET", "me") == (401, "unauthenticated")
    await Visitor(guest.client, answer["token"]).get("me")
    again = {"token": token, "password": NEW}
    assert await guest.refused("POST", "password-resets/complete", json=again) == NOT_VALID
    assert (await office.arrives(ADA, 2))["Subject"] == "Your password was changed"


async def test_nobody_learns_whether_an_address_has_an_account(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await with_address(ada, office, ADA)
    nobodys = await guest.send("POST", "password-resets", json={"address": "nobody@example.org"})
    hers = await guest.send("POST", "password-resets", json={"address": ADA})
    assert (nobodys.status_code, nobodys.content) == (hers.status_code, hers.content) == (202, b"null")
    await office.arrives(ADA, 2)
    assert office.to("nobody@example.org") == []


async def test_an_address_that_waits_to_be_confirmed_opens_no_account(guest: Visitor, office: PostOffice) -> None:
    ada = await guest.sign_up("ada")
    await ada.put("me/email", {"address": ADA})
    await office.arrives(ADA)
    confirmation = {"token": token_in(office), "password": NEW}
    assert await guest.refused("POST", "password-resets/complete", json=confirmation) == NOT_VALID


async def test_a_link_for_a_new_password_is_good_for_an_hour(
    guest: Visitor, office: PostOffice, clock: SettableClock
) -> None:
    _, token = await forgetful(guest, office)
    clock.advance(timedelta(hours=1))
    late = {"token": token, "password": NEW}
    assert await guest.refused("POST", "password-resets/complete", json=late) == NOT_VALID


async def test_a_changed_password_makes_the_link_for_a_new_one_worthless(guest: Visitor, office: PostOffice) -> None:
    ada, token = await forgetful(guest, office)
    await ada.put("me/password", {"password": NEW})
    late = {"token": token, "password": "yet another one"}
    assert await guest.refused("POST", "password-resets/complete", json=late) == NOT_VALID


async def test_letters_for_a_new_password_are_counted_alike_for_all_addresses(guest: Visitor) -> None:
    for _ in range(5):
        await guest.post("password-resets", {"address": ADA})
    assert await guest.refused("POST", "password-resets", json={"address": ADA}) == (429, "too_many_requests")


async def test_whether_there_is_a_password_is_told(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    assert (await ada.get("me/ways-in"))["password"] is True


async def test_a_link_opens_nothing_once_the_mailbox_it_went_to_is_somebody_elses(
    node: FastAPI, guest: Visitor, office: PostOffice
) -> None:
    ada, token = await forgetful(guest, office)
    # As if the letter had been written while the address was taken away.
    await node.state.tools.db.write(lambda tx: addresses.remove(tx, PersonId(ada.id)))
    late = {"token": token, "password": NEW}
    assert await guest.refused("POST", "password-resets/complete", json=late) == NOT_VALID


async def test_letters_that_are_asked_for_at_once_are_all_sent_and_the_last_one_counts(
    guest: Visitor, office: PostOffice
) -> None:
    ada = await guest.sign_up("ada")
    answers = await asyncio.gather(*(ada.send("PUT", "me/email", json={"address": ADA}) for _ in range(4)))
    assert [answer.status_code for answer in answers] == [200] * 4


async def test_nothing_is_written_about_somebody_who_was_erased_meanwhile(
    node: FastAPI, guest: Visitor, office: PostOffice
) -> None:
    ada, tools = await guest.sign_up("ada"), node.state.tools

    def late(tx: Connection) -> None:
        erasing.erase(tx, PersonId(ada.id), BELONGINGS, tools.clock.now())
        mailing.tell_of_new_address(tx, PersonId(ada.id), ADA, tools.ids, tools.clock.now())

    def waits(tx: Connection) -> bool:
        letters = outbox.outbox.c.topic.startswith("people.letter")
        return tx.execute(select(outbox.outbox.c.id).where(letters)).first() is not None

    await tools.db.write(late)
    async with asyncio.timeout(20):
        while await tools.db.read(waits):
            await asyncio.sleep(0.02)
    assert office.to(ADA) == []
