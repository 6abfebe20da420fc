"""The HTTP surface is held to the same table as the rules."""

import pytest
from sqlalchemy import Connection

from cooee.people import pairs
from cooee.people.tables import blocks
from cooee.posts import store as posts
from cooee.posts.records import PostId, PostRecord
from cooee.spaces.room_messages import store as messages
from cooee.spaces.room_messages.store import RoomMessage, RoomMessageId
from cooee.spaces.room_posts import store as room_posts
from cooee.spaces.rules.presence import Present
from cooee.spaces.state import SpaceId
from tests.spaces import rooms
from tests.spaces.authority import ACTORS, ALLOWED, BLOCKED, HERE, ROLES, Row, table
from tests.spaces.conftest import House
from tests.spaces.deeds import call

pytestmark = pytest.mark.anyio


@pytest.fixture
async def house(house: House) -> House:
    """One whose host has blocked some."""

    def settle(tx: Connection) -> None:
        for role in sorted(BLOCKED):
            pairs.add(tx, blocks, rooms.HOST, ACTORS[role], rooms.OPENED)

    await house.tools.db.write(settle)
    return house


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
    # Everybody is away already, so that the node has nothing to note meanwhile.
    id = await house.place(rooms.seen(rooms.watched(), Present(frozenset())))
    visitor = house.people.get(row.role, house.guest)
    if row.role in HERE:
        await visitor.post(f"spaces/{id}/join")
    method, path, parts = call(row.command, id)
    path = await written(house, id, row.command, path)
    before = await house.state(id)
    answer = await visitor.send(method, path, **parts)
    code = "" if answer.is_success else str(answer.json()["code"])
    if not code or code.startswith("sdp_"):
        return ALLOWED
    assert await house.state(id) == before, row
    return code


@pytest.mark.parametrize("role", ROLES)
async def test_the_api_answers_as_the_table_says_and_what_it_refuses_changes_nothing(house: House, role: str) -> None:
    rows = [row for row in table() if row.role == role]
    answers = {row.command: await answered(house, row) for row in rows}
    assert answers == {row.command: row.answer for row in rows}
