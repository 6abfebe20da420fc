"""Coming in by a provider: there, back, a username of one's choice; and links of accounts that are there already."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from cooee.kit.clock import SettableClock, SystemClock
from cooee.people.sign_in import providers
from cooee.people.sign_in.providers import proposed_username
from tests.provider import TestProvider, open_provider
from tests.visitor import ORIGIN, PASSWORD, Visitor

pytestmark = pytest.mark.anyio

OWN = {"origin": ORIGIN}


@pytest.fixture(scope="module")
def provider() -> Iterator[TestProvider]:
    with open_provider() as provider:
        yield provider


@pytest.fixture
def clock() -> SettableClock:
    # The provider has a clock of its own, and signs by it.
    return SettableClock(SystemClock().now())


@pytest.fixture
def changed_settings(provider: TestProvider) -> dict[str, Any]:
    return {
        "providers": [
            {
                "id": "tea",
                "name": "Tea House",
                "issuer": provider.issuer,
                "client_id": "cooee",
                "client_secret": "s3cret",
            }
        ]
    }


async def way_there(guest: Visitor, next: str = "/") -> str:
    answer = await guest.send("POST", "provider-flows", json={"provider": "tea", "next": next}, headers=OWN)
    assert answer.is_success, answer.text
    return str(answer.json()["url"])


async def back(guest: Visitor, location: str) -> str:
    """Where the browser stands after it came back."""
    answer = await guest.client.get(location)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def arrive(guest: Visitor, provider: TestProvider, subject: str, next: str = "/") -> str:
    return await back(guest, provider.answer(await way_there(guest, next), subject))


async def settle(guest: Visitor, username: str) -> Any:
    body = {"username": username, "display_name": username.title()}
    answer = await guest.send("POST", "provider-arrivals/current", json=body, headers=OWN)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def link_way(visitor: Visitor) -> str:
    answer = await visitor.send("POST", "me/providers/tea/flow", headers=OWN)
    return str(answer.json()["url"])


async def sign_in_by_cookie(guest: Visitor, username: str) -> None:
    body = {"username": username, "password": PASSWORD, "cookie": True}
    assert (await guest.send("POST", "sessions", json=body, headers=OWN)).is_success


async def test_a_newcomer_chooses_a_username_and_is_known_the_next_time(guest: Visitor, provider: TestProvider) -> None:
    provider.knows("newcomer", preferred_username="Ada.Lovelace@tea", name="Ada Lovelace")
    assert await arrive(guest, provider, "newcomer", "/people") == "/welcome"
    assert await guest.get("provider-arrivals/current") == {
        "provider": {"id": "tea", "name": "Tea House"},
        "username": "ada_lovelace",
        "display_name": "Ada Lovelace",
    }
    settled = await settle(guest, "ada")
    assert (settled["account"]["username"], settled["next"]) == ("ada", "/people")
    assert (await guest.get("me/ways-in"))["providers"] == ["tea"]
    assert await guest.refused("GET", "provider-arrivals/current") == (410, "provider_flow_over")
    guest.client.cookies.clear()
    assert await arrive(guest, provider, "newcomer", "/messages") == "/messages"
    assert (await guest.get("me"))["id"] == settled["account"]["id"]


async def test_the_way_there_carries_state_nonce_and_the_hash_of_a_verifier(
    guest: Visitor, provider: TestProvider
) -> None:
    url = await way_there(guest)
    asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
    assert url.startswith(provider.issuer)
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["code_challenge"]) == 43
    assert (len(asked["state"]), len(asked["nonce"])) == (43, 43)
    assert (asked["response_type"], asked["client_id"], asked["scope"]) == ("code", "cooee", "openid profile")
    assert asked["redirect_uri"] == "http://localhost:8000/api/v1/provider-flows/callback"


async def test_nobody_is_led_into_somebody_elses_account_by_a_link(guest: Visitor, provider: TestProvider) -> None:
    location = provider.answer(await way_there(guest), "mallory")
    guest.client.cookies.clear()
    assert await back(guest, location) == "/sign-in?refused=provider_flow_over"


async def test_nobody_comes_back_twice(guest: Visitor, provider: TestProvider) -> None:
    location = provider.answer(await way_there(guest), "twice")
    assert await back(guest, location) == "/welcome"
    assert await back(guest, location) == "/sign-in?refused=provider_flow_over"


async def test_whoever_was_away_too_long_begins_again(
    guest: Visitor, provider: TestProvider, clock: SettableClock
) -> None:
    location = provider.answer(await way_there(guest), "late")
    clock.advance(providers.LASTS)
    assert await back(guest, location) == "/sign-in?refused=provider_flow_over"


async def test_whoever_breaks_it_off_there_is_told_so_here(guest: Visitor, provider: TestProvider) -> None:
    assert await back(guest, provider.answer(await way_there(guest), None)) == "/sign-in?refused=provider_declined"


async def test_a_code_that_the_provider_did_not_give_opens_nothing(guest: Visitor, provider: TestProvider) -> None:
    state = parse_qs(urlsplit(await way_there(guest)).query)["state"][0]
    made_up = f"/api/v1/provider-flows/callback?state={state}&code=madeup"
    assert await back(guest, made_up) == "/sign-in?refused=provider_failed"


async def test_what_another_provider_says_is_not_believed(guest: Visitor, provider: TestProvider) -> None:
    mixed_up = provider.answer(await way_there(guest), "mixed-up") + "&iss=https%3A%2F%2Fcoffee.example"
    assert await back(guest, mixed_up) == "/sign-in?refused=provider_failed"
    named = provider.answer(await way_there(guest), "mixed-up") + f"&iss={quote(provider.issuer, safe='')}"
    assert await back(guest, named) == "/welcome"


async def test_an_account_is_linked_signs_in_by_it_and_is_unlinked(guest: Visitor, provider: TestProvider) -> None:
    ada = await guest.sign_up("ada")
    await sign_in_by_cookie(guest, "ada")
    location = provider.answer(await link_way(guest), "ada-there")
    assert await back(guest, location) == "/settings/sign-in?linked=tea"
    guest.client.cookies.clear()
    assert await arrive(guest, provider, "ada-there") == "/"
    assert (await guest.get("me"))["id"] == ada.id
    await ada.delete("me/providers/tea")
    assert (await ada.get("me/ways-in"))["providers"] == []
    guest.client.cookies.clear()
    assert await arrive(guest, provider, "ada-there") == "/welcome"
    assert await ada.refused("DELETE", "me/providers/tea") == (404, "provider_not_found")


async def test_a_link_goes_to_whoever_began_it_only(guest: Visitor, provider: TestProvider) -> None:
    await guest.sign_up("ada")
    await guest.sign_up("bob")
    await sign_in_by_cookie(guest, "ada")
    location = provider.answer(await link_way(guest), "between")
    await sign_in_by_cookie(guest, "bob")
    assert await back(guest, location) == "/settings/sign-in?refused=provider_flow_over"


async def test_who_somebody_is_there_opens_one_account_only(guest: Visitor, provider: TestProvider) -> None:
    await arrive(guest, provider, "one")
    await settle(guest, "ada")
    await guest.sign_up("bob")
    await sign_in_by_cookie(guest, "bob")
    location = provider.answer(await link_way(guest), "one")
    assert await back(guest, location) == "/settings/sign-in?refused=provider_taken"


async def test_linking_asks_first_whether_it_is_really_them(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    clock.advance(timedelta(minutes=10))
    needed = (403, "confirmation_needed")
    assert await ada.refused("POST", "me/providers/tea/flow") == needed
    assert await ada.refused("DELETE", "me/providers/tea") == needed


async def test_the_only_way_in_is_not_unlinked(guest: Visitor, provider: TestProvider) -> None:
    await arrive(guest, provider, "only")
    await settle(guest, "ada")
    assert await guest.refused("DELETE", "me/providers/tea", headers=OWN) == (409, "last_way_in")


async def test_another_site_begins_nothing(guest: Visitor) -> None:
    evil = {"origin": "https://evil.example"}
    begin = {"provider": "tea"}
    assert await guest.refused("POST", "provider-flows", json=begin, headers=evil) == (403, "foreign_origin")


@pytest.mark.parametrize(
    "next", ["//evil.example", "/\\evil.example", "/\t/evil.example", "https://evil.example", "javascript:x"]
)
async def test_nobody_is_sent_to_another_site(guest: Visitor, next: str) -> None:
    begin = {"provider": "tea", "next": next}
    assert await guest.refused("POST", "provider-flows", json=begin, headers=OWN) == (422, "invalid_request")


async def test_an_unknown_provider_is_refused(guest: Visitor) -> None:
    begin = {"provider": "nobody"}
    assert await guest.refused("POST", "provider-flows", json=begin, headers=OWN) == (404, "provider_not_found")


class TestClosed:
    @pytest.fixture
    def changed_settings(self, provider: TestProvider) -> dict[str, Any]:
        tea = {"id": "tea", "name": "Tea", "issuer": provider.issuer, "client_id": "c", "client_secret": "s"}
        return {"providers": [tea], "signup": "closed"}

    async def test_a_closed_site_takes_nobody_from_a_provider(self, guest: Visitor, provider: TestProvider) -> None:
        assert await arrive(guest, provider, "newcomer") == "/sign-in?refused=signup_closed"


class TestAway:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        away = {"id": "tea", "name": "Tea", "issuer": "http://127.0.0.1:9", "client_id": "c", "client_secret": "s"}
        return {"providers": [away]}

    async def test_a_provider_that_does_not_answer_is_told_of(self, guest: Visitor) -> None:
        begin = {"provider": "tea"}
        assert await guest.refused("POST", "provider-flows", json=begin, headers=OWN) == (503, "provider_failed")


@pytest.mark.parametrize(
    ("said", "username"),
    [
        (("Ada.Lovelace@tea",), "ada_lovelace"),
        ((None, "", "ada@example.org"), "ada"),
        (("é",), ""),
        ((None,), ""),
        (("x" * 40,), "x" * 30),
    ],
)
def test_what_a_provider_calls_somebody_becomes_a_proposal(said: tuple[str | None, ...], username: str) -> None:
    assert proposed_username(*said) == username
