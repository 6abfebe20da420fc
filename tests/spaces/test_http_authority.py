"""The HTTP surface is held to the same table as the rules."""

from typing import Any

import pytest

from cooee.posts import store as posts
from cooee.posts.records import PostId, PostRecord
from cooee.spaces.room_messages import store as messages
from cooee.spaces.room_messages.store import RoomMessage, RoomMessageId
from cooee.spaces.room_posts import store as room_posts
from cooee.spaces.rules.presence import Present
from cooee.spaces.state import SpaceId
from tests.spaces import rooms
from tests.spaces.authority import ALLOWED, ROLES, Row, table
from tests.spaces.conftest import House

pytestmark = pytest.mark.anyio

OFFER = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}
STRANGER, REMOVED = rooms.STRANGER, rooms.REMOVED

Call = tuple[str, str, dict[str, Any]]


def json(**body: Any) -> dict[str, Any]:
    return {"json": body}


CALLS: dict[str, Call] = {
    "see": ("GET", "", {}),
    "join": ("POST", "/join", {}),
    "leave": ("POST", "/leave", {}),
    "end": ("POST", "/end", {}),
    "set_title": ("PATCH", "", json(title="Evening")),
    "set_topics": ("PATCH", "", json(topics=["music"])),
    "set_policy": ("PATCH", "", json(policy="everyone")),
    "set_guests": ("PATCH", "", json(guests=False)),
    "lock": ("PATCH", "", json(locked=True)),
    "request": ("POST", "/requests", json(question="May I?")),
    "take_back_request": ("DELETE", "/requests/me", {}),
    "accept_request": ("POST", f"/requests/{rooms.ASKER}/accept", {}),
    "decline_request": ("POST", f"/requests/{rooms.ASKER}/decline", {}),
    "invite": ("POST", f"/invitations/{STRANGER}", {}),
    "invite_removed": ("POST", f"/invitations/{REMOVED}", {}),
    "invite_by_message": ("POST", "/message-invitations", json(people=[STRANGER])),
    "take_back_invitation": ("DELETE", f"/invitations/{rooms.INVITED}", {}),
    "accept_invitation": ("POST", "/invitations/me/accept", {}),
    "decline_invitation": ("POST", "/invitations/me/decline", {}),
    "step_down": ("DELETE", "/stage/me", {}),
    "open_microphone": ("PUT", "/me/microphone", json(muted=False)),
    "close_microphone": ("PUT", "/me/microphone", json(muted=True)),
    "mute_host": ("POST", f"/people/{rooms.HOST}/mute", {}),
    "mute_cohost": ("POST", f"/people/{rooms.COHOST}/mute", {}),
    "mute_other_cohost": ("POST", f"/people/{rooms.OTHER_COHOST}/mute", {}),
    "mute_other_speaker": ("POST", f"/people/{rooms.OTHER_SPEAKER}/mute", {}),
    "mute_listener": ("POST", f"/people/{STRANGER}/mute", {}),
    "mute_all": ("POST", "/mute-all", {}),
    "ask_other_speaker_to_unmute": ("POST", f"/people/{rooms.OTHER_SPEAKER}/ask-to-unmute", {}),
    "ask_host_to_unmute": ("POST", f"/people/{rooms.HOST}/ask-to-unmute", {}),
    "ask_cohost_to_unmute": ("POST", f"/people/{rooms.COHOST}/ask-to-unmute", {}),
    "ask_other_cohost_to_unmute": ("POST", f"/people/{rooms.OTHER_COHOST}/ask-to-unmute", {}),
    "ask_listener_to_unmute": ("POST", f"/people/{STRANGER}/ask-to-unmute", {}),
    "move_host": ("DELETE", f"/stage/{rooms.HOST}", {}),
    "move_other_cohost": ("DELETE", f"/stage/{rooms.OTHER_COHOST}", {}),
    "move_other_speaker": ("DELETE", f"/stage/{rooms.OTHER_SPEAKER}", {}),
    "move_listener": ("DELETE", f"/stage/{STRANGER}", {}),
    "remove_host": ("POST", f"/people/{rooms.HOST}/remove", {}),
    "remove_other_cohost": ("POST", f"/people/{rooms.OTHER_COHOST}/remove", {}),
    "remove_other_speaker": ("POST", f"/people/{rooms.OTHER_SPEAKER}/remove", {}),
    "remove_listener": ("POST", f"/people/{STRANGER}/remove", {}),
    "let_back": ("DELETE", f"/removed/{REMOVED}", {}),
    "list_removed": ("GET", "/removed", {}),
    "pass_on": ("PUT", f"/host/{rooms.SPEAKER}", {}),
    "pass_on_to_listener": ("PUT", f"/host/{STRANGER}", {}),
    "read_log": ("GET", "/log", {}),
    "record": ("PUT", "/recording", json(on=True)),
    "stop_recording": ("PUT", "/recording", json(on=False)),
    "set_slow_mode": ("PATCH", "", json(slow_mode_s=30)),
    "read_messages": ("GET", "/messages", {}),
    "write_message": ("POST", "/messages", json(text="Good evening")),
    "write_to_host": ("POST", "/messages", json(text="May I?", to_host=True)),
    "remove_message_of_host": ("DELETE", "/messages/{message}", {}),
    "remove_message_of_other_speaker": ("DELETE", "/messages/{message}", {}),
    "release_message": ("POST", "/messages/{message}/release", {}),
    "read_stream_key": ("GET", "/stream-key", {}),
    "make_stream_key": ("POST", "/stream-key", {}),
    "revoke_stream_key": ("DELETE", "/stream-key", {}),
    "read_posts": ("GET", "/posts", {}),
    "share_post": ("POST", "/posts", json(text="Good evening")),
    "take_out_post_of_host": ("DELETE", "/posts/{post}", {}),
    "take_out_post_of_other_speaker": ("DELETE", "/posts/{post}", {}),
    "pin_post": ("PUT", "/posts/{post}/pin", {}),
    "unpin_post": ("DELETE", "/posts/{post}/pin", {}),
    "name_cohost": ("PUT", f"/cohosts/{rooms.OTHER_COHOST}", {}),
    "name_removed": ("PUT", f"/cohosts/{REMOVED}", {}),
    "withdraw_cohost": ("DELETE", f"/cohosts/{rooms.OTHER_COHOST}", {}),
    "react": ("POST", "/reactions", json(emoji="💜")),
}


def call(command: str, id: SpaceId) -> Call:
    if command in ("speak", "listen"):
        return "POST", f"/{'whip' if command == 'speak' else 'whep'}/{id}", OFFER
    method, path, parts = CALLS[command]
    return method, f"spaces/{id}{path}", parts


# What is for those in the room alone.
INSIDE = {"react", "read_messages", "write_message", "write_to_host", "read_posts", "share_post"}


async def written(house: House, id: SpaceId, command: str, path: str) -> str:
    """The path with the id of what is in the room, of the one whom the command speaks of."""
    author = rooms.OTHER_SPEAKER if command.endswith("_other_speaker") else rooms.HOST
    number = house.tools.ids.decimal()
    if "{post}" in path:
        post = PostRecord(PostId(number), author, "Good evening", rooms.OPENED, None)
        await house.tools.db.write(lambda tx: (posts.insert_post(tx, post), room_posts.add(tx, id, post, "speaker")))
    if "{message}" in path:
        held = command == "release_message"
        message = RoomMessage(RoomMessageId(number), id, author, None, "Good evening", rooms.OPENED, held)
        await house.tools.db.write(lambda tx: messages.add(tx, message))
    return path.replace("{post}", number).replace("{message}", number)


async def answered(house: House, row: Row) -> str:
    """The code of the refusal, or that there was none. An offer that is only a beginning is refused for itself."""
    id = await house.place(rooms.busy())
    visitor = house.people.get(row.role, house.guest)
    if row.command in INSIDE and visitor.token and row.role != "removed":
        await visitor.post(f"spaces/{id}/join")
    method, path, parts = call(row.command, id)
    path = await written(house, id, row.command, path)
    answer = await visitor.send(method, path, **parts)
    code = "" if answer.is_success else str(answer.json()["code"])
    return ALLOWED if not code or code.startswith("sdp_") else code


@pytest.mark.parametrize("role", ROLES)
async def test_the_api_answers_as_the_table_says(house: House, role: str) -> None:
    rows = [row for row in table() if row.role == role]
    answers = {row.command: await answered(house, row) for row in rows}
    assert answers == {row.command: row.answer for row in rows}


def test_every_row_has_a_call() -> None:
    assert {row.command for row in table()} == CALLS.keys() | {"speak", "listen"}


async def test_what_is_refused_changes_nothing(house: House) -> None:
    # Everybody is away already, so that the node has nothing to note meanwhile.
    id = await house.place(rooms.seen(rooms.busy(), Present(frozenset())))
    before = await house.state(id)
    for row in table():
        if row.answer != ALLOWED:
            method, path, parts = call(row.command, id)
            path = await written(house, id, row.command, path)
            answer = await house.people.get(row.role, house.guest).send(method, path, **parts)
            assert (row, answer.json().get("code")) == (row, row.answer)
            assert await house.state(id) == before
