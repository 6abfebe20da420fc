"""People are found by their names."""

import pytest
from fastapi import FastAPI

from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from tests.people import settled
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def _found(viewer: Visitor, question: str) -> list[str]:
    return [person["username"] for person in (await viewer.get("search/people", q=question))["items"]]


@pytest.fixture
async def ada(guest: Visitor) -> Visitor:
    ada = await guest.sign_up("ada")
    for name in ("jose_b", "josefine", "dov"):
        await guest.sign_up(name)
    await (await guest.sign_up("pepe")).patch("me", {"display_name": "José Álvarez"})
    return ada


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("JOSÉ", {"jose_b", "josefine", "pepe"}),
        ("alv jos", {"pepe"}),
        ("jose_b", {"jose_b"}),
        ("pepe", {"pepe"}),
        ("@dov", {"dov"}),
        ("ose", set()),
        ("ada", set()),
        (" %_ ", set()),
        ("", set()),
    ],
)
async def test_every_word_begins_a_word_of_a_name(ada: Visitor, question: str, names: set[str]) -> None:
    assert set(await _found(ada, question)) == names


async def test_those_whom_one_follows_come_first(ada: Visitor, node: FastAPI) -> None:
    before = await _found(ada, "jose")
    id = (await ada.get(f"people/{before[-1]}"))["id"]
    await ada.put(f"people/{id}/follow")
    assert (await _found(ada, "jose"))[0] == before[-1]


async def test_nobody_in_a_block_and_nobody_who_left_is_found(ada: Visitor, node: FastAPI) -> None:
    tools: Toolbox = node.state.tools
    ids = {name: PersonId((await ada.get(f"people/{name}"))["id"]) for name in ("jose_b", "pepe", "josefine")}
    await tools.db.write(lambda tx: settled.block(tx, ids["jose_b"], PersonId(ada.id)))
    await tools.db.write(lambda tx: settled.delete(tx, ids["josefine"]))
    assert await _found(ada, "jose") == ["pepe"]


async def test_a_new_name_is_found_and_the_old_one_is_not(ada: Visitor) -> None:
    await ada.patch("me", {"display_name": "Grace"})
    assert await _found(ada, "grace") == []
    guest = await ada.sign_up("watcher")
    assert await _found(guest, "grace") == ["ada"]
    await ada.patch("me", {"display_name": "Ada"})
    assert await _found(guest, "grace") == []
