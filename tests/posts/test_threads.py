"""Posts that answer posts: where they stand, who hears of them, what stays when one goes."""

from datetime import timedelta
from typing import Any

import pytest

from cooee.people.ids import PersonId
from cooee.posts.threads import MOST_ABOVE
from tests.notify.told import Town, lines
from tests.people.settled import block, mute
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def _answer(town: Town, author: Visitor, to: str | None, text: str) -> str:
    town.clock.advance(timedelta(seconds=1))
    written = await author.post("posts", {"text": text, "reply_to": to})
    assert written["reply_to"] == to
    id: str = written["id"]
    return id


def _texts(posts: list[Any]) -> list[str]:
    return [post["text"] for post in posts]


async def test_a_thread_shows_what_leads_to_a_post_and_what_answers_it(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    one = await _answer(town, ada, None, "tea?")
    two = await _answer(town, bo, one, "yes")
    await _answer(town, ada, one, "anybody?")
    three = await _answer(town, ada, two, "green?")
    assert _texts((await bo.get(f"posts/{one}/replies"))["items"]) == ["yes", "anybody?"]
    thread = await bo.get(f"posts/{three}/thread")
    assert (_texts(thread["above"]), thread["post"]["text"], thread["gone_above"]) == (["tea?", "yes"], "green?", False)
    assert (await bo.get(f"posts/{one}"))["replies"] == 2


async def test_answers_stand_apart_on_profiles_and_not_in_the_home_timeline(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    one = await _answer(town, ada, None, "tea?")
    await _answer(town, ada, one, "anybody?")
    assert _texts((await ada.get("timeline"))["items"]) == ["tea?"]
    assert _texts((await ada.get(f"people/{ada.id}/posts"))["items"]) == ["tea?"]
    assert _texts((await ada.get(f"people/{ada.id}/posts", shelf="replies"))["items"]) == ["anybody?"]


async def test_answers_come_page_by_page_without_gaps(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    one = await _answer(town, ada, None, "count")
    for n in range(5):
        await _answer(town, ada, one, str(n))
    first = await ada.get(f"posts/{one}/replies", limit=3)
    second = await ada.get(f"posts/{one}/replies", limit=3, cursor=first["next"])
    assert _texts(first["items"] + second["items"]) == ["0", "1", "2", "3", "4"]
    assert second["next"] is None


async def test_a_long_way_is_shown_from_its_end(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    last = None
    for n in range(MOST_ABOVE + 3):
        last = await _answer(town, ada, last, str(n))
    thread = await ada.get(f"posts/{last}/thread")
    assert _texts(thread["above"]) == [str(n) for n in range(2, MOST_ABOVE + 2)]
    assert thread["gone_above"] is False


async def test_whoever_is_answered_hears_of_it_once(town: Town) -> None:
    ada, bo, cleo = [await town.guest.sign_up(name) for name in ("ada", "bo", "cleo")]
    one = await _answer(town, ada, None, "tea?")
    await _answer(town, ada, one, "anybody?")
    await _answer(town, bo, one, "@ada yes, with @cleo")
    await town.work()
    assert await lines(ada) == [("reply", ["bo"], 1)]
    assert await lines(cleo) == [("mention", ["bo"], 1)]
    assert await lines(bo) == []


async def test_a_post_that_is_gone_leaves_its_place_to_its_answers(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    one = await _answer(town, ada, None, "tea?")
    two = await _answer(town, bo, one, "yes")
    await ada.delete(f"posts/{one}")
    assert await bo.get(f"posts/{one}/thread") == {"above": [], "gone_above": False, "post": None}
    assert _texts((await bo.get(f"posts/{one}/replies"))["items"]) == ["yes"]
    thread = await ada.get(f"posts/{two}/thread")
    assert (thread["above"], thread["gone_above"], thread["post"]["reply_to"]) == ([], True, one)
    assert await bo.refused("POST", "posts", json={"text": "?", "reply_to": one}) == (404, "post_not_found")
    await bo.delete(f"posts/{two}")
    for id in (one, two):
        assert await bo.refused("GET", f"posts/{id}/thread") == (404, "post_not_found")


async def test_nobody_answers_across_a_block_and_the_muted_are_not_heard(town: Town) -> None:
    ada, bo, cleo = [await town.guest.sign_up(name) for name in ("ada", "bo", "cleo")]
    one = await _answer(town, ada, None, "tea?")
    for author in (bo, cleo):
        await _answer(town, author, one, author.username)
    me, blocked, muted = PersonId(ada.id), PersonId(bo.id), PersonId(cleo.id)
    await town.tools.db.write(lambda tx: block(tx, me, blocked))
    await town.tools.db.write(lambda tx: mute(tx, me, muted))
    assert (await ada.get(f"posts/{one}/replies"))["items"] == []
    assert _texts((await cleo.get(f"posts/{one}/replies"))["items"]) == ["bo", "cleo"]
    assert await bo.refused("POST", "posts", json={"text": "!", "reply_to": one}) == (404, "post_not_found")
    assert (await bo.get(f"posts/{one}/thread"))["post"] is None
