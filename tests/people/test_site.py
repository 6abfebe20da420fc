"""What the operator writes for everybody, and what one agrees to before one signs up."""

from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import select

from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in.site_tables import agreements
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

ADA = {"username": "ada", "display_name": "Ada", "password": PASSWORD}


@pytest.fixture
async def admin(node: FastAPI, guest: Visitor) -> Visitor:
    admin = await guest.sign_up("amara")
    await node.state.tools.db.write(lambda tx: store.change(tx, PersonId(admin.id), {"admin": True}))
    return admin


async def agreed(node: FastAPI) -> list[str]:
    found: list[str] = await node.state.tools.db.read(
        lambda tx: list(tx.execute(select(agreements.c.person_id)).scalars())
    )
    return found


async def test_an_administrator_writes_what_everybody_reads(guest: Visitor, admin: Visitor) -> None:
    assert await guest.get("site") == {"pages": [], "minimum_age": None}
    assert await guest.refused("GET", "site/pages/terms") == (404, "not_found")
    await admin.put("site/pages/privacy", {"text": "We keep little."})
    await admin.put("site/pages/terms", {"text": "# Be kind\n\n\n\nAnd listen. "})
    read = await guest.get("site/pages/terms")
    assert read == {"text": "# Be kind\n\nAnd listen.", "changed_at": "2026-11-21T10:00:00.000Z"}
    assert (await guest.get("site"))["pages"] == ["terms", "privacy"]
    await admin.put("site/pages/terms", {"text": " "})
    assert (await guest.get("site"))["pages"] == ["privacy"]


async def test_nobody_else_does(guest: Visitor, admin: Visitor) -> None:
    bob = await guest.sign_up("bob")
    only = (403, "administrators_only")
    assert await bob.refused("PUT", "site/pages/terms", json={"text": "Mine"}) == only
    assert await bob.refused("PUT", "site", json={"minimum_age": 1}) == only
    assert await guest.refused("PUT", "site", json={"minimum_age": 1}) == (401, "unauthenticated")
    assert await admin.refused("PUT", "site/pages/imprint", json={"text": "?"}) == (422, "invalid_request")


@pytest.mark.parametrize(
    ("terms", "age", "says", "fits"),
    [
        (False, None, {}, True),
        (True, None, {}, False),
        (True, None, {"agrees": True}, True),
        (False, 16, {"agrees": True}, False),
        (False, 16, {"old_enough": True}, True),
        (True, 16, {"agrees": True}, False),
        (True, 16, {"agrees": True, "old_enough": True}, True),
    ],
)
async def test_one_agrees_to_what_there_is_before_one_signs_up(
    node: FastAPI, guest: Visitor, admin: Visitor, terms: bool, age: int | None, says: dict[str, Any], fits: bool
) -> None:
    await admin.put("site", {"minimum_age": age})
    if terms:
        await admin.put("site/pages/terms", {"text": "Be kind."})
    answer = await guest.send("POST", "accounts", json=ADA | says)
    if fits:
        assert answer.status_code == 201
        assert len(await agreed(node)) == (1 if terms or age else 0)
    else:
        assert (answer.status_code, answer.json()["code"]) == (403, "agreement_needed")
        assert await guest.refused("GET", "people/ada") == (401, "unauthenticated")
