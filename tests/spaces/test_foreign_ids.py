"""Ids that are nobody's, somebody else's, or of another Space, in every address of a room that takes one."""

from typing import Any

import pytest

from cooee.people.ids import PersonId
from cooee.posts import store as posts
from cooee.posts.records import PostId, PostRecord
from cooee.spaces.room_messages import store as messages
from cooee.spaces.room_messages.store import RoomMessage, RoomMessageId
from cooee.spaces.room_posts import store as room_posts
from cooee.spaces.rules.presence import Present
from cooee.spaces.state import Space, SpaceId
from tests.spaces import rooms
from tests.spaces.conftest import House

pytestmark = pytest.mark.anyio

# A guest, a program on stage, nobody, and what is no number.
NOBODY = ("g1GdTjE1ILTsCQ", f"s{rooms.SPEAKER}", "0", "999", f"{rooms.SPEAKER} ", "-1", "me")
DEEDS = [
    ("POST", "/people/{}/mute"),
    ("POST", "/people/{}/ask-to-unmute"),
    ("POST", "/people/{}/remove"),
    ("DELETE", "/stage/{}"),
    ("POST", "/requests/{}/accept"),
    ("POST", "/requests/{}/decline"),
    ("POST", "/invitations/{}"),
    ("DELETE", "/invitations/{}"),
    ("DELETE", "/removed/{}"),
    ("PUT", "/host/{}"),
    ("PUT", "/cohosts/{}"),
    ("DELETE", "/cohosts/{}"),
]


def away() -> Space:
    """Everybody is away already, so that the node has nothing to note meanwhile."""
    return rooms.seen(rooms.busy(), Present(frozenset()))


@pytest.mark.parametrize(("method", "path"), DEEDS)
async def test_what_is_done_to_nobody_is_done_to_nobody(house: House, method: str, path: str) -> None:
    id = await house.place(away())
    before = await house.state(id)
    for who in NOBODY:
        if path == "/stage/{}" and who == "me":
            continue
        answer = await house.host.send(method, f"spaces/{id}{path.format(who)}")
        # What takes something back says nothing when there is nothing to take back.
        assert answer.status_code in (204, 404, 405, 409), (who, answer.text)
        assert await house.state(id) == before, who


async def written(house: House, id: SpaceId, author: PersonId) -> tuple[str, str]:
    """A post and a message in a room."""
    post, message = house.tools.ids.decimal(), house.tools.ids.decimal()
    record = PostRecord(PostId(post), author, "Good evening", rooms.OPENED, None)
    said = RoomMessage(RoomMessageId(message), id, author, None, "Good evening", rooms.OPENED, False)
    await house.tools.db.write(
        lambda tx: (posts.insert_post(tx, record), room_posts.add(tx, id, record, "speaker"), messages.add(tx, said))
    )
    return post, message


async def seen(house: House, id: SpaceId) -> Any:
    return [await house.host.get(f"spaces/{id}/{what}") for what in ("posts", "messages")]


async def test_hosts_of_one_room_have_no_say_in_what_stands_in_another(house: House) -> None:
    own, other = await house.place(away()), await house.place(away())
    post, message = await written(house, other, rooms.OTHER_SPEAKER)
    before = await seen(house, other)
    for method, path in [
        ("DELETE", f"posts/{post}"),
        ("PUT", f"posts/{post}/pin"),
        ("DELETE", f"posts/{post}/pin"),
        ("DELETE", f"messages/{message}"),
        ("POST", f"messages/{message}/release"),
    ]:
        assert (await house.host.refused(method, f"spaces/{own}/{path}"))[0] == 404, path
    assert await seen(house, other) == before


async def test_nobody_takes_away_what_others_wrote(house: House) -> None:
    id = await house.place(away())
    post, message = await written(house, id, rooms.OTHER_SPEAKER)
    before = await seen(house, id)
    for visitor in (house.speaker, house.listener):
        await visitor.post(f"spaces/{id}/join")
        for path in (f"spaces/{id}/posts/{post}", f"spaces/{id}/messages/{message}", f"posts/{post}"):
            assert (await visitor.refused("DELETE", path))[0] in (403, 404), path
    assert await seen(house, id) == before
