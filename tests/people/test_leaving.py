"""Deleting an account: hidden at once, undone by signing in, erased after 14 days."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, func, select

from cooee.app import BELONGINGS
from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.messages.tables import messages
from cooee.people import jobs, store
from cooee.people.ids import PersonId
from cooee.people.leaving import GRACE
from tests.people.test_pictures import picture
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "sign_in_limit": ""}


async def _work(node: FastAPI) -> None:
    """Has the worker do what is due, and what comes of it."""
    tools = node.state.tools
    handlers = jobs.handlers(tools, BELONGINGS)
    worker = Worker(tools.db, tools.clock, handlers)

    def due(tx: Connection) -> int:
        ours = outbox.outbox.c.topic.in_(handlers), outbox.outbox.c.due_at <= tools.clock.now()
        return tx.execute(select(func.count()).select_from(outbox.outbox).where(*ours)).scalar_one()

    async with asyncio.timeout(10):
        # The node's own worker may have begun what is due.
        while await worker.run_due() or await tools.db.read(due):
            await asyncio.sleep(0.01)


async def _erase(node: FastAPI, clock: SettableClock, person: Visitor) -> None:
    await person.post("sessions/current/confirmation", {"password": PASSWORD})
    await person.delete("me")
    clock.advance(GRACE)
    await _work(node)


async def _sign_in(guest: Visitor, username: str) -> Any:
    return await guest.post("sessions", {"username": username, "password": PASSWORD})


def _names(page: Any) -> list[str]:
    return [person["username"] for person in page["items"]]


async def test_a_device_that_was_left_open_does_not_delete_the_account(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    clock.advance(timedelta(minutes=11))
    assert await ada.refused("DELETE", "me") == (403, "confirmation_needed")
    await ada.post("sessions/current/confirmation", {"password": PASSWORD})
    assert (await ada.delete("me"))["erased_at"] == "2026-12-05T10:11:00.000Z"


async def test_whoever_deletes_the_account_is_hidden_and_signed_out_at_once(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    await ada.put(f"people/{bob.id}/follow")
    post = await ada.post("posts", {"text": "Hello"})
    phone = (await _sign_in(guest, "ada"))["token"]
    await ada.delete("me")
    assert await ada.refused("GET", "me") == (401, "unauthenticated")
    assert await Visitor(guest.client, phone).refused("GET", "me") == (401, "unauthenticated")
    assert await bob.refused("GET", "people/ada") == (404, "person_not_found")
    assert await bob.refused("GET", f"posts/{post['id']}") == (404, "post_not_found")
    assert await bob.refused("PUT", f"people/{ada.id}/follow") == (404, "person_not_found")
    assert _names(await bob.get(f"people/{bob.id}/followers")) == []
    assert _names(await bob.get("search/people", q="ada")) == []
    assert (await bob.get("timeline"))["items"] == []
    taken = {"username": "ada", "display_name": "Ada", "password": PASSWORD}
    assert await guest.refused("POST", "accounts", json=taken) == (409, "username_taken")


async def test_signing_in_within_the_grace_brings_everything_back(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    await ada.post("posts", {"text": "Hello"})
    await ada.delete("me")
    clock.advance(GRACE - timedelta(minutes=1))
    await _work(node)
    back = await _sign_in(guest, "ada")
    assert back["restored"] is True
    assert (await _sign_in(guest, "ada"))["restored"] is False
    clock.advance(timedelta(days=1))
    await _work(node)
    assert [post["text"] for post in (await bob.get("timeline"))["items"]] == ["Hello"]
    assert (await bob.get("people/ada"))["followers"] == 1


async def test_after_the_grace_nothing_comes_back_and_the_name_is_free(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    await ada.put(f"people/{bob.id}/follow")
    await _erase(node, clock, ada)
    wrong = {"username": "ada", "password": PASSWORD}
    assert await guest.refused("POST", "sessions", json=wrong) == (401, "wrong_credentials")
    me = await bob.get("me")
    assert (me["followers"], me["following"]) == (0, 0)
    assert await bob.refused("GET", f"people/-{ada.id}") == (404, "person_not_found")
    another = await guest.sign_up("ada")
    assert another.id != ada.id
    assert _names(await bob.get("search/people", q="ada")) == ["ada"]


async def test_answers_of_others_stay_below_a_post_that_is_gone(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    post = await ada.post("posts", {"text": "Who is there?"})
    answer = await bob.post("posts", {"text": "I am", "reply_to": post["id"]})
    await _erase(node, clock, ada)
    thread = await bob.get(f"posts/{answer['id']}/thread")
    assert (thread["gone_above"], thread["post"]["text"]) == (True, "I am")


async def _conversation(ada: Visitor, bob: Visitor) -> str:
    id: str = (await ada.post("conversations", {"person": bob.id}))["id"]
    await ada.post(f"conversations/{id}/messages", {"text": "The key is under the mat"})
    return id


async def test_the_other_keeps_what_was_written_to_them_without_a_name(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    await bob.put(f"people/{ada.id}/follow")
    id = await _conversation(ada, bob)
    await bob.post(f"conversations/{id}/messages", {"text": "Thanks"})
    await _erase(node, clock, ada)
    about = await bob.get(f"conversations/{id}")
    assert (about["person"], about["stands"]) == (None, "gone")
    said = (await bob.get(f"conversations/{id}/messages"))["items"]
    assert [(message["mine"], message["text"]) for message in said] == [
        (True, "Thanks"),
        (False, "The key is under the mat"),
    ]
    (line,) = (await bob.get("conversations", folder="open"))["items"]
    assert line["person"] is None
    assert await bob.refused("POST", f"conversations/{id}/messages", json={"text": "?"}) == (410, "correspondent_gone")
    await _erase(node, clock, bob)
    assert await _messages(node) == 0


async def test_a_request_that_nobody_answered_goes_with_whoever_wrote_it(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    id = await _conversation(ada, bob)
    await _erase(node, clock, ada)
    assert await bob.refused("GET", f"conversations/{id}") == (404, "conversation_not_found")
    assert await _messages(node) == 0


async def _messages(node: FastAPI) -> int:
    count: int = await node.state.tools.db.read(lambda tx: len(tx.execute(messages.select()).all()))
    return count


async def test_the_face_of_whoever_was_erased_is_a_file_no_more(
    node: FastAPI, guest: Visitor, clock: SettableClock
) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    png = {"content-type": "image/png"}
    shared = (await ada.send("PUT", "me/picture", content=picture(), headers=png)).json()["picture_url"]
    await bob.send("PUT", "me/picture", content=picture(), headers=png)
    await _erase(node, clock, ada)
    assert (await guest.send("GET", shared)).status_code == 200
    await bob.delete("me/picture")
    await _work(node)
    assert (await guest.send("GET", shared)).status_code == 404


async def test_the_only_administrator_stays(node: FastAPI, guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    for person in (ada, bob):
        await node.state.tools.db.write(lambda tx, id=person.id: store.change(tx, PersonId(id), {"admin": True}))
    await ada.delete("me")
    assert await bob.refused("DELETE", "me") == (409, "last_administrator")


async def test_the_space_of_whoever_goes_ends(node: FastAPI, guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = await ada.post("spaces", {"title": "Tea"})
    await bob.post("posts", {"text": "Come", "attachment": {"kind": "space", "id": space["id"]}})
    await ada.delete("me")
    # By the node's own worker.
    while (await bob.send("GET", f"spaces/{space['id']}")).status_code != 404:
        await asyncio.sleep(0)
    (post,) = (await bob.get("timeline"))["items"]
    assert post["attachment"] is None


async def test_whoever_goes_listens_nowhere_any_more(node: FastAPI, guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = (await bob.post("spaces", {"title": "Tea"}))["id"]
    await ada.post(f"spaces/{space}/join")
    await ada.delete("me")
    # By the node's own worker.
    async with asyncio.timeout(20):
        while ada.id in node.state.spaces.live.rooms.concerned(space):
            await asyncio.sleep(0.01)
    assert (await bob.get(f"spaces/{space}"))["state"] == "live"
