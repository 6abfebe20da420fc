"""Passkeys: made on a device, kept here, and what opens by them."""

import asyncio
import threading
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from cooee.kit.clock import SettableClock
from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in import invitations, passkeys, site, ways_in
from cooee.people.sign_in.rules import may_lose_one
from tests.authenticator import Authenticator
from tests.visitor import ORIGIN, PASSWORD, Visitor

pytestmark = pytest.mark.anyio

NOT_ACCEPTED = (403, "passkey_not_accepted")


@pytest.fixture
def device() -> Authenticator:
    return Authenticator(ORIGIN)


async def keep(person: Visitor, device: Authenticator, name: str = "Phone") -> Any:
    asked = await person.post("me/passkeys/challenge")
    return await person.post("me/passkeys", {"name": name, "credential": device.create(asked["options"])})


async def proof(guest: Visitor, device: Authenticator) -> dict[str, Any]:
    return device.get((await guest.post("sessions/passkey/challenge"))["options"])


async def test_one_comes_in_by_a_passkey_without_saying_who_one_is(guest: Visitor, device: Authenticator) -> None:
    ada = await guest.sign_up("ada")
    kept = await keep(ada, device, " My  phone ")
    assert (kept["name"], kept["last_used_at"]) == ("My phone", None)
    answer = await guest.post("sessions/passkey", {"credential": await proof(guest, device)})
    assert answer["account"]["id"] == ada.id
    (listed,) = (await Visitor(guest.client, answer["token"]).get("me/ways-in"))["passkeys"]
    assert (listed["id"], listed["last_used_at"]) == (kept["id"], "2026-11-21T10:00:00.000Z")


async def ask_for_account(guest: Visitor, username: str) -> Any:
    return (await guest.post("accounts/passkey/challenge", {"username": username, "display_name": "Ada"}))["options"]


async def test_one_signs_up_with_a_passkey_and_no_password_and_comes_back_by_it(
    guest: Visitor, device: Authenticator
) -> None:
    options = await ask_for_account(guest, "Ada")
    assert (options["user"]["name"], options["excludeCredentials"]) == ("ada", [])
    wish = {"username": "ada", "display_name": "Ada", "passkey_name": "Phone", "credential": device.create(options)}
    answer = await guest.post("accounts/passkey", wish)
    ada = Visitor(guest.client, answer["token"])
    ways = await ada.get("me/ways-in")
    assert (ways["password"], [passkey["name"] for passkey in ways["passkeys"]]) == (False, ["Phone"])
    assert await ada.refused("DELETE", f"me/passkeys/{ways['passkeys'][0]['id']}") == (409, "last_way_in")
    back = await guest.post("sessions/passkey", {"credential": await proof(guest, device)})
    assert back["account"]["username"] == "ada"
    again = {**wish, "username": "ada2"}
    assert await guest.refused("POST", "accounts/passkey", json=again) == NOT_ACCEPTED


async def test_whoever_signs_up_with_a_passkey_is_told_of_a_taken_name_before_one_is_made(
    guest: Visitor, device: Authenticator
) -> None:
    ada = await guest.sign_up("ada")
    for username, refusal in (("ada", (409, "username_taken")), ("root", (422, "username_not_allowed"))):
        asked = {"username": username, "display_name": "Ada"}
        assert await guest.refused("POST", "accounts/passkey/challenge", json=asked) == refusal
    # Taken in the meantime, it can be chosen anew with the same passkey.
    credential = device.create(await ask_for_account(guest, "bo"))
    await guest.sign_up("bo")
    wish = {"username": "bo", "display_name": "Bo", "passkey_name": "Phone", "credential": credential}
    assert await guest.refused("POST", "accounts/passkey", json=wish) == (409, "username_taken")
    assert (await guest.post("accounts/passkey", {**wish, "username": "bo2"}))["account"]["username"] == "bo2"
    # What somebody is asked who has an account makes none.
    other = Authenticator(ORIGIN)
    theirs = other.create((await ada.post("me/passkeys/challenge"))["options"])
    wish = {"username": "cy", "display_name": "Cy", "passkey_name": "Phone", "credential": theirs}
    assert await guest.refused("POST", "accounts/passkey", json=wish) == NOT_ACCEPTED


@pytest.mark.parametrize("changed_settings", [{"signup": "invite", "sign_up_limit": "1 per hour"}])
async def test_what_signing_up_would_refuse_is_refused_before_a_passkey_is_made(
    node: FastAPI, guest: Visitor, device: Authenticator, clock: SettableClock
) -> None:
    tools = node.state.tools
    of = invitations.Wish(1, timedelta(days=1), "")
    code = (await tools.db.write(lambda tx: invitations.make(tx, None, of, tools.ids, clock.now()))).code
    wish = {"username": "ada", "display_name": "Ada"}
    asked = "accounts/passkey/challenge"
    assert await guest.refused("POST", asked, json=wish) == (403, "signup_invitation_needed")
    wrong = {**wish, "invitation": "abc"}
    assert await guest.refused("POST", asked, json=wrong) == (403, "signup_invitation_not_valid")
    await tools.db.write(lambda tx: site.set_minimum_age(tx, 16))
    invited = {**wish, "invitation": code}
    assert await guest.refused("POST", asked, json=invited) == (403, "agreement_needed")
    invited["old_enough"] = True
    options = (await guest.post(asked, invited))["options"]
    # To look at what would be refused used up neither the invitation nor the limit.
    await guest.post("accounts/passkey", {**invited, "passkey_name": "Phone", "credential": device.create(options)})
    other = {**invited, "username": "bo"}
    assert await guest.refused("POST", asked, json=other) == (429, "too_many_requests")
    clock.advance(timedelta(hours=1))
    assert await guest.refused("POST", asked, json=other) == (403, "signup_invitation_not_valid")


async def test_what_is_asked_of_the_browser_makes_a_passkey_that_finds_its_account(guest: Visitor) -> None:
    ada = await guest.sign_up("ada", "Ada Lovelace")
    options = (await ada.post("me/passkeys/challenge"))["options"]
    assert options["rp"] == {"id": "localhost", "name": "Cooee"}
    assert (options["user"]["name"], options["user"]["displayName"]) == ("ada", "Ada Lovelace")
    chosen = options["authenticatorSelection"]
    assert (chosen["residentKey"], chosen["userVerification"]) == ("required", "required")
    asked = (await guest.post("sessions/passkey/challenge"))["options"]
    assert (asked["rpId"], asked["allowCredentials"], asked["userVerification"]) == ("localhost", [], "required")


async def test_all_passkeys_of_a_person_share_a_handle_and_no_device_makes_two(
    guest: Visitor, device: Authenticator
) -> None:
    ada = await guest.sign_up("ada")
    await keep(ada, device)
    options = (await ada.post("me/passkeys/challenge"))["options"]
    assert options["user"]["id"] == device.handle
    assert len(options["excludeCredentials"]) == 1


async def test_an_answer_counts_once(guest: Visitor, device: Authenticator) -> None:
    await keep(await guest.sign_up("ada"), device)
    answer = {"credential": await proof(guest, device)}
    await guest.post("sessions/passkey", answer)
    assert await guest.refused("POST", "sessions/passkey", json=answer) == NOT_ACCEPTED


async def test_an_answer_that_comes_late_does_not_count(
    guest: Visitor, device: Authenticator, clock: SettableClock
) -> None:
    await keep(await guest.sign_up("ada"), device)
    answer = {"credential": await proof(guest, device)}
    clock.advance(passkeys.CHALLENGE_LASTS)
    assert await guest.refused("POST", "sessions/passkey", json=answer) == NOT_ACCEPTED


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://evil.example"},
        {"rp_id": "evil.example"},
        {"flags": 0x01},
        {"credential_id": b"made up"},
        {"count": -1},
    ],
    ids=["another site", "another relying party", "nobody verified", "unknown", "a copy, whose counter is behind"],
)
async def test_an_answer_that_does_not_hold_opens_nothing(
    guest: Visitor, device: Authenticator, wrong: dict[str, Any]
) -> None:
    await keep(await guest.sign_up("ada"), device)
    await guest.post("sessions/passkey", {"credential": await proof(guest, device)})
    other = replace(device, **({"count": 0} if "count" in wrong else wrong))
    answer = {"credential": await proof(guest, other)}
    assert await guest.refused("POST", "sessions/passkey", json=answer) == NOT_ACCEPTED


@pytest.mark.parametrize("nonsense", [{}, {"id": 1}, {"id": "x", "response": {"clientDataJSON": "e30"}}])
async def test_nonsense_is_refused(guest: Visitor, nonsense: dict[str, Any]) -> None:
    ada = await guest.sign_up("ada")
    assert await guest.refused("POST", "sessions/passkey", json={"credential": nonsense}) == NOT_ACCEPTED
    body = {"name": "Phone", "credential": nonsense}
    assert await ada.refused("POST", "me/passkeys", json=body) == NOT_ACCEPTED


async def test_a_challenge_of_one_person_makes_no_passkey_for_another(guest: Visitor, device: Authenticator) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    asked = await ada.post("me/passkeys/challenge")
    body = {"name": "Phone", "credential": device.create(asked["options"])}
    assert await bob.refused("POST", "me/passkeys", json=body) == NOT_ACCEPTED


async def test_a_passkey_is_known_once(guest: Visitor, device: Authenticator) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await keep(ada, device)
    asked = await bob.post("me/passkeys/challenge")
    body = {"name": "Phone", "credential": device.create(asked["options"])}
    assert await bob.refused("POST", "me/passkeys", json=body) == NOT_ACCEPTED


async def test_a_passkey_proves_that_it_is_oneself_and_nobody_elses_does(
    guest: Visitor, device: Authenticator, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await keep(ada, device)
    clock.advance(timedelta(minutes=10))
    assert await ada.refused("POST", "me/passkeys/challenge") == (403, "confirmation_needed")
    way = "sessions/current/confirmation/passkey"
    assert await bob.refused("POST", way, json={"credential": await proof(guest, device)}) == NOT_ACCEPTED
    await ada.post(way, {"credential": await proof(guest, device)})
    await ada.post("me/passkeys/challenge")


async def test_a_passkey_is_named_and_removed_by_its_person_alone(guest: Visitor, device: Authenticator) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    way = f"me/passkeys/{(await keep(ada, device))['id']}"
    assert await bob.refused("PATCH", way, json={"name": "Mine"}) == (404, "not_found")
    assert await bob.refused("DELETE", way) == (404, "not_found")
    await ada.patch(way, {"name": "Old phone"})
    assert [each["name"] for each in (await ada.get("me/ways-in"))["passkeys"]] == ["Old phone"]
    await ada.delete(way)
    answer = {"credential": await proof(guest, device)}
    assert await guest.refused("POST", "sessions/passkey", json=answer) == NOT_ACCEPTED


async def test_the_last_passkey_of_an_account_without_a_password_stays(
    node: FastAPI, guest: Visitor, device: Authenticator
) -> None:
    ada = await guest.sign_up("ada")
    way = f"me/passkeys/{(await keep(ada, device))['id']}"
    await node.state.tools.db.write(lambda tx: store.change(tx, PersonId(ada.id), {"password_hash": None}))
    assert await ada.refused("DELETE", way) == (409, "last_way_in")
    await ada.put("me/password", {"password": PASSWORD})
    await ada.delete(way)


async def test_nobody_keeps_more_than_twenty(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    for _ in range(passkeys.MOST):
        await keep(ada, Authenticator(ORIGIN))
    assert await ada.refused("POST", "me/passkeys/challenge") == (409, "too_many_passkeys")


@pytest.mark.parametrize(
    ("password", "passkeys", "providers", "may"),
    [(True, 1, 0, True), (True, 0, 1, True), (False, 1, 0, False), (False, 1, 1, True), (False, 2, 0, True)],
)
def test_something_always_opens_an_account(password: bool, passkeys: int, providers: int, may: bool) -> None:
    assert may_lose_one(password=password, passkeys=passkeys, providers=providers) is may


async def test_of_two_last_ways_in_that_are_removed_at_once_one_stays(node: FastAPI, guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    ways = [f"me/passkeys/{(await keep(ada, Authenticator(ORIGIN)))['id']}" for _ in range(2)]
    tools, first = node.state.tools, asyncio.Event()
    await tools.db.write(lambda tx: store.change(tx, PersonId(ada.id), {"password_hash": None}))
    looked, removed, loop = threading.Event(), threading.Event(), asyncio.get_running_loop()

    def slowly(tx: Connection) -> None:
        ways_in.require_another(tx, PersonId(ada.id))
        loop.call_soon_threadsafe(first.set)
        looked.wait(0.3)
        passkeys.remove(tx, PersonId(ada.id), ways[0].rpartition("/")[2])
        removed.set()

    one = asyncio.create_task(tools.db.write(slowly))
    await first.wait()
    assert await ada.refused("DELETE", ways[1]) == (409, "last_way_in")
    assert removed.is_set(), "the other had to wait"
    await one
    assert len((await ada.get("me/ways-in"))["passkeys"]) == 1
