"""Posts found by their words and hashtags."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text

from cooee.kit.words import words
from cooee.people.ids import PersonId
from cooee.posts.tables import hashtags, post_words
from cooee.posts.text import LONGEST_HASHTAG, MOST_HASHTAGS, hashtag_key
from cooee.posts.text import hashtags as hashtags_in
from tests.notify.told import Town
from tests.people.settled import block, mute, protect
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def _post(town: Town, author: Visitor, said: str, **more: Any) -> str:
    town.clock.advance(timedelta(seconds=1))
    id: str = (await author.post("posts", {"text": said, **more}))["id"]
    return id


async def _found(viewer: Visitor, question: str, **query: Any) -> list[str]:
    return _texts(await viewer.get("search/posts", q=question, **query))


def _texts(page: Any) -> list[str]:
    return [post["text"] for post in page["items"]]


@pytest.mark.parametrize(
    ("said", "question"),
    [
        ("The kettle is on", "kettle"),
        ("The kettle is on", "KET th"),
        ("Un café crème", "cafe CREME"),
        ("Un cafe creme", "café crèm"),
        ("STRASSE", "straße"),
        ("Iğdır ısınıyor", "igdir"),
        ("قهوة الصباح", "قهو"),
        ("东京 の 夜", "东京"),
        ("Привет, мир!", "привет мир"),
        ("#TeaTime it is", "teatime"),
        ("#TeaTime it is", "#teat"),
        ("at 10:30, in 2026", "2026 10"),
        ("it's o'clock", "clock s"),
        ("fi ﬁne", "fine"),
    ],
)
async def test_posts_are_found_by_words_and_their_beginnings(town: Town, said: str, question: str) -> None:
    ada = await town.guest.sign_up("ada")
    await _post(town, ada, said)
    await _post(town, ada, "something else")
    assert await _found(ada, question) == [said]


@pytest.mark.parametrize(
    "question", ["", " ", "…", "'", '"', "* ", "AND", "kettle -on", "ettle", "kettle tea", "' OR 1", "((", "a:b"]
)
async def test_what_is_not_said_is_not_found(town: Town, question: str) -> None:
    ada = await town.guest.sign_up("ada")
    await _post(town, ada, "The kettle")
    assert await _found(ada, question) == []


async def test_the_newest_is_first_and_pages_follow_each_other(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    one = await _post(town, ada, "tea 0")
    for n in range(1, 5):
        await _post(town, ada, f"tea {n}", reply_to=one)
    first = await ada.get("search/posts", q="te", limit=2)
    second = await ada.get("search/posts", q="te", limit=2, cursor=first["next"])
    third = await ada.get("search/posts", q="te", limit=2, cursor=second["next"])
    assert [*_texts(first), *_texts(second), *_texts(third)] == ["tea 4", "tea 3", "tea 2", "tea 1", "tea 0"]
    assert third["next"] is None


async def test_reposts_are_not_found_besides_what_they_pass_on(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    id = await _post(town, ada, "tea #tea")
    await bo.put(f"posts/{id}/repost")
    assert await _found(bo, "tea") == ["tea #tea"]
    assert _texts(await bo.get("hashtags/tea/posts")) == ["tea #tea"]


async def test_a_deleted_post_leaves_no_word_behind(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    id = await _post(town, ada, "soon gone #gone")
    await ada.delete(f"posts/{id}")
    assert await _found(ada, "gone") == []
    assert _texts(await ada.get("hashtags/gone/posts")) == []
    await town.tools.db.write(_check_index_is_empty)


def _check_index_is_empty(tx: Connection) -> None:
    for table in (post_words, hashtags):
        assert tx.execute(select(func.count()).select_from(table)).scalar_one() == 0
    _check_index(tx)


def _check_index(tx: Connection) -> None:
    """SQLite's index holds what it should, and nothing else; PostgreSQL sees to that itself."""
    if tx.dialect.name == "sqlite":
        tx.execute(text("INSERT INTO post_search (post_search, rank) VALUES ('integrity-check', 1)"))


async def test_words_go_with_their_author(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    await _post(town, ada, "kettle")
    await town.tools.db.write(lambda tx: tx.execute(text("DELETE FROM people WHERE id = :id"), {"id": int(ada.id)}))
    await _post(town, bo, "kettle too")
    assert await _found(bo, "kettle") == ["kettle too"]
    await town.tools.db.write(_check_index)


@pytest.mark.parametrize("hidden", ["blocking", "blocked", "muting", "protected"])
async def test_what_one_may_not_read_is_not_found(town: Town, hidden: str) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    await _post(town, ada, "kettle #kettle")
    author, viewer = PersonId(ada.id), PersonId(bo.id)
    part = {
        "blocking": lambda tx: block(tx, viewer, author),
        "blocked": lambda tx: block(tx, author, viewer),
        "muting": lambda tx: mute(tx, viewer, author),
        "protected": lambda tx: protect(tx, author),
    }[hidden]
    await town.tools.db.write(part)
    assert await _found(bo, "kettle") == []
    assert _texts(await bo.get("hashtags/kettle/posts")) == []
    assert (await bo.get("hashtags"))["items"] == []


async def test_a_hashtag_gathers_all_ways_to_write_it(town: Town) -> None:
    ada = await town.guest.sign_up("ada")
    for said in ("#Café time", "more #CAFE", "a cafe", "#cafes"):
        await _post(town, ada, said)
    assert _texts(await ada.get("hashtags/café/posts")) == ["more #CAFE", "#Café time"]
    first = await ada.get("hashtags/cafe/posts", limit=1)
    second = await ada.get("hashtags/cafe/posts", limit=1, cursor=first["next"])
    assert (_texts(second), second["next"]) == (["#Café time"], None)


async def test_what_most_people_talk_about_comes_first(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    for author, said in ((ada, "#tea"), (ada, "#coffee"), (ada, "#coffee"), (bo, "#Tea"), (bo, "#TEA #milk")):
        await _post(town, author, said)
    assert [(tag["name"].lower(), tag["people"]) for tag in (await ada.get("hashtags"))["items"]] == [
        ("tea", 2),
        ("milk", 1),
        ("coffee", 1),
    ]


@pytest.mark.parametrize(
    ("said", "tags"),
    [
        ("#tea", ["tea"]),
        ("(#Tea), #tea! #TEA?", ["tea"]),
        ("#a_b #2nd_cup #x2", ["a_b", "2nd_cup", "x2"]),
        ("#2026 #_ #", []),
        ("a#b &#39; /#x ##y @#z", []),
        ("https://example.org/#tea", []),
        ("\uff03東京 #شاي_الليل #हिन्दी #ไทย", ["東京", "شاي_الليل", "हिनदी", "ไทย"]),
        ("#می‌خواهم #میخواهم", ["میخواهم"]),
        ("#" + "x" * (LONGEST_HASHTAG + 1), []),
        (" ".join(f"#t{n}" for n in range(99)), [f"t{n}" for n in range(MOST_HASHTAGS)]),
    ],
)
def test_hashtags_are_words_with_a_sign_before(said: str, tags: list[str]) -> None:
    assert list(hashtags_in(said)) == tags
    assert all(hashtag_key(written) == key for key, written in hashtags_in(said).items())


def test_all_words_of_the_longest_post_are_found() -> None:
    said = " ".join(f"{n:x}" for n in range(150))
    assert len(words(said, 500)) == 150
