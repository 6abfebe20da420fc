"""Signing up, in and out."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.people import jobs, rules, service
from cooee.people.tables import sessions
from tests.visitor import ORIGIN, PASSWORD, Visitor

pytestmark = pytest.mark.anyio

COOKIE = "cooee_session_8000"
ADA = {"username": "ada", "display_name": "Ada", "password": PASSWORD}


async def test_whoever_signs_up_is_signed_in(guest: Visitor) -> None:
    ada = await guest.sign_up("Ada", "Ada Lovelace")
    me = await ada.get("me")
    assert (me["username"], me["display_name"], me["followers"], me["admin"]) == ("ada", "Ada Lovelace", 0, False)


@pytest.mark.parametrize(
    ("accepted", "spoken"),
    [("es-MX,es;q=0.9,en;q=0.8", "es"), ("PT-br", "pt"), ("*", "en"), ("", "en"), ("<script>", "en"), ("ar;q=1", "ar")],
)
def test_what_a_browser_names_first_is_spoken(accepted: str, spoken: str) -> None:
    assert rules.language(accepted) == spoken


async def test_whoever_signs_up_speaks_as_their_browser_does_and_says_otherwise(guest: Visitor) -> None:
    answer = await guest.send("POST", "accounts", json=ADA, headers={"accept-language": "es-MX,es;q=0.9"})
    ada = Visitor(guest.client, answer.json()["token"])
    assert (await ada.get("me"))["language"] == "es"
    assert (await ada.patch("me", {"language": "pt-BR"}))["language"] == "pt-BR"


async def test_a_username_belongs_to_one_person_however_it_is_written(guest: Visitor) -> None:
    await guest.sign_up("ada")
    for same in ("ada", "ADA", "@Ada"):
        assert await guest.refused("POST", "accounts", json={**ADA, "username": same}) == (409, "username_taken")


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"username": "a"}, 422, "username_not_allowed"),
        ({"username": "ada lovelace"}, 422, "username_not_allowed"),
        ({"username": "ädä"}, 422, "username_not_allowed"),
        ({"username": "admin"}, 422, "username_not_allowed"),
        ({"username": "nul\x00"}, 422, "username_not_allowed"),
        ({"password": "short"}, 422, "password_too_weak"),
        ({"password": "aaaaaaaaaaaa"}, 422, "password_too_weak"),
        ({"username": "longenough", "password": "LongEnough"}, 422, "password_too_weak"),
        ({"password": "12345678"}, 422, "password_too_weak"),
        ({"password": "QwertyUiop"}, 422, "password_too_weak"),
        ({"password": "Football2026!"}, 422, "password_too_weak"),
        ({"display_name": " \x00\u202e "}, 422, "invalid_request"),
        ({"display_name": "\u200b\u2060"}, 422, "invalid_request"),
        ({"display_name": "\u3164\u2800"}, 422, "invalid_request"),
        ({"display_name": "x" * 51}, 422, "invalid_request"),
        ({"password": "x" * 201}, 422, "invalid_request"),
        ({"surprise": True}, 422, "invalid_request"),
    ],
)
async def test_an_account_that_cannot_be_is_refused_with_the_reason(
    guest: Visitor, wrong: dict[str, Any], status: int, code: str
) -> None:
    assert await guest.refused("POST", "accounts", json=ADA | wrong) == (status, code)


async def test_a_body_that_is_no_json_is_malformed(guest: Visitor) -> None:
    json = {"content-type": "application/json"}
    assert await guest.refused("POST", "accounts", content=b"{", headers=json) == (400, "malformed_body")


async def test_username_and_password_open_a_session_and_the_token_closes_it(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    answer = await guest.post("sessions", {"username": "Ada", "password": PASSWORD})
    again = Visitor(guest.client, answer["token"])
    assert (await again.get("me"))["id"] == ada.id
    await again.delete("sessions/current")
    assert await again.refused("GET", "me") == (401, "unauthenticated")
    assert (await ada.get("me"))["id"] == ada.id, "other sessions go on"


@pytest.mark.parametrize("username", ["ada", "nobody", "no body", "nul\x00"])
async def test_a_wrong_password_and_an_unknown_name_get_the_same_answer(guest: Visitor, username: str) -> None:
    await guest.sign_up("ada")
    wrong = {"username": username, "password": "wrong horse"}
    assert await guest.refused("POST", "sessions", json=wrong) == (401, "wrong_credentials")


async def test_a_token_that_means_nothing_is_told_so_even_where_guests_may_go(guest: Visitor) -> None:
    stranger = Visitor(guest.client, "made-up")
    assert await stranger.refused("GET", "me") == (401, "unauthenticated")


async def test_a_session_slides_while_it_is_used_and_ends_thirty_days_after(
    guest: Visitor, clock: SettableClock
) -> None:
    ada = await guest.sign_up("ada")
    for _ in range(3):
        clock.advance(timedelta(days=29))
        await ada.get("me")
    clock.advance(timedelta(days=30))
    assert await ada.refused("GET", "me") == (401, "unauthenticated")


async def test_ten_wrong_passwords_close_the_door_for_a_while_but_not_for_other_accounts(guest: Visitor) -> None:
    await guest.sign_up("ada")
    await guest.sign_up("bob")
    wrong = {"username": "ada", "password": "wrong horse"}
    for _ in range(10):
        assert await guest.refused("POST", "sessions", json=wrong) == (401, "wrong_credentials")
    answer = await guest.send("POST", "sessions", json={"username": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= 15 * 60
    await guest.post("sessions", {"username": "bob", "password": PASSWORD})


@pytest.mark.parametrize("changed_settings", [{"sign_up_limit": "5 per hour"}])
async def test_the_sixth_account_of_an_address_in_an_hour_has_to_wait(guest: Visitor) -> None:
    for n in range(5):
        await guest.sign_up(f"person{n}")
    assert await guest.refused("POST", "accounts", json=ADA) == (429, "too_many_requests")


@pytest.mark.parametrize("changed_settings", [{"sign_up_limit": "1 per hour"}])
async def test_whoever_wants_a_name_that_is_taken_may_choose_another(node: FastAPI, guest: Visitor) -> None:
    now = node.state.tools.clock.now()
    taken = service.NewAccount("ada", "Ada", None)
    await node.state.tools.db.write(lambda tx: service.sign_up(tx, taken, node.state.tools.ids, now))
    for _ in range(3):
        assert await guest.refused("POST", "accounts", json=ADA) == (409, "username_taken")
    await guest.sign_up("ada2")
    assert await guest.refused("POST", "accounts", json={**ADA, "username": "ada3"}) == (429, "too_many_requests")


@pytest.mark.parametrize("changed_settings", [{"sign_in_address_limit": "2 per hour"}])
async def test_looking_for_names_that_are_taken_comes_to_an_end(node: FastAPI, guest: Visitor) -> None:
    await guest.sign_up("ada")
    assert await guest.refused("POST", "accounts", json=ADA) == (409, "username_taken")
    assert await guest.refused("POST", "accounts", json=ADA) == (429, "too_many_requests")


@pytest.mark.parametrize("changed_settings", [{"signup": "closed"}])
async def test_a_closed_site_takes_no_accounts(guest: Visitor) -> None:
    assert await guest.refused("POST", "accounts", json=ADA) == (403, "signup_closed")


async def test_a_browser_never_sees_its_token(guest: Visitor) -> None:
    answer = await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers={"origin": ORIGIN})
    assert answer.json()["token"] is None
    attributes = answer.headers["set-cookie"].lower().split("; ")
    assert attributes[0].startswith(COOKIE)
    assert {"httponly", "samesite=lax", "path=/", "max-age=2592000"} <= set(attributes)
    assert "secure" not in attributes
    assert (await guest.get("me"))["username"] == "ada"


async def test_the_cookie_slides_with_the_session(guest: Visitor, clock: SettableClock) -> None:
    await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers={"origin": ORIGIN})
    assert "set-cookie" not in (await guest.send("GET", "me")).headers
    clock.advance(timedelta(days=2))
    assert "max-age=2592000" in (await guest.send("GET", "me")).headers["set-cookie"].lower()


@pytest.mark.parametrize("changed_settings", [{"public_url": "https://cooee.example"}])
async def test_behind_https_the_cookie_is_secure_and_the_page_pinned_to_it(guest: Visitor) -> None:
    headers = {"origin": "https://cooee.example"}
    answer = await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers=headers)
    assert "secure" in answer.headers["set-cookie"].lower().split("; ")
    assert answer.headers["set-cookie"].startswith("cooee_session_443=")
    assert "max-age" in answer.headers["strict-transport-security"]


@pytest.mark.parametrize("origin", [None, "https://evil.example", "http://localhost:9000", "null"])
async def test_another_site_can_do_nothing_with_the_cookie(guest: Visitor, origin: str | None) -> None:
    await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers={"origin": ORIGIN})
    headers = {"origin": origin} if origin else {}
    refused = (403, "foreign_origin")
    assert await guest.refused("PATCH", "me", json={"bio": "pwned"}, headers=headers) == refused
    assert await guest.refused("DELETE", "sessions/current", headers=headers) == refused
    sign_in = {"username": "ada", "password": PASSWORD, "cookie": True}
    assert await guest.refused("POST", "sessions", json=sign_in, headers=headers) == refused
    assert (await guest.get("me"))["bio"] == ""


async def test_with_a_bearer_token_the_cookie_is_ignored(guest: Visitor) -> None:
    await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers={"origin": ORIGIN})
    bob = await guest.sign_up("bob")
    assert (await bob.get("me"))["username"] == "bob"
    assert (await bob.patch("me", {"bio": "a program"}))["bio"] == "a program"


async def test_signing_out_takes_the_cookie_back(guest: Visitor) -> None:
    await guest.send("POST", "accounts", json={**ADA, "cookie": True}, headers={"origin": ORIGIN})
    answer = await guest.send("DELETE", "sessions/current", headers={"origin": ORIGIN})
    assert answer.status_code == 204
    assert f'{COOKIE}="";' in answer.headers["set-cookie"]
    assert await guest.refused("GET", "me") == (401, "unauthenticated")


async def test_expired_sessions_are_swept_away(node: FastAPI, guest: Visitor, clock: SettableClock) -> None:
    await guest.sign_up("ada")
    clock.advance(timedelta(days=31))
    database = node.state.tools.db
    await Worker(database, clock, jobs.handlers(node.state.tools, ())).run_due()
    assert await database.read(lambda tx: tx.execute(select(func.count()).select_from(sessions)).scalar_one()) == 0


async def test_the_demo_has_no_door_outside_of_a_demo(guest: Visitor) -> None:
    assert await guest.refused("GET", "demo/accounts") == (404, "not_found")
    assert await guest.refused("POST", "demo/sessions", json={"username": "amara"}) == (405, "method_not_allowed")
