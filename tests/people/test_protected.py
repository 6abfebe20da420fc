"""Protected accounts: asking to follow, answering, and what others see meanwhile."""

from datetime import timedelta
from typing import Any

import pytest

from cooee.kit.clock import SettableClock
from cooee.kit.pages import rfc3339
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


def _names(page: Any) -> list[str]:
    return [person["username"] for person in page["items"]]


@pytest.fixture
async def ada(guest: Visitor) -> Visitor:
    """Somebody whose account is protected."""
    ada = await guest.sign_up("ada")
    assert (await ada.patch("me", {"protected": True}))["protected"]
    return ada


async def test_whoever_is_accepted_follows(guest: Visitor, ada: Visitor) -> None:
    bob = await guest.sign_up("bob")
    asked = await bob.put(f"people/{ada.id}/follow")
    assert (asked["protected"], asked["relation"]["requested"], asked["relation"]["following"]) == (True, True, False)
    assert asked["followers"] == 0
    assert (await ada.get("me"))["follow_requests"] == 1
    assert _names(await ada.get("me/follow-requests")) == ["bob"]
    accepted = await ada.put(f"me/follow-requests/{bob.id}")
    assert accepted["relation"]["followed_by"]
    assert not accepted["relation"]["requested_by"]
    assert (await bob.get("people/ada"))["relation"]["following"]
    assert _names(await ada.get("me/follow-requests")) == []
    # Accepting again changes nothing.
    assert (await ada.put(f"me/follow-requests/{bob.id}"))["relation"]["followed_by"]
    assert (await ada.get("me"))["followers"] == 1


async def test_whoever_is_declined_is_not_told_and_may_ask_again(guest: Visitor, ada: Visitor) -> None:
    bob = await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    await ada.delete(f"me/follow-requests/{bob.id}")
    relation = (await bob.get("people/ada"))["relation"]
    assert not relation["requested"]
    assert not relation["following"]
    assert await ada.refused("PUT", f"me/follow-requests/{bob.id}") == (409, "no_follow_request")
    assert (await bob.put(f"people/{ada.id}/follow"))["relation"]["requested"]


async def test_a_request_can_be_taken_back(guest: Visitor, ada: Visitor) -> None:
    bob = await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    assert not (await bob.delete(f"people/{ada.id}/follow"))["relation"]["requested"]
    assert _names(await ada.get("me/follow-requests")) == []


async def test_only_followers_see_with_whom_a_protected_account_keeps_company(guest: Visitor, ada: Visitor) -> None:
    bob = await guest.sign_up("bob")
    for side in ("followers", "following"):
        assert await bob.refused("GET", f"people/{ada.id}/{side}") == (403, "protected_account")
    await bob.put(f"people/{ada.id}/follow")
    await ada.put(f"me/follow-requests/{bob.id}")
    assert _names(await bob.get(f"people/{ada.id}/followers")) == ["bob"]
    assert _names(await ada.get(f"people/{ada.id}/following")) == []


async def test_back_to_public_everybody_who_waits_is_let_in(guest: Visitor, ada: Visitor) -> None:
    fans = [await guest.sign_up(name) for name in ("bob", "cleo")]
    for fan in fans:
        await fan.put(f"people/{ada.id}/follow")
    me = await ada.patch("me", {"protected": False})
    assert (me["protected"], me["followers"], me["follow_requests"]) == (False, 2, 0)
    for fan in fans:
        assert (await fan.get("me"))["following"] == 1


async def test_a_follower_can_be_dropped(guest: Visitor, ada: Visitor) -> None:
    bob = await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    await ada.put(f"me/follow-requests/{bob.id}")
    assert not (await ada.delete(f"me/followers/{bob.id}"))["relation"]["followed_by"]
    assert (await ada.get("me"))["followers"] == 0
    assert await bob.refused("GET", f"people/{ada.id}/followers") == (403, "protected_account")


class TestHosting:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"host_min_followers": 0}

    async def test_a_protected_account_hosts_no_public_space(self, ada: Visitor) -> None:
        assert await ada.refused("POST", "spaces", json={"title": "Tea"}) == (403, "protected_cannot_host")
        for audience in ("unlisted", "invited"):
            assert (await ada.post("spaces", {"title": "Tea", "audience": audience}))["audience"] == audience

    async def test_whoever_hosts_a_public_space_protects_the_account_once_it_is_over(self, guest: Visitor) -> None:
        bob = await guest.sign_up("bob")
        space = await bob.post("spaces", {"title": "Tea"})
        assert await bob.refused("PATCH", "me", json={"protected": True, "bio": "x"}) == (409, "hosts_public_space")
        assert not (await bob.get("me"))["protected"]
        assert (await bob.get("me"))["bio"] == ""
        await bob.post(f"spaces/{space['id']}/end")
        assert (await bob.patch("me", {"protected": True}))["protected"]

    async def test_an_owner_who_went_out_still_hosts(self, guest: Visitor) -> None:
        bob = await guest.sign_up("bob")
        space = await bob.post("spaces", {"title": "Tea"})
        await bob.post(f"spaces/{space['id']}/leave")
        assert await bob.refused("PATCH", "me", json={"protected": True}) == (409, "hosts_public_space")

    async def test_public_spaces_ahead_are_taken_back_or_made_unlisted_before(
        self, guest: Visitor, clock: SettableClock
    ) -> None:
        bob = await guest.sign_up("bob")
        start = rfc3339(clock.now() + timedelta(days=1))
        first, second, unlisted = [
            await bob.post("spaces", {"title": "Tea", "audience": audience, "scheduled_start": start})
            for audience in ("public", "public", "unlisted")
        ]
        answer = await bob.send("PATCH", "me", json={"protected": True})
        assert (answer.status_code, answer.json()["code"], answer.json()["ahead"]) == (409, "public_spaces_ahead", 2)
        await bob.post(f"spaces/{first['id']}/cancel")
        assert await bob.refused("PATCH", "me", json={"protected": True}) == (409, "public_spaces_ahead")
        await bob.patch(f"spaces/{second['id']}/schedule", {"audience": "unlisted"})
        assert (await bob.patch("me", {"protected": True}))["protected"]
        assert (await bob.get(f"spaces/{unlisted['id']}"))["state"] == "scheduled"

    async def test_unlisted_and_invited_spaces_stand_in_nobodys_way(self, guest: Visitor) -> None:
        bob = await guest.sign_up("bob")
        for audience in ("unlisted", "invited"):
            await bob.post("spaces", {"title": "Tea", "audience": audience})
        assert (await bob.patch("me", {"protected": True}))["protected"]
