"""Strangers, settings, blocks and deleted accounts: who may write to whom."""

from datetime import timedelta

import pytest

from cooee.kit.clock import SettableClock
from tests.messages.conftest import Town
from tests.people import settled
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_a_strangers_first_message_waits_and_a_second_one_is_refused(town: Town) -> None:
    await town.say(town.cleo, town.ada, "You do not know me")
    assert (await town.listed(town.ada), await town.listed(town.ada, "request")) == (
        [],
        [("cleo", 1, "You do not know me")],
    )
    assert await town.ada.get("conversations/unread") == {"conversations": 0, "requests": 1}
    assert await town.refused_to_say(town.cleo, town.ada) == (409, "request_waiting")
    assert (await town.stands(town.cleo, town.ada), await town.stands(town.ada, town.cleo)) == ("waiting", "request")
    assert await town.listed(town.cleo) == [("ada", 0, "You do not know me")]


async def test_an_accepted_stranger_writes_freely(town: Town) -> None:
    await town.say(town.cleo, town.ada, "Hello")
    await town.ada.post(f"conversations/{await town.between(town.ada, town.cleo)}/accept")
    await town.say(town.cleo, town.ada, "Thank you")
    assert await town.listed(town.ada) == [("cleo", 2, "Thank you")]
    assert await town.listed(town.ada, "request") == []


async def test_whoever_answers_a_request_accepts_it(town: Town) -> None:
    await town.say(town.cleo, town.ada, "Hello")
    await town.say(town.ada, town.cleo, "Who are you?")
    await town.say(town.cleo, town.ada, "Cleo")
    assert await town.texts(town.ada, town.cleo) == ["Cleo", "Who are you?", "Hello"]


async def test_a_declined_stranger_cannot_tell_and_cannot_write_again(town: Town) -> None:
    await town.say(town.cleo, town.ada, "Hello")
    id = await town.between(town.ada, town.cleo)
    before = await town.cleo.get(f"conversations/{id}")
    await town.ada.post(f"conversations/{id}/decline")
    assert (await town.listed(town.ada), await town.listed(town.ada, "request")) == ([], [])
    assert await town.cleo.get(f"conversations/{id}") == before
    assert await town.refused_to_say(town.cleo, town.ada) == (409, "request_waiting")
    await town.ada.post(f"conversations/{id}/accept")
    assert await town.refused_to_say(town.cleo, town.ada) == (409, "request_waiting")


async def test_whoever_declined_may_still_write_first_and_is_answered(town: Town) -> None:
    await town.say(town.cleo, town.ada, "Hello")
    await town.ada.post(f"conversations/{await town.between(town.ada, town.cleo)}/decline")
    await town.say(town.ada, town.cleo, "Sorry, hello!")
    await town.say(town.cleo, town.ada, "There you are")
    assert await town.texts(town.ada, town.cleo) == ["There you are", "Sorry, hello!"]


async def test_declining_what_is_no_request_changes_nothing(town: Town) -> None:
    await town.say(town.ada, town.bob, "Hello")
    await town.bob.post(f"conversations/{await town.between(town.ada, town.bob)}/decline")
    assert await town.listed(town.bob) == [("ada", 1, "Hello")]


async def test_a_request_whose_message_was_deleted_asks_nothing(town: Town) -> None:
    said = await town.say(town.cleo, town.ada, "Hello")
    await town.cleo.delete(f"messages/{said['id']}")
    assert await town.listed(town.ada, "request") == []
    assert await town.ada.get("conversations/unread") == {"conversations": 0, "requests": 0}


async def test_whoever_is_followed_by_the_recipient_is_no_stranger(town: Town) -> None:
    await town.settle(settled.follow, town.ada, town.cleo)
    await town.say(town.cleo, town.ada, "Hello")
    assert await town.listed(town.ada) == [("cleo", 1, "Hello")]


@pytest.mark.parametrize(
    ("writers", "followed", "stranger"),
    [
        ("everyone", None, None),
        ("followed", None, (403, "messages_not_taken")),
        ("nobody", (403, "messages_not_taken"), (403, "messages_not_taken")),
    ],
)
async def test_one_chooses_who_may_write(
    town: Town, writers: str, followed: tuple[int, str] | None, stranger: tuple[int, str] | None
) -> None:
    assert await town.ada.get("me/message-settings") == {"writers": "everyone"}
    assert await town.ada.put("me/message-settings", {"writers": writers}) == {"writers": writers}
    assert await town.ada.get("me/message-settings") == {"writers": writers}
    for writer, answer in ((town.bob, followed), (town.cleo, stranger)):
        if answer is None:
            assert (await town.say(writer, town.ada, "Hello"))["text"] == "Hello"
        else:
            assert await town.refused_to_say(writer, town.ada) == answer
            assert await town.stands(writer, town.ada) == "refused"


async def test_whom_one_wrote_to_may_answer_where_strangers_may_not_write(town: Town) -> None:
    await town.ada.put("me/message-settings", {"writers": "followed"})
    await town.say(town.ada, town.cleo, "May I ask you something?")
    await town.say(town.cleo, town.ada, "Of course")
    assert await town.texts(town.ada, town.cleo) == ["Of course", "May I ask you something?"]


@pytest.mark.parametrize("blocker", ["ada", "bob"])
async def test_a_block_stops_both_at_once(town: Town, blocker: str) -> None:
    await town.say(town.ada, town.bob, "Hello")
    one, other = (town.ada, town.bob) if blocker == "ada" else (town.bob, town.ada)
    await town.settle(settled.block, one, other)
    for writer, reader in ((one, other), (other, one)):
        assert await town.refused_to_say(writer, reader) == (403, "messages_not_taken")
        assert await town.stands(writer, reader) == "refused"
    assert await town.bob.get("conversations/unread") == {"conversations": 0, "requests": 0}
    assert await town.texts(town.bob, town.ada) == ["Hello"]


async def test_a_blocked_strangers_request_is_not_shown(town: Town) -> None:
    await town.say(town.cleo, town.ada, "Hello")
    await town.settle(settled.block, town.ada, town.cleo)
    assert await town.listed(town.ada, "request") == []
    assert await town.ada.get("conversations/unread") == {"conversations": 0, "requests": 0}


async def test_a_deleted_account_is_nobody_and_what_one_said_oneself_stays(town: Town) -> None:
    await town.say(town.ada, town.bob, "Hello")
    await town.settle(settled.delete, town.bob)
    path = f"conversations/{(await town.ada.get('conversations'))['items'][0]['id']}"
    assert await town.listed(town.ada) == [(None, 0, "Hello")]
    about = await town.ada.get(path)
    assert (about["person"], about["stands"]) == (None, "gone")
    assert await town.ada.refused("POST", f"{path}/messages", json={"text": "?"}) == (410, "correspondent_gone")
    assert await town.cleo.refused("POST", "conversations", json={"person": town.bob.id}) == (404, "person_not_found")


async def _others(guest: Visitor, many: int) -> list[Visitor]:
    return [await guest.sign_up(f"other{number}") for number in range(many)]


async def test_a_new_account_writes_to_five_strangers_a_day(town: Town, guest: Visitor, clock: SettableClock) -> None:
    others = await _others(guest, 6)
    for other in others[:5]:
        clock.advance(timedelta(hours=1))
        await town.cleo.post(f"conversations/{await town.between(town.cleo, other)}/messages", {"text": "Buy!"})
    path = f"conversations/{await town.between(town.cleo, others[5])}/messages"
    answer = await town.cleo.send("POST", path, json={"text": "Buy!"})
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_strangers")
    assert answer.headers["retry-after"] == str(20 * 3600)
    await town.say(town.bob, town.ada, "not among friends")
    clock.advance(timedelta(hours=20))
    await town.cleo.post(path, {"text": "Buy!"})


async def test_an_account_of_three_days_writes_to_whom_it_likes(
    town: Town, guest: Visitor, clock: SettableClock
) -> None:
    others = await _others(guest, 7)
    clock.advance(timedelta(days=3))
    for other in others:
        await town.say(town.cleo, other, "Hello")
