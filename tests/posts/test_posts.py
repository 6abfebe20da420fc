"""Posting, reading, deleting, and who sees what in which order."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_post_is_read_as_it_was_written(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    written = await ada.post("posts", {"text": "First line\n\n\n\nsecond \x00line "})
    assert written["text"] == "First line\n\nsecond line"
    assert written["author"]["username"] == "ada"
    assert written["created_at"] == "2026-11-21T10:00:00.000Z"
    assert written["attachment"] is None
    assert await ada.get(f"posts/{written['id']}") == written


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({"text": ""}, 422, "post_empty"),
        ({"text": " \n\x00 "}, 422, "post_empty"),
        ({}, 422, "post_empty"),
        ({"text": "x" * 501}, 422, "invalid_request"),
        ({"text": "x", "attachment": {"kind": "space", "id": "1GdTjE1ILTsCQ"}}, 404, "attachment_not_found"),
        ({"text": "x", "attachment": {"kind": "space", "id": "../etc"}}, 422, "invalid_request"),
        ({"text": "x", "attachment": {"kind": "film", "id": "1GdTjE1ILTsCQ"}}, 422, "invalid_request"),
    ],
)
async def test_what_is_no_post_is_refused(guest: Visitor, wrong: dict[str, Any], status: int, code: str) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("POST", "posts", json=wrong) == (status, code)
    assert (await ada.get("timeline"))["items"] == []


async def test_five_hundred_characters_are_counted_as_people_count_them(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    assert len((await ada.post("posts", {"text": "ü" * 500}))["text"]) == 500


async def test_home_is_oneself_and_those_one_follows_newest_first(guest: Visitor, clock: SettableClock) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    await ada.put(f"people/{bob.id}/follow")
    for author, text in ((bob, "one"), (cleo, "two"), (ada, "three"), (bob, "four")):
        clock.advance(timedelta(seconds=1))
        await author.post("posts", {"text": text})
    assert [post["text"] for post in (await ada.get("timeline"))["items"]] == ["four", "three", "one"]
    await ada.delete(f"people/{bob.id}/follow")
    assert [post["text"] for post in (await ada.get("timeline"))["items"]] == ["three"]


async def test_pages_neither_repeat_nor_skip_while_people_post(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    for n in range(7):
        clock.advance(timedelta(seconds=1))
        await ada.post("posts", {"text": str(n)})
    first = await ada.get("timeline", limit=3)
    clock.advance(timedelta(seconds=1))
    await ada.post("posts", {"text": "meanwhile"})
    second = await ada.get("timeline", limit=3, cursor=first["next"])
    third = await ada.get("timeline", limit=3, cursor=second["next"])
    texts = [post["text"] for page in (first, second, third) for post in page["items"]]
    assert texts == ["6", "5", "4", "3", "2", "1", "0"]
    assert third["next"] is None


async def test_a_profile_shows_that_persons_posts_only(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await ada.post("posts", {"text": "ada's"})
    await bob.post("posts", {"text": "bob's"})
    assert [post["text"] for post in (await ada.get(f"people/{bob.id}/posts"))["items"]] == ["bob's"]
    assert await ada.refused("GET", "people/1/posts") == (404, "person_not_found")


async def test_only_the_author_deletes_a_post_and_then_it_is_gone(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    post = await ada.post("posts", {"text": "soon gone"})
    assert await bob.refused("DELETE", f"posts/{post['id']}") == (403, "not_your_post")
    await ada.delete(f"posts/{post['id']}")
    assert await ada.refused("GET", f"posts/{post['id']}") == (404, "post_not_found")
    assert await ada.refused("DELETE", f"posts/{post['id']}") == (404, "post_not_found")
    assert (await ada.get("timeline"))["items"] == []


@pytest.mark.parametrize("cursor", ["nonsense", "MSwy", "LTE", "🙂"])
async def test_a_cursor_of_another_list_is_refused(guest: Visitor, cursor: str) -> None:
    ada = await guest.sign_up("ada")
    assert await ada.refused("GET", "timeline", params={"cursor": cursor}) == (400, "bad_cursor")


@pytest.mark.parametrize("changed_settings", [{"post_limit": "3 per hour"}])
async def test_nobody_floods_the_timeline(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    for _ in range(3):
        await ada.post("posts", {"text": "again"})
    assert await ada.refused("POST", "posts", json={"text": "again"}) == (429, "too_many_requests")
    await bob.post("posts", {"text": "mine"})


@pytest.mark.parametrize("changed_settings", [{"hosting": "everyone"}])
async def test_a_post_carries_its_space_as_it_is_when_it_is_read(node: FastAPI, guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    space = await ada.post("spaces", {"title": "Tea"})
    post = await ada.post("posts", {"attachment": {"kind": "space", "id": space["id"]}})
    assert (post["text"], post["attachment"]["title"], post["attachment"]["state"]) == ("", "Tea", "live")
    assert post["author"]["live_space"] == space["id"]
    await ada.post(f"spaces/{space['id']}/end")
    again = await ada.get(f"posts/{post['id']}")
    assert (again["attachment"]["state"], again["author"]["live_space"]) == ("ended", None)


async def test_the_same_key_posts_once_for_a_day(guest: Visitor, clock: SettableClock) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")

    async def post(author: Visitor, key: str) -> Any:
        answer = await author.send("POST", "posts", json={"text": "hello"}, headers={"idempotency-key": key})
        assert answer.status_code == 201
        return answer.json()["id"]

    first = await post(ada, "k")
    assert await post(ada, "k") == first
    others = {await post(ada, "other"), await post(bob, "k")}
    assert first not in others
    clock.advance(timedelta(hours=24))
    assert await post(ada, "k") not in {first, *others}
    assert len((await ada.get("timeline"))["items"]) == 3


async def test_the_same_key_sent_twenty_times_at_once_posts_once(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    headers = {"idempotency-key": "k"}
    answers = await asyncio.gather(
        *(ada.send("POST", "posts", json={"text": "hello"}, headers=headers) for _ in range(20))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_a_refused_request_does_not_use_its_key_up(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    headers = {"idempotency-key": "k"}
    assert await ada.refused("POST", "posts", json={"text": ""}, headers=headers) == (422, "post_empty")
    answer = await ada.send("POST", "posts", json={"text": "better"}, headers=headers)
    assert answer.json()["text"] == "better"
