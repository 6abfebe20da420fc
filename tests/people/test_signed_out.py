"""What was open on a device is closed with its session, and not only what it would ask for."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from cooee.app import create_app
from cooee.cli.accounts import make_admin
from cooee.kit.clock import SettableClock, SystemClock
from cooee.kit.db import Database
from cooee.kit.grants import LIFETIME, Grant
from cooee.kit.ids import Ids
from cooee.people import service, store
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.people.sign_in import sessions
from cooee.people.sign_in.rules import Device
from cooee.people.signed_out import SignedOut
from cooee.settings import Settings
from tests.spaces.feeds import reading
from tests.spaces.test_doors import LISTEN, SDP, SPEAK
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


FRAGMENT = {"content-type": "application/trickle-ice-sdpfrag"}
Deed = Callable[[Visitor, Visitor], Awaitable[Any]]


@pytest.fixture
def clock() -> SystemClock:
    """The engine judges grants by the machine's clock."""
    return SystemClock()


async def _suspended(here: Visitor, moderator: Visitor) -> None:
    bo = await Visitor(here.client).sign_up("bo")
    await bo.post("reports", {"about": "person", "id": here.id, "reason": "spam"})
    (case,) = (await moderator.get("moderation/cases"))["items"]
    await moderator.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend", "days": 1})


async def _signed_out_from_afar(here: Visitor, _: Visitor) -> None:
    devices = (await here.get("sessions"))["items"]
    (lost,) = (device["id"] for device in devices if not device["current"])
    await here.delete(f"sessions/{lost}")


DEEDS: dict[str, Deed] = {
    "signed out from afar": _signed_out_from_afar,
    "signed out everywhere else": lambda here, _: here.delete("sessions"),
    "a new password": lambda here, _: here.put("me/password", {"password": "a staple of batteries"}),
    "deleted": lambda here, _: here.delete("me"),
    "suspended": _suspended,
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS.keys())
async def test_a_device_that_is_signed_out_hears_nothing_more(node: FastAPI, guest: Visitor, deed: Deed) -> None:
    ada, mo = await guest.sign_up("ada"), await guest.sign_up("mo")
    await node.state.tools.db.write(lambda tx: store.change(tx, PersonId(mo.id), {"admin": True}))
    token = (await guest.post("sessions", {"username": "ada", "password": PASSWORD}))["token"]
    lost = Visitor(guest.client, token, ada.id, "ada")
    async with reading((await lost.get("me/feed"))["feed_url"]) as reader:
        await deed(ada, mo)
        assert await reader.until_closed() == 4003
    assert await lost.refused("GET", "me/feed") == (401, "unauthenticated")


@pytest.fixture
async def other_node(node: FastAPI, settings: Settings, tmp_path: Path) -> AsyncIterator[FastAPI]:
    """A second node of the same site."""
    folder = tmp_path / "other"
    folder.mkdir()
    passwords = Passwords(PasswordHasher(1, 8, 1))
    app = create_app(settings.model_copy(update={"data_dir": folder}), clock=SystemClock(), passwords=passwords)
    async with app.router.lifespan_context(app):
        yield app


async def test_it_is_so_at_whichever_node_the_device_listens(guest: Visitor, other_node: FastAPI) -> None:
    ada = await guest.sign_up("ada")
    token = (await guest.post("sessions", {"username": "ada", "password": PASSWORD}))["token"]
    async with Visitor.of(other_node) as there:
        lost = Visitor(there.client, token, ada.id, "ada")
        async with reading((await lost.get("me/feed"))["feed_url"]) as reader:
            await ada.delete("sessions")
            assert await reader.until_closed() == 4003


async def test_it_is_so_whoever_ended_the_session(settings: Settings, guest: Visitor) -> None:
    """By the command line, with which no node has anything in common but the database."""
    ada = await guest.sign_up("ada")
    async with reading((await ada.get("me/feed"))["feed_url"]) as reader:
        elsewhere = Database(settings.database)
        await asyncio.to_thread(make_admin, elsewhere, "ada", "a staple of batteries", "", None)
        elsewhere.close()
        assert await reader.until_closed() == 4003


async def test_it_is_put_out_of_rooms_and_whoever_is_still_signed_in_comes_back(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = (await bob.post("spaces", {"policy": "everyone", "guests": False}))["id"]
    token = (await guest.post("sessions", {"username": "ada", "password": PASSWORD}))["token"]
    lost = Visitor(guest.client, token, ada.id, "ada")
    door = await lost.post(f"spaces/{space}/join")
    session = await guest.client.post(door["whep_url"], content=LISTEN, headers=SDP)
    assert session.status_code == 201
    async with reading(door["feed_url"]) as reader:
        await reader.until(lambda feed: "everyone" in feed.state)
        await ada.delete("sessions")
        assert await reader.until_closed() == 4004, "the code by which a client joins again"
    assert await guest.refused("DELETE", session.headers["location"]) == (404, "session_not_found")
    assert await lost.refused("POST", f"spaces/{space}/join") == (401, "unauthenticated")
    grant = await guest.client.post(door["whep_url"], content=LISTEN, headers=SDP)
    assert (grant.status_code, grant.json()["code"]) == (401, "grant_expired"), "nor by what it was given before"

    again = await ada.post(f"spaces/{space}/join")
    back = await guest.client.post(again["whep_url"], content=LISTEN, headers=SDP)
    assert back.status_code == 201


async def test_who_is_still_signed_in_goes_on_speaking(guest: Visitor) -> None:
    """What was opened with the lost device closes, and nothing else; another session of theirs joins again."""
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    space = (await bob.post("spaces", {"policy": "everyone"}))["id"]
    await ada.post(f"spaces/{space}/requests")
    token = (await guest.post("sessions", {"username": "ada", "password": PASSWORD}))["token"]
    lost = Visitor(guest.client, token, ada.id, "ada")
    sessions: dict[str, str] = {}
    for name, device in (("lost", lost), ("kept", ada)):
        door = await device.post(f"spaces/{space}/join")
        answer = await guest.client.post(door["whip_url"], content=SPEAK, headers=SDP)
        sessions[name] = answer.headers["location"]
        bearer = {**SDP, "authorization": f"Bearer {device.token}"}
        listening = await guest.client.post(f"/whep/{space}", content=LISTEN, headers=bearer)
        sessions[f"{name} too"] = listening.headers["location"]
    await ada.delete("sessions")
    async with asyncio.timeout(20):
        while (await guest.send("PATCH", sessions["lost"], content=b"", headers=FRAGMENT)).status_code != 404:
            await asyncio.sleep(0.01)
    gone = {name: (await guest.send("DELETE", at)).status_code == 404 for name, at in sessions.items()}
    assert gone == {"lost": True, "lost too": True, "kept": False, "kept too": False}
    assert (await guest.client.post(door["whip_url"], content=SPEAK, headers=SDP)).status_code == 201


class TestAGrantOfBefore:
    """Whoever has asked where the feed is may open it within the minute, also after the session has ended."""

    @pytest.fixture
    def clock(self) -> SettableClock:
        return SettableClock()

    async def test_what_it_opens_is_closed_when_none_is_good_any_more(
        self, database: Database, clock: SettableClock, ids: Ids
    ) -> None:
        new = service.NewAccount("ada", "Ada", "hash")
        person = database.write_now(lambda tx: service.sign_up(tx, new, ids, clock.now())).id
        told: list[str] = []
        good: set[str] = set()

        def close(who: PersonId, ids: Collection[str]) -> None:
            told.append(who)
            good.update(ids)

        signed_out = SignedOut(database, clock, close)

        def end(tx: Any) -> None:
            sessions.begin(tx, person, b"token", Device(), clock.now())
            sessions.end_others(tx, person, None, clock.now())

        async def closed() -> list[str]:
            told.clear()
            await signed_out.look()
            return list(told)

        def grant(whose: str, device: str) -> Grant:
            return Grant("space:s", whose, "whep", (), 1, clock.now() + LIFETIME, device)

        assert await closed() == []
        lost = grant(person, sessions.name_of(b"token"))
        assert not signed_out.is_of_before(lost)
        database.write_now(end)
        assert [await closed(), await closed()] == [[person], []], "at once, and once"
        database.write_now(end)
        assert [await closed(), await closed()] == [[person], []], "in the same millisecond"
        assert signed_out.is_of_before(lost)
        assert not signed_out.is_of_before(grant("1", lost.device))
        clock.advance(timedelta(seconds=59))
        assert await closed() == []
        assert not signed_out.is_of_before(grant(person, "another"))
        database.write_now(lambda tx: sessions.begin(tx, person, b"new", Device(), clock.now()))
        clock.advance(timedelta(seconds=6))
        assert [await closed(), await closed()] == [[person], []], "and once more"
        assert good == {sessions.name_of(b"new")}, "but for a device that came since"
        clock.advance(timedelta(minutes=10))
        assert await closed() == []

    async def test_a_session_that_nobody_used_for_long_ends_as_any_other(
        self, database: Database, clock: SettableClock, ids: Ids
    ) -> None:
        new = service.NewAccount("ada", "Ada", "hash")
        person = database.write_now(lambda tx: service.sign_up(tx, new, ids, clock.now())).id
        told: list[str] = []
        database.write_now(lambda tx: sessions.begin(tx, person, b"token", Device(), clock.now()))
        clock.advance(timedelta(days=365))
        assert database.write_now(lambda tx: sessions.end_expired(tx, clock.now())) == 1
        await SignedOut(database, clock, lambda who, _good: told.append(who)).look()
        assert told == [person]
        clock.advance(timedelta(hours=2))
        database.write_now(lambda tx: sessions.forget_ended(tx, clock.now() - timedelta(hours=1)))
        assert database.read_now(lambda tx: sessions.ended_since(tx, clock.now() - timedelta(days=1))) == []
