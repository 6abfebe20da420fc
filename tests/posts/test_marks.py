"""Likes and bookmarks: what they count, who may, who hears of it."""

from datetime import timedelta

import pytest

from cooee.people.ids import PersonId
from tests.notify.told import Town, lines
from tests.people.settled import block, delete, protect
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_like_counts_once_and_only_for_whom_it_is(guest: Visitor) -> None:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    id = (await ada.post("posts", {"text": "tea?"}))["id"]
    for _ in range(2):
        liked = await bo.put(f"posts/{id}/like")
    assert (liked["likes"], liked["liked_by_me"]) == (1, True)
    seen = (await ada.get("timeline"))["items"][0]
    assert (seen["likes"], seen["liked_by_me"]) == (1, False)
    assert (await ada.put(f"posts/{id}/like"))["likes"] == 2
    for _ in range(2):
        left = await bo.delete(f"posts/{id}/like")
    assert (left["likes"], left["liked_by_me"]) == (1, False)


async def test_the_author_hears_of_a_like_once_and_nobody_of_a_bookmark(town: Town) -> None:
    ada, bo, cleo = [await town.guest.sign_up(name) for name in ("ada", "bo", "cleo")]
    id = (await ada.post("posts", {"text": "tea?"}))["id"]
    for _ in range(2):
        await bo.put(f"posts/{id}/like")
        await bo.delete(f"posts/{id}/like")
        await bo.put(f"posts/{id}/like")
        await town.work()
    await ada.put(f"posts/{id}/like")
    await cleo.put(f"posts/{id}/bookmark")
    await town.work()
    assert await lines(ada) == [("like", ["bo"], 1)]


async def test_bookmarks_are_listed_by_when_they_were_made_page_by_page(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    ids = [(await ada.post("posts", {"text": str(n)}))["id"] for n in range(5)]
    for n in (3, 0, 4):
        town.clock.advance(timedelta(seconds=1))
        kept = await bo.put(f"posts/{ids[n]}/bookmark")
        assert kept["bookmarked_by_me"] is True
    first = await bo.get("bookmarks", limit=2)
    second = await bo.get("bookmarks", limit=2, cursor=first["next"])
    assert [post["text"] for page in (first, second) for post in page["items"]] == ["4", "0", "3"]
    assert second["next"] is None
    assert (await ada.get("bookmarks"))["items"] == []
    assert (await bo.delete(f"posts/{ids[0]}/bookmark"))["bookmarked_by_me"] is False
    await ada.delete(f"posts/{ids[4]}")
    assert [post["text"] for post in (await bo.get("bookmarks"))["items"]] == ["3"]


@pytest.mark.parametrize("apart", ["blocked", "blocking", "protected", "leaving"])
async def test_what_one_may_not_read_is_not_there(town: Town, apart: str) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    one, other = PersonId(ada.id), PersonId(bo.id)
    id = (await ada.post("posts", {"text": "tea?"}))["id"]
    await bo.put(f"posts/{id}/bookmark")
    part = {
        "blocked": lambda tx: block(tx, one, other),
        "blocking": lambda tx: block(tx, other, one),
        "protected": lambda tx: protect(tx, one),
        "leaving": lambda tx: delete(tx, one),
    }[apart]
    await town.tools.db.write(part)
    for method, path in (("GET", ""), ("PUT", "/like"), ("DELETE", "/like"), ("PUT", "/bookmark")):
        assert await bo.refused(method, f"posts/{id}{path}") == (404, "post_not_found")
    assert (await bo.get("bookmarks"))["items"] == []


async def test_followers_like_what_a_protected_account_says(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    await bo.put(f"people/{ada.id}/follow")
    await town.tools.db.write(lambda tx: protect(tx, PersonId(ada.id)))
    id = (await ada.post("posts", {"text": "among us"}))["id"]
    assert (await bo.put(f"posts/{id}/like"))["likes"] == 1
    assert [post["text"] for post in (await bo.get("timeline"))["items"]] == ["among us"]
