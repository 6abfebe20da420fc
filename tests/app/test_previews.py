"""What others' pages learn of a link to ours, and how they embed a Space."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.site import Site
from cooee.people.ids import PersonId
from tests.people import settled
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.anyio
PAGE = "<!doctype html><html><head><title>Cooee</title></head><body></body></html>"


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


@pytest.fixture(autouse=True)
def built(node: FastAPI, tmp_path: Path) -> None:
    """The built client is not there in every checkout: two pages stand for it."""
    folder = tmp_path / "web"
    folder.mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "embed.html").write_text(PAGE.replace("Cooee", "Player"))
    node.state.site = Site(folder)


class _Tags(HTMLParser):
    """The properties, names and links in a page's head."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self.seen: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.seen.append(tag)
        name = told.get("property") or told.get("name") or told.get("type")
        if name:
            self.found[name] = told.get("content") or told.get("href") or ""


async def tags(guest: Visitor, path: str) -> dict[str, str]:
    answer = await guest.send("GET", path, headers={"accept": "text/html"})
    assert answer.status_code == 200
    parser = _Tags()
    parser.feed(answer.text)
    assert set(parser.seen) <= {"html", "head", "title", "meta", "link", "body"}, "nothing but our own tags"
    return parser.found


async def test_a_link_to_a_public_space_shows_its_title_and_host(guest: Visitor) -> None:
    ada = await guest.sign_up("ada", "Ada <b>&\"'")
    title = "Tea</title><script>alert(1)</script>"
    space = (await ada.post("spaces", {"title": title, "topics": ["R&B"]}))["id"]
    seen = await tags(guest, f"/spaces/{space}")
    assert seen["og:title"] == title
    assert seen["og:description"] == "Live now with Ada <b>&\"'. About R&B. Listen in your browser."
    assert seen["og:url"] == f"{ORIGIN}/spaces/{space}"
    assert "robots" not in seen
    await ada.post(f"spaces/{space}/end")
    assert (await tags(guest, f"/spaces/{space}"))["og:description"] == "A Space by Ada <b>&\"'. It is over."


async def test_a_space_by_link_is_shown_to_who_has_the_link_and_not_to_search_engines(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    space = (await ada.post("spaces", {"title": "Tea", "audience": "unlisted"}))["id"]
    seen = await tags(guest, f"/spaces/{space}")
    assert (seen["og:title"], seen["robots"]) == ("Tea", "noindex")


@pytest.mark.parametrize("asker", ["guest", "host"])
async def test_nothing_of_an_invited_space_is_shown_not_even_that_there_is_one(guest: Visitor, asker: str) -> None:
    ada = await guest.sign_up("ada")
    space = (await ada.post("spaces", {"title": "Secret", "audience": "invited"}))["id"]
    by = ada if asker == "host" else guest
    there, nowhere = [await by.send("GET", f"/spaces/{id}") for id in (space, "0" * 13)]
    assert there.text == nowhere.text == PAGE
    assert await guest.refused("GET", "oembed", params={"url": f"{ORIGIN}/spaces/{space}"}) == (404, "space_not_found")


async def test_a_link_to_somebody_shows_what_they_say_of_themselves_unless_they_are_protected(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await ada.patch("me", {"bio": "I count"})
    await bob.patch("me", {"bio": "For friends", "protected": True})
    seen = await tags(guest, "/people/Ada")
    assert (seen["og:title"], seen["og:description"], seen["og:type"]) == ("Ada (@ada)", "I count", "profile")
    hidden = await tags(guest, "/people/bob")
    assert (hidden["og:title"], hidden["og:description"], hidden["robots"]) == ("Bob (@bob)", "", "noindex")


async def test_nothing_is_shown_of_an_account_that_is_being_deleted(node: FastAPI, guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    space = (await ada.post("spaces", {"title": "Tea"}))["id"]
    await node.state.tools.db.write(lambda tx: settled.delete(tx, PersonId(ada.id)))
    for path in ("/people/ada", f"/spaces/{space}"):
        assert (await guest.send("GET", path)).text == PAGE


async def test_other_sites_learn_how_to_embed_a_space(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    space = (await ada.post("spaces", {"title": 'Tea "for" two'}))["id"]
    found = (await tags(guest, f"/spaces/{space}"))["application/json+oembed"]
    assert found.startswith(f"{ORIGIN}/api/v1/oembed?url=")
    told = (await guest.send("GET", found.removeprefix(ORIGIN) + "&maxwidth=300")).json()
    assert (told["version"], told["type"], told["title"]) == ("1.0", "rich", 'Tea "for" two')
    assert (told["width"], told["author_url"]) == (300, f"{ORIGIN}/people/ada")
    frame = _Frame()
    frame.feed(told["html"])
    assert frame.src == f"{ORIGIN}/embed/spaces/{space}"


class _Frame(HTMLParser):
    src = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag == "iframe"
        self.src = dict(attrs)["src"] or ""


@pytest.mark.parametrize("url", ["https://elsewhere.example/spaces/0000000000000", f"{ORIGIN}/people/ada", "x"])
async def test_only_our_own_spaces_are_embedded(guest: Visitor, url: str) -> None:
    assert await guest.refused("GET", "oembed", params={"url": url}) == (404, "space_not_found")


async def test_only_the_player_may_stand_in_others_pages(guest: Visitor) -> None:
    def ancestors(headers: Any) -> Iterator[str]:
        yield from re.findall(r"frame-ancestors ([^;]+)", headers["content-security-policy"])

    player = await guest.send("GET", "/embed/spaces/0000000000000")
    assert "Player" in player.text
    assert list(ancestors(player.headers)) == ["*"]
    for path in ("/", "/spaces/0000000000000", "/api/v1/instance"):
        assert list(ancestors((await guest.send("GET", path)).headers)) == ["'none'"]
