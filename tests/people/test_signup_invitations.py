"""Signing up where that takes an invitation, and who makes one."""

from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.sign_in import invitations
from cooee.people.sign_in.invitations import Invitation, Wish
from cooee.people.sign_in.rules import Inviters, SignupMode, may_invite
from tests.people.settled import suspend
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

INVITE = {"signup": "invite"}
NOT_VALID = (403, "signup_invitation_not_valid")


def wish(username: str, code: str | None = None) -> dict[str, Any]:
    body: dict[str, Any] = {"username": username, "display_name": username, "password": PASSWORD}
    return body if code is None else {**body, "invitation": code}


async def invite(node: FastAPI, uses: int = 1, days: int = 7) -> Invitation:
    """As `cooee invite` does."""
    tools = node.state.tools
    of = Wish(uses, timedelta(days=days), "")
    made = await tools.db.write(lambda tx: invitations.make(tx, None, of, tools.ids, tools.clock.now()))
    assert isinstance(made, Invitation)
    return made


async def member(node: FastAPI, guest: Visitor, username: str, *, admin: bool = False) -> Visitor:
    answer = await guest.post("accounts", wish(username, (await invite(node)).code))
    if admin:
        await node.state.tools.db.write(lambda tx: store.change(tx, answer["account"]["id"], {"admin": True}))
    return Visitor(guest.client, answer["token"], answer["account"]["id"], username)


async def found(visitor: Visitor, id: str) -> Any:
    (one,) = [each for each in (await visitor.get("signup-invitations"))["items"] if each["id"] == id]
    return one


@pytest.mark.parametrize("changed_settings", [INVITE])
async def test_without_a_code_or_with_a_made_up_one_nobody_comes_in(guest: Visitor) -> None:
    assert await guest.refused("POST", "accounts", json=wish("ada")) == (403, "signup_invitation_needed")
    assert await guest.refused("POST", "accounts", json=wish("ada", "madeup")) == NOT_VALID


@pytest.mark.parametrize("changed_settings", [INVITE])
async def test_an_invitation_lets_in_as_many_as_it_is_for(node: FastAPI, guest: Visitor) -> None:
    code = (await invite(node, uses=2)).code
    await guest.post("accounts", wish("ada", code))
    assert await guest.refused("POST", "accounts", json=wish("ada", code)) == (409, "username_taken")
    await guest.post("accounts", wish("bob", code))
    assert await guest.refused("POST", "accounts", json=wish("cleo", code)) == NOT_VALID


@pytest.mark.parametrize("changed_settings", [{**INVITE, "invitations": "everyone"}])
async def test_whoever_is_suspended_or_leaving_lets_nobody_in_meanwhile(node: FastAPI, guest: Visitor) -> None:
    ada, bob = await member(node, guest, "ada"), await member(node, guest, "bob")
    codes = [(await one.post("signup-invitations", {}))["code"] for one in (ada, bob)]
    assert (await guest.get(f"signup-invitations/{codes[0]}"))["invited_by"] == "ada"
    await node.state.tools.db.write(lambda tx: suspend(tx, PersonId(ada.id)))
    await bob.delete("me")
    for code in codes:
        assert await guest.refused("GET", f"signup-invitations/{code}") == NOT_VALID
        assert await guest.refused("POST", "accounts", json=wish("cleo", code)) == NOT_VALID
    await guest.post("sessions", {"username": "bob", "password": PASSWORD})
    await guest.post("accounts", wish("cleo", codes[1]))


@pytest.mark.parametrize("changed_settings", [INVITE])
async def test_an_invitation_expires(node: FastAPI, guest: Visitor, clock: SettableClock) -> None:
    code = (await invite(node, days=7)).code
    clock.advance(timedelta(days=7))
    assert await guest.refused("GET", f"signup-invitations/{code}") == NOT_VALID
    assert await guest.refused("POST", "accounts", json=wish("ada", code)) == NOT_VALID


@pytest.mark.parametrize("changed_settings", [INVITE])
async def test_an_administrator_invites_sees_who_came_and_revokes(node: FastAPI, guest: Visitor) -> None:
    ada = await member(node, guest, "ada", admin=True)
    made = await ada.post("signup-invitations", {"uses": 3, "days": 30, "note": "the book club"})
    assert made["url"] == f"http://localhost:8000/sign-up?code={made['code']}"
    assert await guest.get(f"signup-invitations/{made['code']}") == {"invited_by": "ada"}
    await guest.post("accounts", wish("bob", made["code"]))
    first = await found(ada, made["id"])
    assert (first["used"], first["most_uses"], first["usable"], first["note"]) == (1, 3, True, "the book club")
    assert [each["username"] for each in first["came"]] == ["bob"]
    await ada.delete(f"signup-invitations/{made['id']}")
    assert await guest.refused("POST", "accounts", json=wish("cleo", made["code"])) == NOT_VALID
    assert not (await found(ada, made["id"]))["usable"]


@pytest.mark.parametrize("changed_settings", [INVITE])
async def test_where_administrators_invite_others_do_not(node: FastAPI, guest: Visitor) -> None:
    bob = await member(node, guest, "bob")
    assert await bob.refused("GET", "signup-invitations") == (403, "may_not_invite")
    assert await bob.refused("POST", "signup-invitations", json={}) == (403, "may_not_invite")


@pytest.mark.parametrize("changed_settings", [INVITE | {"invitations": "everyone"}])
async def test_where_everybody_invites_each_has_a_few_and_sees_only_their_own(node: FastAPI, guest: Visitor) -> None:
    bob, cleo = await member(node, guest, "bob"), await member(node, guest, "cleo")
    made = await bob.post("signup-invitations", {"uses": 1000, "days": 365})
    assert made["most_uses"] == 10
    assert (await cleo.get("signup-invitations"))["items"] == []
    assert await cleo.refused("DELETE", f"signup-invitations/{made['id']}") == (404, "not_found")
    for _ in range(invitations.MOST_WAITING - 1):
        await bob.post("signup-invitations", {})
    assert await bob.refused("POST", "signup-invitations", json={}) == (409, "too_many_signup_invitations")


async def test_where_everybody_may_sign_up_an_old_link_keeps_nobody_out(guest: Visitor) -> None:
    await guest.post("accounts", wish("ada", "madeup"))


@pytest.mark.parametrize(
    ("admin", "mode", "inviters", "may"),
    [
        (True, "open", "administrators", True),
        (True, "invite", "administrators", True),
        (False, "invite", "administrators", False),
        (False, "invite", "everyone", True),
        (True, "closed", "everyone", False),
        (False, "closed", "everyone", False),
    ],
)
def test_who_may_invite(admin: bool, mode: SignupMode, inviters: Inviters, may: bool) -> None:
    assert may_invite(admin=admin, mode=mode, inviters=inviters) is may
