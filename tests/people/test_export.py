"""A copy of one's data: all that is one's own, nothing that only others may see, for seven days."""

import asyncio
import io
import json
import re
import threading
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, event, update

from cooee.app import BELONGINGS
from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.worker import Worker
from cooee.people import export, jobs
from cooee.people.erasing import pointing
from cooee.people.export import KEPT
from cooee.people.ids import PersonId
from cooee.spaces.tables import spaces
from tests.people.everything import plant
from tests.people.settled import settle, suspend
from tests.people.test_pictures import picture
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


async def _work(node: FastAPI) -> None:
    worker = Worker(node.state.tools.db, node.state.tools.clock, jobs.handlers(node.state.tools, BELONGINGS))
    while await worker.run_due():
        pass


async def _copy(node: FastAPI, person: Visitor) -> tuple[bytes, dict[str, Any]]:
    asked = await person.post("me/export")
    assert (asked["state"], asked["bytes"]) == ("making", None)
    while (await person.get("me/export"))["state"] == "making":
        await _work(node)
    answer = await person.send("GET", "me/export/file")
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == 'attachment; filename="cooee.zip"'
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        return answer.content, {
            name: json.loads(archive.read(name)) for name in archive.namelist() if name.endswith(".json")
        } | {name: archive.read(name) for name in archive.namelist() if not name.endswith(".json")}


async def test_the_copy_holds_all_that_is_the_persons(node: FastAPI, guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    await ada.patch("me", {"bio": "I live at the harbour"})
    await ada.send("PUT", "me/picture", content=picture(), headers={"content-type": "image/png"})
    for one, other in ((ada, bob), (bob, ada), (cleo, ada)):
        await one.put(f"people/{other.id}/follow")
    await ada.put(f"people/{cleo.id}/block")
    post = await ada.post("posts", {"text": "The kettle is on"})
    await ada.put(f"posts/{post['id']}/like")
    theirs = await bob.post("posts", {"text": "Mine is whistling"})
    await ada.put(f"posts/{theirs['id']}/bookmark")
    talk = (await ada.post("conversations", {"person": bob.id}))["id"]
    await ada.post(f"conversations/{talk}/messages", {"text": "Bring milk"})
    await bob.post(f"conversations/{talk}/messages", {"text": "And lemon"})
    await ada.post("spaces", {"title": "Tea"})
    _, held = await _copy(node, ada)
    assert held["account.json"]["bio"] == "I live at the harbour"
    assert held["ways_in.json"]["devices"][0]["created_at"]
    assert held["picture.webp"][:4] == b"RIFF"
    assert [one["username"] for one in held["following.json"]] == ["bob"]
    assert [one["username"] for one in held["followers.json"]] == ["bob"]
    assert [one["username"] for one in held["blocked.json"]] == ["cleo"]
    assert [one["text"] for one in held["posts.json"]] == ["The kettle is on"]
    assert [one["post"] for one in held["likes.json"]] == [post["id"]]
    assert [one["post"] for one in held["bookmarks.json"]] == [theirs["id"]]
    (conversation,) = held["conversations.json"]
    assert [(one["mine"], one["text"]) for one in conversation["messages"]] == [
        (True, "Bring milk"),
        (False, "And lemon"),
    ]
    assert [one["title"] for one in held["spaces.json"]] == ["Tea"]


async def test_the_copy_tells_no_secret_and_nothing_that_others_keep_to_themselves(
    node: FastAPI, guest: Visitor
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/block")
    await bob.put(f"people/{ada.id}/mute")
    await bob.post("posts", {"text": "Not for Ada"})
    data, held = await _copy(node, ada)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        text = "".join(archive.read(name).decode(errors="replace") for name in archive.namelist())
    assert "bob" not in text
    assert "Not for Ada" not in text
    for secret in ("argon2", PASSWORD, "token", "hash", ada.token or "?"):
        assert secret not in text
    assert held["blocked.json"] == held["muted.json"] == []


async def test_of_others_the_copy_says_no_more_than_one_sees(node: FastAPI, guest: Visitor) -> None:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    for one in (bob, cleo):
        await ada.put(f"people/{one.id}/follow")
        talk = (await ada.post("conversations", {"person": one.id}))["id"]
        await ada.post(f"conversations/{talk}/messages", {"text": "Bring milk"})
    await node.state.tools.db.write(lambda tx: suspend(tx, PersonId(bob.id)))
    await cleo.delete("me")
    _, held = await _copy(node, ada)
    assert [(one["username"], one["display_name"]) for one in held["following.json"]] == [("bob", "@bob")]
    whom = sorted((one["with"] for one in held["conversations.json"]), key=str, reverse=True)
    assert whom == [{"username": "bob", "display_name": "@bob"}, None]


async def test_what_was_deleted_for_oneself_is_not_in_the_copy(node: FastAPI, guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    talk = (await ada.post("conversations", {"person": bob.id}))["id"]
    await ada.post(f"conversations/{talk}/messages", {"text": "Bring milk"})
    await ada.delete(f"conversations/{talk}")
    _, held = await _copy(node, ada)
    assert held["conversations.json"][0]["messages"] == []


async def test_the_copy_expires_and_its_file_goes(node: FastAPI, guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    await _copy(node, ada)
    (file,) = (node.state.settings.data_dir / "files" / "exports").iterdir()
    clock.advance(KEPT)
    while (await ada.get("me/export"))["state"] != "none":
        await _work(node)
    await _work(node)
    assert await ada.refused("GET", "me/export/file") == (404, "no_export")
    assert not file.exists()


async def test_a_new_copy_takes_the_place_of_the_last(node: FastAPI, guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    await _copy(node, ada)
    await ada.post("posts", {"text": "One more"})
    _, held = await _copy(node, ada)
    await _work(node)
    assert [one["text"] for one in held["posts.json"]] == ["One more"]
    assert len(list((node.state.settings.data_dir / "files" / "exports").iterdir())) == 1
    await ada.delete("me/export")
    assert (await ada.get("me/export"))["state"] == "none"


async def test_nothing_is_left_of_a_copy_that_is_taken_back_while_it_is_made(
    node: FastAPI, guest: Visitor, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await guest.sign_up("ada")
    tools, me, later = node.state.tools, PersonId(ada.id), clock.now() + timedelta(hours=1)
    put_file, under_way, release = tools.blobs.put_file, asyncio.Event(), threading.Event()
    loop, stored = asyncio.get_running_loop(), list[str]()

    def slow(key: str, path: Path) -> None:
        loop.call_soon_threadsafe(under_way.set)
        release.wait(20)
        put_file(key, path)
        stored.append(key)

    def ask(tx: Connection) -> None:
        export.ask(tx, me, clock.now())
        # The node's own worker has it later.
        outbox.move(tx, f"{export.MAKE}:{me}", later)

    monkeypatch.setattr(tools.blobs, "put_file", slow)
    await tools.db.write(ask)
    handlers = {export.MAKE: export.making(tools, BELONGINGS)}
    at_work = asyncio.create_task(Worker(tools.db, SettableClock(later), handlers, renew_s=0.02).run_due())
    async with asyncio.timeout(20):
        await under_way.wait()
        await ada.delete("me/export")
        await asyncio.wait({at_work}, timeout=0.3)
        release.set()
        assert await at_work == 1
        while not stored or tools.blobs.size(stored[0]) is not None:
            await asyncio.sleep(0.02)
    assert list((node.state.settings.data_dir / "files" / "exports").iterdir()) == []


async def test_a_copy_that_was_stored_and_became_nobodys_goes_after_a_day(
    node: FastAPI, guest: Visitor, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada = await guest.sign_up("ada")
    kept, ready, deaths = node.state.settings.data_dir / "files" / "exports", export._ready, iter([True])

    def dies_once(tx: Connection, *about: Any) -> None:
        if next(deaths, False):
            raise LookupError
        ready(tx, *about)

    monkeypatch.setattr(export, "_ready", dies_once)
    await ada.post("me/export")
    async with asyncio.timeout(20):
        while not kept.exists() or not list(kept.glob("*.zip")):
            await _work(node)
        (stray,) = kept.glob("*.zip")
        while (await ada.get("me/export"))["state"] == "making":
            clock.advance(timedelta(seconds=5))
            await _work(node)
        assert stray.exists()
        clock.advance(timedelta(days=1))
        while stray.exists():
            await _work(node)
    assert len(list(kept.glob("*.zip"))) == 1
    assert (await ada.send("GET", "me/export/file")).status_code == 200


async def test_a_copy_needs_a_proof_and_is_limited(node: FastAPI, guest: Visitor, clock: SettableClock) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    for _ in range(3):
        await ada.post("me/export")
    assert await ada.refused("POST", "me/export") == (429, "too_many_requests")
    assert await bob.refused("GET", "me/export/file") == (404, "no_export")
    clock.advance(timedelta(minutes=11))
    assert await bob.refused("POST", "me/export") == (403, "confirmation_needed")


# Tables that point at people and are not in the copy, and why.
UNTOLD = {
    "conversations": "told as one's own side of each",
    "data_exports": "this very copy",
    "mentions": "stands in what one wrote",
    "notice_lines": "made of what others did",
    "notice_positions": "how far one has read what others did",
    "notices": "made of what others did",
    "passkey_challenges": "expires within minutes",
    "person_words": "one's names once more, as they are looked for",
    "provider_flows": "expires within minutes",
    "room_messages": "for nobody any more once the room is over",
    "room_posts": "told as what one posted",
    "signup_invitation_uses": "who invited one is about them, too",
    "space_access": "that one was invited once, and nothing else",
    "space_log": "what hosts did to each other's rooms: they read it there",
    "space_message_invitations": "told as the messages that carried them",
    "space_stage": "for as long as one is on a stage",
    "space_stream_keys": "a hash, for as long as the Space is live",
}


def test_every_table_about_a_person_is_in_the_copy_or_says_why_not(database: Database) -> None:
    read: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        read.append(statement)

    def work(tx: Connection) -> None:
        ada, bob = settle(tx, "ada", "bob")
        plant(tx, ada, bob)
        tx.execute(update(spaces).values(document='{"title": "", "topics": []}'))
        event.listen(tx.engine, "before_cursor_execute", listen)
        try:
            for domain in BELONGINGS:
                domain.tell(tx, ada)
                domain.files(tx, ada)
        finally:
            event.remove(tx.engine, "before_cursor_execute", listen)

    database.write_now(work)
    words = set(re.findall(r"[a-z_]+", " ".join(read)))
    about = {table.name for table, _ in pointing()}
    assert about - words == UNTOLD.keys()
