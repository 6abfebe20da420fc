"""Signing up, in and out."""


import pytest

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


async def test_whoever_signs_up_is_signed_in(guest: Visitor) -> None:
    ada = await guest.sign_up("Ada", "Ada Lovelace")
    me = await ada.get("me")
    assert (me["username"], me["display_name"], me["followers"], me["admin"]) == ("ada", "Ada Lovelace", 0, False)
