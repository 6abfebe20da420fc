"""Blocking and muting, and what each of the two sees afterwards."""

from typing import Any

import pytest

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def _relation(of: Visitor, other: Visitor) -> set[str]:
    relation: dict[str, bool] = (await of.get(f"people/{other.username}"))["relation"]
    return {name for name, holds in relation.items() if holds}


def _names(page: Any) -> list[str]:
    return [person["username"] for person in page["items"]]


async def test_a_block_ends_follows_and_requests_both_ways(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await ada.put(f"people/{bob.id}/follow")
    await ada.patch("me", {"protected": True})
    await bob.put(f"people/{ada.id}/follow")
    profile = await ada.put(f"people/{bob.id}/block")
    assert (profile["followers"], profile["relation"]["following"], profile["relation"]["blocking"]) == (0, False, True)
    assert (await ada.get("me"))["following"] == 0
    assert (await ada.get("me"))["follow_requests"] == 0
    await ada.put(f"people/{bob.id}/block")
    assert await _relation(ada, bob) == {"blocking"}
    assert await _relation(bob, ada) == {"blocked_by"}
    await ada.delete(f"people/{bob.id}/block")
    assert await _relation(ada, bob) == set()


async def test_neither_follows_the_other_nor_sees_their_lists(guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    await ada.put(f"people/{bob.id}/block")
    for method, path in (("PUT", "follow"), ("GET", "followers"), ("GET", "following")):
        assert await ada.refused(method, f"people/{bob.id}/{path}") == (403, "you_blocked")
        assert await bob.refused(method, f"people/{ada.id}/{path}") == (403, "blocked")
    await ada.put(f"people/{cleo.id}/follow")
    await bob.put(f"people/{cleo.id}/follow")
    assert _names(await ada.get(f"people/{cleo.id}/followers")) == ["ada"]
    assert _names(await bob.get(f"people/{cleo.id}/followers")) == ["bob"]
    assert set(_names(await cleo.get(f"people/{cleo.id}/followers"))) == {"ada", "bob"}


async def test_whoever_is_blocked_reads_no_more_than_a_name(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await ada.patch("me", {"bio": "I live at the harbour"})
    await ada.put(f"people/{bob.id}/block")
    seen = await bob.get("people/ada")
    assert (seen["display_name"], seen["bio"], seen["live_space"]) == ("Ada", "", None)


@pytest.mark.parametrize("changed_settings", [{"hosting": "everyone"}])
async def test_whoever_is_blocked_reads_in_no_list_where_the_other_is_live(guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    there = (await bob.post("conversations", {"person": ada.id}))["id"]
    await bob.post(f"conversations/{there}/messages", {"text": "Hello"})
    space = (await ada.post("spaces", {"title": "Tea"}))["id"]
    await cleo.post("posts", {"text": "I am on a stage"})
    await bob.put(f"people/{cleo.id}/follow")
    await cleo.post(f"spaces/{space}/join")
    await cleo.post(f"spaces/{space}/requests")
    await ada.post(f"spaces/{space}/requests/{cleo.id}/accept")

    async def told() -> list[str | None]:
        lists = [await bob.get("conversations", folder="open"), await bob.get("timeline")]
        alone = (await bob.get(f"conversations/{there}"))["person"]["live_space"]
        (line,), (post,) = lists[0]["items"], lists[1]["items"]
        return [alone, line["person"]["live_space"], post["author"]["live_space"]]

    assert await told() == [space] * 3
    await ada.put(f"people/{bob.id}/block")
    assert await told() == [None] * 3


async def test_blocked_and_muted_people_are_listed_and_can_be_let_back(guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    await ada.put(f"people/{bob.id}/block")
    await ada.put(f"people/{cleo.id}/mute")
    assert _names(await ada.get("me/blocks")) == ["bob"]
    assert _names(await ada.get("me/mutes")) == ["cleo"]
    assert _names(await bob.get("me/blocks")) == []
    assert await _relation(cleo, ada) == set()
    await ada.delete(f"people/{bob.id}/block")
    await ada.delete(f"people/{cleo.id}/mute")
    assert _names(await ada.get("me/blocks")) == _names(await ada.get("me/mutes")) == []


async def test_nobody_whom_one_blocked_or_muted_is_suggested(guest: Visitor) -> None:
    ada, bob, cleo, dora = [await guest.sign_up(name) for name in ("ada", "bob", "cleo", "dora")]
    await ada.put(f"people/{bob.id}/block")
    await ada.put(f"people/{cleo.id}/mute")
    assert _names(await ada.get("people", suggested=1)) == ["dora"]
    assert set(_names(await bob.get("people", suggested=1))) == {"cleo", "dora"}
    await dora.patch("me", {"protected": True})
    await ada.put(f"people/{dora.id}/follow")
    assert _names(await ada.get("people", suggested=1)) == []


@pytest.mark.parametrize("deed", ["block", "mute"])
async def test_one_blocks_and_mutes_others_who_exist(guest: Visitor, deed: str) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("PUT", f"people/{ada.id}/{deed}") == (409, "not_with_yourself")
    assert await ada.refused("PUT", f"people/1/{deed}") == (404, "person_not_found")
    assert await ada.refused("DELETE", f"people/1/{deed}") == (404, "person_not_found")


class TestLimits:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"follow_limit": "1 per hour", "block_limit": "1 per hour"}

    @pytest.mark.parametrize("deed", ["follow", "block", "mute"])
    async def test_too_much_at_once_says_how_long_to_wait(self, guest: Visitor, deed: str) -> None:
        ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
        await ada.put(f"people/{bob.id}/{deed}")
        answer = await ada.send("PUT", f"people/{bob.id}/{deed}")
        assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
        assert 0 < int(answer.headers["retry-after"]) <= 3600
        assert (await ada.send("DELETE", f"people/{bob.id}/{deed}")).is_success
