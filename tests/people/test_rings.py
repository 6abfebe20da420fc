"""Which of the people whose faces are shown are live."""

from typing import Any

import pytest

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


async def rings(viewer: Visitor, *people: Visitor) -> list[tuple[str, str]]:
    answer = await viewer.get("rings", person=[each.id for each in people])
    return [(ring["person"], ring["space"]) for ring in answer["items"]]


async def test_those_who_are_live_are_told_in_one_answer(guest: Visitor) -> None:
    amara, bo, cleo = [await guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    assert await rings(cleo, amara, bo) == []
    space: str = (await amara.post("spaces", {"title": "Tea"}))["id"]
    assert await rings(cleo, amara, bo, cleo) == [(amara.id, space)]
    await amara.post(f"spaces/{space}/end")
    assert await rings(cleo, amara, bo, cleo) == []


async def test_what_is_not_for_all_and_whom_one_is_in_a_block_with_has_no_ring(guest: Visitor) -> None:
    amara, bo, cleo = [await guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await amara.post("spaces", {"title": "Tea", "audience": "unlisted"})
    await bo.post("spaces", {"title": "Cake"})
    await bo.put(f"people/{cleo.id}/block")
    assert await rings(cleo, amara, bo) == []


@pytest.mark.parametrize("people", [[], ["1"] * 101, ["x"], [""]])
async def test_one_asks_for_one_to_a_hundred_people(guest: Visitor, people: list[str]) -> None:
    amara = await guest.sign_up("amara")
    assert await amara.refused("GET", "rings", params={"person": people}) == (422, "invalid_request")
    assert (await guest.refused("GET", "rings", params={"person": "1"}))[0] == 401
