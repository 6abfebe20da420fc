"""A suspended account is hidden as long as that holds, and comes back as it was."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from cooee.kit.worker import Worker
from cooee.moderation import jobs
from tests.moderation.test_moderation import decide, report, write
from tests.notify.told import Town, lines
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def names(reader: Visitor, path: str, **query: Any) -> list[str]:
    return [person["username"] for person in (await reader.get(path, **query))["items"]]


async def texts(reader: Visitor, path: str, **query: Any) -> list[str]:
    return [post["text"] for post in (await reader.get(path, **query))["items"]]


async def suspend(town: Town, mo: Visitor, by: Visitor, person: Visitor, **more: Any) -> None:
    await report(by, "person", person.id)
    await decide(mo, "suspend", **more)


async def pass_days(town: Town, days: int) -> None:
    """Time passes, and what is due is done; by the node's own worker perhaps."""
    town.clock.advance(timedelta(days=days, seconds=1))
    worker = Worker(town.tools.db, town.clock, jobs.handlers(town.clock))
    while await worker.run_due():
        pass


async def test_a_suspended_account_is_hidden_from_every_list_and_is_back_when_it_is_lifted(
    town: Town, mo: Visitor
) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await town.follow(cleo, bo)
    await town.follow(bo, cleo)
    await amara.put(f"people/{cleo.id}/follow")
    root = (await cleo.post("posts", {"text": "Good morning"}))["id"]
    await bo.put(f"posts/{root}/like")
    await bo.put(f"posts/{root}/repost")
    mine = (await bo.post("posts", {"text": "Tea is #served"}))["id"]
    await bo.post("posts", {"text": "With milk", "reply_to": root})
    answer = (await cleo.post("posts", {"text": "Thank you", "reply_to": mine}))["id"]
    start = (town.clock.now() + timedelta(days=2)).isoformat()
    await bo.post("spaces", {"title": "Tea time", "scheduled_start": start})

    async def seen() -> dict[str, Any]:
        return {
            "home": await texts(cleo, "timeline"),
            "hashtag": await texts(amara, "hashtags/served/posts"),
            "posts found": await texts(amara, "search/posts", q="tea"),
            "people found": await names(amara, "search/people", q="bo"),
            "suggested": [one["person"]["username"] for one in (await amara.get("discover/people"))["items"]],
            "followed": await names(amara, f"people/{cleo.id}/following"),
            "follows": await names(amara, f"people/{cleo.id}/followers"),
            "likes": await names(amara, f"posts/{root}/likes"),
            "reposts": await names(amara, f"posts/{root}/reposts"),
            "answers": await texts(amara, f"posts/{root}/replies"),
            "above": [post["text"] for post in (await amara.get(f"posts/{answer}/thread"))["above"]],
            "announced": [space["title"] for space in (await amara.get("discover/upcoming"))["items"]],
            "ahead": [space["title"] for space in (await cleo.get("upcoming"))["items"]],
            "notices": [kind for kind, people, _ in await lines(cleo) if "bo" in people],
        }

    await town.work()
    before = await seen()
    assert all(before.values()), before
    await suspend(town, mo, amara, bo)
    hidden = await seen()
    assert hidden.pop("home") == ["Good morning"]
    assert hidden.pop("follows") == ["amara"]
    assert hidden.pop("suggested") == ["mo"]
    assert not any(hidden.values()), hidden
    assert await amara.refused("GET", f"posts/{mine}") == (404, "post_not_found")
    await mo.delete(f"moderation/people/{bo.id}/suspensions/account")
    assert await seen() == before


async def test_the_page_of_a_suspended_account_says_so_and_nothing_else(town: Town, mo: Visitor) -> None:
    amara, bo = [await town.guest.sign_up(name) for name in ("amara", "bo")]
    await bo.patch("me", {"display_name": "Rude name", "bio": "Rude words"})
    await suspend(town, mo, amara, bo)
    page = await amara.get("people/bo")
    assert (page["suspended"], page["display_name"], page["bio"], page["picture_url"]) == (True, "@bo", "", None)
    assert await amara.refused("PUT", f"people/{bo.id}/follow") == (404, "person_not_found")
    assert await amara.refused("GET", f"people/{bo.id}/posts") == (404, "person_not_found")
    assert (await amara.put(f"people/{bo.id}/block"))["relation"]["blocking"]
    seen_by_mo = await mo.get("people/bo")
    assert (seen_by_mo["suspended"], seen_by_mo["display_name"], seen_by_mo["bio"]) == (True, "Rude name", "Rude words")
    assert (await the_decided(mo))["excerpt"] == "Rude name\nRude words"


async def test_what_a_suspended_account_hosted_is_known_to_those_who_were_there_alone(town: Town, mo: Visitor) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await town.follow(bo, amara)
    start = (town.clock.now() + timedelta(days=2)).isoformat()
    ahead = (await bo.post("spaces", {"title": "Tea time", "scheduled_start": start}))["id"]
    shared = (await amara.post("posts", {"text": "Come along", "attachment": {"kind": "space", "id": ahead}}))["id"]
    past = (await bo.post("spaces", {"title": "Tea was served"}))["id"]
    await cleo.post(f"spaces/{past}/join")
    await bo.post(f"spaces/{past}/end")
    for visitor in (amara, cleo, town.guest):
        assert (await visitor.get(f"spaces/{past}"))["title"] == "Tea was served"
    assert (await amara.get(f"posts/{shared}"))["attachment"]["id"] == ahead

    await suspend(town, mo, amara, bo)
    for visitor in (amara, town.guest):
        for path in (f"spaces/{past}", f"spaces/{past}/summary"):
            assert await visitor.refused("GET", path) == (404, "space_not_found")
    assert (await cleo.get(f"spaces/{past}"))["title"] == "Tea was served"
    assert (await amara.get(f"posts/{shared}"))["attachment"] is None


async def test_nobody_writes_to_a_suspended_account_and_what_was_written_stays(town: Town, mo: Visitor) -> None:
    amara, bo = [await town.guest.sign_up(name) for name in ("amara", "bo")]
    await bo.put(f"people/{amara.id}/follow")
    there, _ = await write(amara, bo, "Good morning")
    await suspend(town, mo, amara, bo)
    about = await amara.get(f"conversations/{there}")
    assert (about["stands"], about["person"]["username"], about["person"]["display_name"]) == ("suspended", "bo", "@bo")
    said = {"json": {"text": "Are you there?"}}
    assert await amara.refused("POST", f"conversations/{there}/messages", **said) == (409, "correspondent_suspended")
    assert await texts(amara, f"conversations/{there}/messages") == ["Good morning"]
    assert [line["person"]["username"] for line in (await amara.get("conversations"))["items"]] == ["bo"]


async def test_the_account_is_back_when_the_time_is_over_and_not_when_an_earlier_one_would_be(
    town: Town, mo: Visitor
) -> None:
    amara, bo = [await town.guest.sign_up(name) for name in ("amara", "bo")]
    await bo.patch("me", {"display_name": "Bo again"})
    await suspend(town, mo, amara, bo, days=1)
    await suspend(town, mo, amara, bo, days=7)
    await pass_days(town, 1)
    assert (await amara.get("people/bo"))["suspended"]
    await pass_days(town, 6)
    async with asyncio.timeout(10):
        while (back := await amara.get("people/bo"))["suspended"]:
            await asyncio.sleep(0.01)
    assert back["display_name"] == "Bo again"


async def the_decided(moderator: Visitor) -> Any:
    (case,) = (await moderator.get("moderation/cases", state="decided"))["items"]
    return case
