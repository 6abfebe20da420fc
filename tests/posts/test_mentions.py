"""Whom a post calls, and who hears of it."""

import pytest

from cooee.people.ids import PersonId
from cooee.posts.text import MOST_MENTIONS, mentioned
from tests.notify.told import Town, lines
from tests.people.settled import block

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("text", "called"),
    [
        ("nothing in it", []),
        ("with @Amara, of course, @amara", ["amara"]),
        ("@bo and @cleo_1.", ["bo", "cleo_1"]),
        ("write to a@example.org", []),
        ("@a is too short", []),
        ("https://example.org/@amara", []),
        (" ".join(f"@p{n:02}" for n in range(40)), [f"p{n:02}" for n in range(MOST_MENTIONS)]),
    ],
)
def test_whom_a_text_calls(text: str, called: list[str]) -> None:
    assert mentioned(text) == called


async def test_whoever_is_called_hears_of_it_and_nobody_else(town: Town) -> None:
    ada, bo, cleo = [await town.guest.sign_up(name) for name in ("ada", "bo", "cleo")]
    await ada.post("posts", {"text": "with @bo, @ada and @nobody"})
    await town.work()
    assert await lines(bo) == [("mention", ["ada"], 1)]
    assert await lines(ada) == await lines(cleo) == []


async def test_a_block_silences_mentions(town: Town) -> None:
    ada, bo = await town.guest.sign_up("ada"), await town.guest.sign_up("bo")
    await town.tools.db.write(lambda tx: block(tx, PersonId(bo.id), PersonId(ada.id)))
    await ada.post("posts", {"text": "@bo!"})
    await town.work()
    assert await lines(bo) == []
