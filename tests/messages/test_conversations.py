"""Two people write to each other: what each of them sees, and in which order."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.messages import facts
from tests.messages.conftest import Town
from tests.people import settled

pytestmark = pytest.mark.anyio


async def test_both_see_what_was_said_newest_first(town: Town) -> None:
    await town.say(town.ada, town.bob, "Tea?")
    await town.say(town.bob, town.ada, "At five.\n\n\n\nBring cake")
    assert await town.texts(town.ada, town.bob) == ["At five.\n\nBring cake", "Tea?"]
    assert await town.texts(town.bob, town.ada) == ["At five.\n\nBring cake", "Tea?"]
    id = await town.between(town.ada, town.bob)
    page = await town.bob.get(f"conversations/{id}/messages")
    assert [message["mine"] for message in page["items"]] == [True, False]
    assert await town.between(town.bob, town.ada) == id


async def test_an_empty_conversation_is_in_nobodys_list(town: Town) -> None:
    await town.between(town.ada, town.bob)
    assert (await town.listed(town.ada), await town.listed(town.bob)) == ([], [])
    assert await town.stands(town.ada, town.bob) == "new"


async def test_the_list_is_in_the_order_of_the_newest_message_with_what_is_unread(
    town: Town, clock: SettableClock
) -> None:
    await town.settle(settled.follow, town.bob, town.cleo)
    for writer, text in ((town.ada, "one"), (town.cleo, "two"), (town.ada, "three")):
        clock.advance(timedelta(seconds=1))
        await town.say(writer, town.bob, text)
    assert await town.listed(town.bob) == [("ada", 2, "three"), ("cleo", 1, "two")]
    assert await town.listed(town.ada) == [("bob", 0, "three")]
    assert await town.bob.get("conversations/unread") == {"conversations": 2, "requests": 0}
    first = await town.bob.get("conversations", limit=1)
    second = await town.bob.get("conversations", limit=1, cursor=first["next"])
    assert [page["items"][0]["person"]["username"] for page in (first, second)] == ["ada", "cleo"]
    assert second["next"] is None


async def test_a_long_conversation_is_read_upwards_page_by_page(town: Town) -> None:
    for number in range(7):
        await town.say(town.ada, town.bob, str(number))
    path = f"conversations/{await town.between(town.bob, town.ada)}/messages"
    first = await town.bob.get(path, limit=3)
    await town.say(town.ada, town.bob, "meanwhile")
    second = await town.bob.get(path, limit=3, cursor=first["next"])
    third = await town.bob.get(path, limit=3, cursor=second["next"])
    assert [[message["text"] for message in page["items"]] for page in (first, second, third)] == [
        ["6", "5", "4"],
        ["3", "2", "1"],
        ["0"],
    ]
    assert third["next"] is None


async def test_what_was_read_is_read_on_all_ones_devices_and_the_other_is_not_told(town: Town) -> None:
    await town.say(town.ada, town.bob, "one")
    second = await town.say(town.ada, town.bob, "two")
    id = await town.between(town.bob, town.ada)
    before = await town.ada.get(f"conversations/{id}")
    await town.bob.put(f"conversations/{id}/read", {"message": second["id"]})
    assert (await town.bob.get(f"conversations/{id}"))["read_up_to"] == second["id"]
    assert await town.listed(town.bob) == [("ada", 0, "two")]
    assert await town.bob.get("conversations/unread") == {"conversations": 0, "requests": 0}
    assert await town.ada.get(f"conversations/{id}") == before


async def test_reading_goes_neither_backwards_nor_ahead_of_what_was_said(town: Town) -> None:
    first = await town.say(town.ada, town.bob, "one")
    path = f"conversations/{await town.between(town.bob, town.ada)}"
    await town.bob.put(f"{path}/read", {"message": "9" * 18})
    assert (await town.bob.get(path))["read_up_to"] == first["id"]
    second = await town.say(town.ada, town.bob, "two")
    assert await town.listed(town.bob) == [("ada", 1, "two")]
    await town.bob.put(f"{path}/read", {"message": second["id"]})
    await town.bob.put(f"{path}/read", {"message": first["id"]})
    assert (await town.bob.get(path))["read_up_to"] == second["id"]


async def test_whoever_answers_has_read_what_came_before(town: Town) -> None:
    await town.say(town.ada, town.bob, "Tea?")
    await town.say(town.bob, town.ada, "Yes")
    assert await town.listed(town.bob) == [("ada", 0, "Yes")]


async def test_a_deleted_message_is_gone_for_both_and_both_see_that_there_was_one(town: Town) -> None:
    kept = await town.say(town.ada, town.bob, "Hello")
    said = await town.say(town.ada, town.bob, "a secret")
    assert await town.bob.refused("DELETE", f"messages/{said['id']}") == (403, "not_your_message")
    assert await town.cleo.refused("DELETE", f"messages/{said['id']}") == (404, "message_not_found")
    await town.ada.delete(f"messages/{said['id']}")
    await town.ada.delete(f"messages/{said['id']}")
    for reader, other in ((town.ada, town.bob), (town.bob, town.ada)):
        page = await reader.get(f"conversations/{await town.between(reader, other)}/messages")
        assert [(message["text"], message["deleted"]) for message in page["items"]] == [("", True), ("Hello", False)]
    assert await town.listed(town.bob) == [("ada", 1, "")]
    await town.ada.delete(f"messages/{kept['id']}")
    assert await town.bob.get("conversations/unread") == {"conversations": 0, "requests": 0}


async def test_whoever_deletes_a_conversation_deletes_it_for_themselves(town: Town) -> None:
    await town.say(town.ada, town.bob, "old")
    path = f"conversations/{await town.between(town.bob, town.ada)}"
    await town.bob.delete(path)
    assert (await town.listed(town.bob), await town.texts(town.bob, town.ada)) == ([], [])
    assert await town.texts(town.ada, town.bob) == ["old"]
    await town.say(town.ada, town.bob, "new")
    assert await town.listed(town.bob) == [("ada", 1, "new")]
    assert await town.texts(town.bob, town.ada) == ["new"]


async def test_the_same_key_sends_once_however_often_it_comes_at_once(town: Town) -> None:
    path = f"conversations/{await town.between(town.ada, town.bob)}/messages"
    headers = {"idempotency-key": "k"}
    answers = await asyncio.gather(
        *(town.ada.send("POST", path, json={"text": "Hello"}, headers=headers) for _ in range(10))
    )
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert await town.texts(town.bob, town.ada) == ["Hello"]


async def test_two_who_write_at_once_are_both_heard_in_one_order(town: Town) -> None:
    await asyncio.gather(
        *(town.say(town.ada, town.bob, f"a{turn}") for turn in range(5)),
        *(town.say(town.bob, town.ada, f"b{turn}") for turn in range(5)),
    )
    heard = await town.texts(town.ada, town.bob)
    assert sorted(heard) == [f"{who}{turn}" for who in "ab" for turn in range(5)]
    assert heard == await town.texts(town.bob, town.ada)


@pytest.mark.parametrize(
    ("wrong", "status", "code"),
    [
        ({}, 422, "message_empty"),
        ({"text": " \n\x00 "}, 422, "message_empty"),
        ({"text": "x" * 2001}, 422, "invalid_request"),
        ({"text": "x", "to": "everybody"}, 422, "invalid_request"),
        ({"text": "x", "attachment": {"kind": "space", "id": "1GdTjE1ILTsCQ"}}, 404, "attachment_not_found"),
    ],
)
async def test_what_is_no_message_is_refused(town: Town, wrong: dict[str, Any], status: int, code: str) -> None:
    path = f"conversations/{await town.between(town.ada, town.bob)}/messages"
    assert await town.ada.refused("POST", path, json=wrong) == (status, code)
    assert await town.listed(town.bob) == []


async def test_two_thousand_characters_are_taken(town: Town) -> None:
    assert (await town.say(town.ada, town.bob, "ü" * 2000))["text"] == "ü" * 2000


async def test_a_third_person_reads_and_does_nothing_in_a_conversation(town: Town) -> None:
    said = await town.say(town.ada, town.bob, "between us")
    path = f"conversations/{await town.between(town.ada, town.bob)}"
    for method, at, body in (
        ("GET", path, None),
        ("DELETE", path, None),
        ("GET", f"{path}/messages", None),
        ("POST", f"{path}/messages", {"text": "Hello"}),
        ("POST", f"{path}/accept", None),
        ("POST", f"{path}/decline", None),
        ("PUT", f"{path}/read", {"message": said["id"]}),
    ):
        assert await town.cleo.refused(method, at, json=body) == (404, "conversation_not_found")
    assert await town.texts(town.bob, town.ada) == ["between us"]


async def test_nobody_writes_to_themselves_or_to_nobody(town: Town) -> None:
    assert await town.ada.refused("POST", "conversations", json={"person": town.ada.id}) == (
        409,
        "cannot_message_yourself",
    )
    assert await town.ada.refused("POST", "conversations", json={"person": "1"}) == (404, "person_not_found")


@pytest.mark.parametrize("changed_settings", [{"message_limit": "3 per hour"}])
async def test_nobody_floods_a_conversation(town: Town) -> None:
    path = f"conversations/{await town.between(town.ada, town.bob)}/messages"
    for _ in range(3):
        await town.ada.post(path, {"text": "again"})
    answer = await town.ada.send("POST", path, json={"text": "again"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert int(answer.headers["retry-after"]) > 0


async def test_a_message_is_a_fact_for_its_recipient_unless_they_muted_the_sender(
    town: Town, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody hears of it while the test looks.
    monkeypatch.setattr(outbox, "claim", lambda *_: [])
    said = await town.say(town.ada, town.bob, "Tea?")
    await town.settle(settled.mute, town.bob, town.ada)
    clock.advance(timedelta(seconds=1))
    await town.say(town.ada, town.bob, "Tea??")
    query = select(outbox.outbox.c.payload).where(outbox.outbox.c.topic == facts.RECEIVED)
    told = await town.tools.db.read(lambda tx: tx.execute(query).scalars().all())
    conversation = await town.between(town.ada, town.bob)
    assert told == [
        {
            "message": said["id"],
            "conversation": conversation,
            "from": town.ada.id,
            "to": town.bob.id,
            "request": False,
        }
    ]
