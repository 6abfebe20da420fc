"""That the copy of one's data is ready is told to its owner, and as long as it is there."""

import pytest
from fastapi import FastAPI

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_one_is_told_that_ones_copy_is_ready_until_it_is_gone(node: FastAPI, guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    await ada.post("me/export")
    # By the node's own worker.
    while not (notices := (await ada.get("notices"))["items"]):
        pass
    (notice,) = notices
    assert (notice["kind"], notice["people"][0]["username"], notice["unread"]) == ("export", "ada", True)
    await ada.delete("me/export")
    assert (await ada.get("notices"))["items"] == []
