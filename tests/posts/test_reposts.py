"""Re-posts: where they stand, whom they reach, what they may not pass on."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection

from cooee.people.ids import PersonId
from tests.notify.told import Town, lines
from tests.people.settled import block, delete, follow, mute, protect
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def _people(town: Town, *names: str) -> list[Visitor]:
    return [await town.guest.sign_up(name) for name in names]


async def _post(town: Town, author: Visitor, text: str, **more: Any) -> str:
    town.clock.advance(timedelta(seconds=1))
    id: str = (await author.post("posts", {"text": text, **more}))["id"]
    return id


async def _repost(town: Town, by: Visitor, id: str) -> Any:
    town.clock.advance(timedelta(seconds=1))
    return await by.put(f"posts/{id}/repost")


async def _follow(town: Town, one: Visitor, *others: Visitor) -> None:
    def work(tx: Connection) -> None:
        for other in others:
            follow(tx, PersonId(one.id), PersonId(other.id))

    await town.tools.db.write(work)


async def _home(viewer: Visitor, **query: Any) -> list[tuple[str, str | None]]:
    """What stands in somebody's timeline: text, and who passed it on."""
    return _texts(await viewer.get("timeline", **query))


def _texts(page: Any) -> list[tuple[str, str | None]]:
    return [(post["text"], (post["reposted_by"] or {}).get("username")) for post in page["items"]]


async def test_a_repost_reaches_followers_and_counts_once(town: Town) -> None:
    ada, bo, cleo = await _people(town, "ada", "bo", "cleo")
    await _follow(town, cleo, bo)
    id = await _post(town, ada, "tea?")
    for _ in range(2):
        passed_on = await _repost(town, bo, id)
    assert (passed_on["reposts"], passed_on["reposted_by_me"], passed_on["reposted_by"]) == (1, True, None)
    assert await _home(cleo) == [("tea?", "bo")]
    seen = (await cleo.get("timeline"))["items"][0]
    assert (seen["id"], seen["author"]["username"], seen["reposted_by_me"]) == (id, "ada", False)
    for _ in range(2):
        left = await bo.delete(f"posts/{id}/repost")
    assert (left["reposts"], left["reposted_by_me"]) == (0, False)
    assert await _home(cleo) == []


async def test_the_author_hears_of_it_once(town: Town) -> None:
    ada, bo = await _people(town, "ada", "bo")
    id = await _post(town, ada, "tea?")
    await _repost(town, ada, id)
    await _repost(town, bo, id)
    await town.work()
    assert await lines(ada) == [("repost", ["bo"], 1)]
    await bo.delete(f"posts/{id}/repost")
    assert await lines(ada) == []


async def test_each_post_stands_in_a_timeline_once_where_it_first_came(town: Town) -> None:
    ada, bo, cleo, dov = await _people(town, "ada", "bo", "cleo", "dov")
    await _follow(town, dov, bo, cleo)
    strange, known = await _post(town, ada, "strange"), await _post(town, bo, "known")
    await _repost(town, bo, strange)
    await _repost(town, cleo, known)
    await _post(town, cleo, "between")
    await _repost(town, cleo, strange)
    assert await _home(dov) == [("between", None), ("strange", "bo"), ("known", None)]
    await bo.delete(f"posts/{strange}/repost")
    assert await _home(dov) == [("strange", "cleo"), ("between", None), ("known", None)]


async def test_an_answer_that_is_passed_on_stands_in_the_timeline(town: Town) -> None:
    ada, bo, cleo = await _people(town, "ada", "bo", "cleo")
    await _follow(town, cleo, ada, bo)
    one = await _post(town, ada, "tea?")
    two = await _post(town, ada, "green, of course", reply_to=one)
    await _repost(town, bo, two)
    assert await _home(cleo) == [("green, of course", "bo"), ("tea?", None)]


async def test_a_profile_shows_reposts_but_ones_own_posts_once(town: Town) -> None:
    ada, bo = await _people(town, "ada", "bo")
    theirs, own = await _post(town, ada, "ada's"), await _post(town, bo, "bo's")
    answer = await _post(town, bo, "mine", reply_to=theirs)
    for id in (theirs, own, answer):
        await _repost(town, bo, id)
    listed = _texts(await ada.get(f"people/{bo.id}/posts"))
    assert listed == [("mine", "bo"), ("ada's", "bo"), ("bo's", None)]
    assert _texts(await ada.get(f"people/{bo.id}/posts", shelf="replies")) == [("mine", None)]


@pytest.mark.parametrize("hidden", ["blocking", "blocked", "muting", "protected"])
async def test_nobody_is_passed_what_they_may_not_read(town: Town, hidden: str) -> None:
    ada, bo, cleo = await _people(town, "ada", "bo", "cleo")
    await _follow(town, cleo, bo)
    id = await _post(town, ada, "tea?")
    await _repost(town, bo, id)
    author, viewer = PersonId(ada.id), PersonId(cleo.id)
    part = {
        "blocking": lambda tx: block(tx, viewer, author),
        "blocked": lambda tx: block(tx, author, viewer),
        "muting": lambda tx: mute(tx, viewer, author),
        "protected": lambda tx: protect(tx, author),
    }[hidden]
    await town.tools.db.write(part)
    assert await _home(cleo) == []
    assert _texts(await cleo.get(f"people/{bo.id}/posts")) == []


async def test_what_a_muted_person_passes_on_is_not_shown_and_hides_nobody_elses(town: Town) -> None:
    ada, bo, cleo, dov = await _people(town, "ada", "bo", "cleo", "dov")
    await _follow(town, dov, bo, cleo)
    id = await _post(town, ada, "tea?")
    await _repost(town, bo, id)
    await town.tools.db.write(lambda tx: mute(tx, PersonId(dov.id), PersonId(bo.id)))
    assert await _home(dov) == []
    await _repost(town, cleo, id)
    assert await _home(dov) == [("tea?", "cleo")]


async def test_only_protected_people_themselves_pass_on_what_they_say(town: Town) -> None:
    ada, bo = await _people(town, "ada", "bo")
    await _follow(town, bo, ada)
    await town.tools.db.write(lambda tx: protect(tx, PersonId(ada.id)))
    id = await _post(town, ada, "among us")
    assert await bo.refused("PUT", f"posts/{id}/repost") == (403, "post_protected")
    assert (await _repost(town, ada, id))["reposts"] == 1


async def test_who_passes_a_post_on_is_listed_but_for_those_one_may_not_know_of(town: Town) -> None:
    ada, bo, cleo, dov = await _people(town, "ada", "bo", "cleo", "dov")
    id = await _post(town, ada, "tea?")
    for by in (bo, cleo, dov):
        await _repost(town, by, id)
        await by.put(f"posts/{id}/like")
    await town.tools.db.write(lambda tx: block(tx, PersonId(cleo.id), PersonId(ada.id)))
    for listed in ("reposts", "likes"):
        first = await ada.get(f"posts/{id}/{listed}", limit=1)
        second = await ada.get(f"posts/{id}/{listed}", limit=1, cursor=first["next"])
        assert [person["username"] for page in (first, second) for person in page["items"]] == ["dov", "bo"]
        assert second["next"] is None


async def test_a_repost_is_no_post_of_its_own_and_goes_with_what_it_passes_on(town: Town) -> None:
    ada, bo = await _people(town, "ada", "bo")
    id = await _post(town, ada, "tea?")
    town.clock.advance(timedelta(seconds=1))
    await bo.put(f"posts/{id}/repost")
    cursor = (await bo.get("timeline", limit=1))["next"]
    assert cursor is None
    assert await bo.refused("DELETE", f"posts/{id}") == (403, "not_your_post")
    await ada.delete(f"posts/{id}")
    assert await _home(bo) == []
    assert await bo.refused("PUT", f"posts/{id}/repost") == (404, "post_not_found")


async def test_timelines_of_reposts_come_page_by_page_without_gaps(town: Town) -> None:
    ada, bo, cleo = await _people(town, "ada", "bo", "cleo")
    await _follow(town, cleo, bo)
    ids = [await _post(town, ada, str(n)) for n in range(7)]
    for id in ids:
        await _repost(town, bo, id)
    texts, cursor = [], None
    for _ in range(4):
        page = await cleo.get("timeline", limit=2, **({"cursor": cursor} if cursor else {}))
        texts += [post["text"] for post in page["items"]]
        cursor = page["next"]
    assert (texts, cursor) == (["6", "5", "4", "3", "2", "1", "0"], None)


async def test_many_hidden_posts_do_not_end_a_timeline_early(town: Town) -> None:
    ada, bo, cleo = await _people(town, "ada", "bo", "cleo")
    await _follow(town, cleo, ada, bo)
    await _post(town, ada, "first")
    for n in range(12):
        await _post(town, bo, str(n))
    await _post(town, ada, "last")
    await town.tools.db.write(lambda tx: mute(tx, PersonId(cleo.id), PersonId(bo.id)))
    assert await _home(cleo, limit=2) == [("last", None), ("first", None)]


async def test_what_somebody_passed_on_who_has_gone_hides_nobody_elses(town: Town) -> None:
    ada, bo, cleo, dov = await _people(town, "ada", "bo", "cleo", "dov")
    await _follow(town, dov, bo, cleo)
    id = await _post(town, ada, "tea?")
    await _repost(town, bo, id)
    await _repost(town, cleo, id)
    await town.tools.db.write(lambda tx: delete(tx, PersonId(bo.id)))
    assert await _home(dov) == [("tea?", "cleo")]
