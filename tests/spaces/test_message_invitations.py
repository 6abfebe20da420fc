"""Inviting people into a Space by message, through the API."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection

from cooee.kit.clock import SettableClock
from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from tests.people import settled
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "join_limit": "", "join_address_limit": "", "message_limit": ""}


@dataclass(frozen=True)
class Party:
    """Ada hosts; Bob follows her; Cleo is a stranger to both."""

    ada: Visitor
    bob: Visitor
    cleo: Visitor
    tools: Toolbox

    async def room(self, **plan: Any) -> str:
        return str((await self.ada.post("spaces", {"title": "Tea", **plan}))["id"])

    async def invites(self, space: str, by: Visitor, *people: Visitor, text: str = "") -> Any:
        body = {"people": [person.id for person in people], "text": text}
        return await by.post(f"spaces/{space}/message-invitations", body)

    async def refused(self, space: str, by: Visitor, *people: Visitor) -> tuple[int, str]:
        body = {"people": [person.id for person in people]}
        return await by.refused("POST", f"spaces/{space}/message-invitations", json=body)

    async def last(self, reader: Visitor, folder: str = "open") -> Any:
        """The last message in somebody's newest conversation; None if there is none."""
        lines = (await reader.get("conversations", folder=folder))["items"]
        return lines[0]["last"] if lines else None


@pytest.fixture
async def party(node: FastAPI, guest: Visitor) -> Party:
    ada, bob, cleo = [await guest.sign_up(name) for name in ("ada", "bob", "cleo")]
    await bob.put(f"people/{ada.id}/follow")
    return Party(ada, bob, cleo, node.state.tools)


async def test_an_invitation_is_a_card_in_the_conversation_which_follows_the_space(party: Party) -> None:
    space = await party.room()
    outcome = await party.invites(space, party.ada, party.bob, text="Come in")
    assert outcome == {"invited": [party.bob.id], "refused": []}
    message = await party.last(party.bob)
    assert (message["text"], message["attachment"]["id"], message["attachment"]["state"]) == ("Come in", space, "live")
    await party.ada.post(f"spaces/{space}/end")
    assert (await party.last(party.bob))["attachment"]["state"] == "ended"


async def test_an_invitation_of_a_stranger_waits_as_a_request_and_is_no_notice(party: Party) -> None:
    space = await party.room()
    outcome = await party.invites(space, party.ada, party.bob, party.cleo)
    assert sorted(outcome["invited"]) == sorted([party.bob.id, party.cleo.id])
    assert (await party.last(party.cleo), (await party.last(party.cleo, "request"))["attachment"]["id"]) == (
        None,
        space,
    )
    kinds = [notice["kind"] for notice in (await party.cleo.get("notices"))["items"]]
    assert "invited" not in kinds
    async with asyncio.timeout(20):
        while "invited" not in [notice["kind"] for notice in (await party.bob.get("notices"))["items"]]:
            await asyncio.sleep(0.01)


async def test_whoever_is_invited_twice_gets_one_card(party: Party) -> None:
    space = await party.room()
    for _ in range(2):
        assert (await party.invites(space, party.ada, party.bob))["invited"] == [party.bob.id]
    conversation = (await party.bob.get("conversations"))["items"][0]["id"]
    assert len((await party.bob.get(f"conversations/{conversation}/messages"))["items"]) == 1


async def test_one_hears_whom_the_invitation_did_not_reach_and_the_others_have_it(party: Party) -> None:
    space = await party.room()
    await party.cleo.put(f"people/{party.ada.id}/block")
    nobody = Visitor(party.ada.client, None, "1")
    outcome = await party.invites(space, party.ada, party.bob, party.cleo, party.ada, nobody)
    refused = {no["person"]: no["code"] for no in outcome["refused"]}
    assert outcome["invited"] == [party.bob.id]
    assert refused == {
        party.cleo.id: "messages_not_taken",
        party.ada.id: "cannot_message_yourself",
        "1": "person_not_found",
    }
    assert await party.last(party.cleo, "request") is None


async def test_a_listener_passes_an_invitation_on_but_not_to_whom_the_host_is_blocked_by(party: Party) -> None:
    space = await party.room()
    dan = await party.ada.sign_up("dan")
    assert (await party.invites(space, party.bob, party.cleo))["invited"] == [party.cleo.id]
    await dan.put(f"people/{party.ada.id}/block")
    outcome = await party.invites(space, party.bob, dan)
    assert [no["code"] for no in outcome["refused"]] == ["messages_not_taken"]


async def test_whom_the_hosts_removed_they_alone_hear_by_inviting(party: Party) -> None:
    space = await party.room()
    dan = await party.ada.sign_up("dan")
    await party.ada.post(f"spaces/{space}/people/{dan.id}/remove")
    for by, code in ((party.bob, "messages_not_taken"), (party.ada, "person_removed")):
        outcome = await party.invites(space, by, dan)
        assert [no["code"] for no in outcome["refused"]] == [code]
    assert await party.last(dan, "request") is None


async def test_a_hosts_invitation_opens_an_invited_room_and_a_listeners_does_not(party: Party) -> None:
    space = await party.room(audience="invited")
    assert await party.bob.refused("GET", f"spaces/{space}") == (404, "space_not_found")
    await party.invites(space, party.ada, party.bob)
    assert (await party.bob.post(f"spaces/{space}/join"))["role"] == "listener"
    assert (await party.last(party.bob))["attachment"]["id"] == space
    assert await party.refused(space, party.bob, party.cleo) == (403, "hosts_only")
    assert await party.cleo.refused("GET", f"spaces/{space}") == (404, "space_not_found")


async def test_into_a_locked_room_only_a_hosts_invitation_leads(party: Party) -> None:
    space = await party.room()
    await party.ada.patch(f"spaces/{space}", {"locked": True})
    assert await party.refused(space, party.bob, party.cleo) == (403, "locked")
    await party.invites(space, party.ada, party.cleo)
    assert (await party.cleo.post(f"spaces/{space}/join"))["role"] == "listener"
    assert await party.bob.refused("POST", f"spaces/{space}/join") == (403, "locked")


async def test_nobody_invites_into_what_is_over(party: Party) -> None:
    space = await party.room()
    await party.ada.post(f"spaces/{space}/end")
    assert await party.refused(space, party.ada, party.bob) == (410, "space_ended")


async def test_a_new_account_invites_ten_a_day_and_is_told_when_more(party: Party, clock: SettableClock) -> None:
    space = await party.room()
    guests = [await party.ada.sign_up(f"guest{number}") for number in range(11)]
    for person in guests:
        await party.tools.db.write(
            lambda tx, id=person.id: settled.follow(tx, PersonId(id), PersonId(party.ada.id))  # type: ignore[misc]
        )
    assert await party.refused(space, party.ada, *guests) == (429, "too_many_invitations")
    await party.invites(space, party.ada, *guests[:10])
    answer = await party.ada.send("POST", f"spaces/{space}/message-invitations", json={"people": [guests[10].id]})
    assert (answer.status_code, answer.headers["retry-after"], answer.json()["left"]) == (429, "86400", 0)
    await party.ada.post(f"spaces/{space}/end")
    clock.advance(timedelta(days=1))
    assert (await party.invites(await party.room(), party.ada, guests[10]))["invited"] == [guests[10].id]


async def test_a_new_account_cannot_invite_strangers_without_end(party: Party, clock: SettableClock) -> None:
    space = await party.room()
    strangers = [await party.ada.sign_up(f"stranger{number}") for number in range(6)]
    outcome = await party.invites(space, party.ada, *strangers)
    assert (len(outcome["invited"]), [no["code"] for no in outcome["refused"]]) == (5, ["too_many_strangers"])


async def test_two_who_invite_each_others_guests_at_once_both_do(party: Party) -> None:
    """No lock waits for another in a ring."""
    one, other = await party.room(), str((await party.bob.post("spaces", {"title": "Coffee"}))["id"])
    people = [await party.ada.sign_up(f"friend{number}") for number in range(5)]
    calls = [party.invites(one, party.ada, party.bob, *people), party.invites(other, party.bob, party.ada, *people)]
    calls += [party.invites(one, person, party.bob, party.ada) for person in people]
    outcomes = await asyncio.gather(*calls)
    assert [len(outcome["invited"]) + len(outcome["refused"]) for outcome in outcomes] == [6, 6, 2, 2, 2, 2, 2]


class TestWhereSpacesAreBeingRolledOut:
    @pytest.fixture
    def changed_settings(self) -> dict[str, Any]:
        return {"hosting": "everyone", "access_percent": 0, "join_limit": "", "join_address_limit": ""}

    async def test_an_invitation_grants_access_for_good(self, party: Party) -> None:
        await party.tools.db.write(lambda tx: _make_admin(tx, party.ada))
        space = await party.room()
        assert await party.bob.refused("POST", f"spaces/{space}/join") == (403, "access_not_yet")
        await party.invites(space, party.ada, party.bob)
        await party.bob.post(f"spaces/{space}/join")
        await party.ada.post(f"spaces/{space}/end")
        later = await party.room()
        await party.bob.post(f"spaces/{later}/join")
        assert await party.cleo.refused("POST", f"spaces/{later}/join") == (403, "access_not_yet")

    async def test_an_invitation_on_stage_grants_access_for_good_as_well(self, party: Party) -> None:
        await party.tools.db.write(lambda tx: _make_admin(tx, party.ada))
        space = await party.room()
        await party.ada.post(f"spaces/{space}/invitations/{party.bob.id}")
        await party.bob.post(f"spaces/{space}/join")
        await party.bob.post(f"spaces/{space}/reactions", {"emoji": "💜"})
        await party.ada.post(f"spaces/{space}/end")
        await party.bob.post(f"spaces/{await party.room()}/join")


def _make_admin(tx: Connection, person: Visitor) -> None:
    from cooee.people import store

    store.change(tx, PersonId(person.id), {"admin": True})
