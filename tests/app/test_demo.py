"""The demo: what a visitor finds, where it may be, and how it goes."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import func, select

from cooee.app import create_app
from cooee.cli.accounts import make_admin
from cooee.demo import NotEmpty, community, remove_from
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.people import store
from cooee.people.errors import UsernameNotAllowed
from cooee.people.ids import PersonId
from cooee.people.tables import follows, people, sessions
from cooee.posts.tables import posts
from cooee.settings import Settings
from cooee.spaces.store import live_versions
from cooee.spaces.tables import spaces
from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"demo": True}


async def enter(guest: Visitor, username: str) -> Any:
    headers = {"origin": ORIGIN}
    answer = await guest.send("POST", "demo/sessions", json={"username": username}, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["account"]


async def test_one_tap_makes_somebody_of_the_visitor(guest: Visitor) -> None:
    residents = (await guest.get("demo/accounts"))["items"]
    assert residents[0]["username"] == community.WELL_KNOWN
    everybody = {each.username for each in community.RESIDENTS}
    assert {person["username"] for person in residents} == everybody - set(community.ON_AIR)
    me = await enter(guest, "dov")
    assert (me["display_name"], me["admin"], me["may_host"]) == ("Dov Baum", False, False)


async def test_the_visitor_finds_a_live_space_and_what_people_said(guest: Visitor) -> None:
    await enter(guest, "dov")
    (bubble,) = (await guest.get("bubbles"))["items"]
    assert (bubble["title"], bubble["state"]) == (community.SPACE_TITLE, "live")
    assert [person["username"] for person in bubble["speakers"]] == ["amara", "joao", "lena"]
    timeline = (await guest.get("timeline", limit=50))["items"]
    (dov,) = (each for each in community.RESIDENTS if each.username == "dov")
    assert len(timeline) == sum(said.username in {"dov", *dov.follows} for said in community.POSTS)
    assert timeline[0]["attachment"]["id"] == bubble["id"]
    assert timeline == sorted(timeline, key=lambda post: post["created_at"], reverse=True)


async def test_its_voices_talk_with_open_microphones(guest: Visitor) -> None:
    await enter(guest, "dov")
    (bubble,) = (await guest.get("bubbles"))["items"]
    space = await guest.get(f"spaces/{bubble['id']}")
    seats = [(seat["person"]["username"], seat["role"], seat["muted"], seat["connected"]) for seat in space["stage"]]
    assert seats == [("amara", "host", False, True), ("joao", "cohost", False, True), ("lena", "speaker", False, True)]


async def test_somebody_has_enough_followers_to_host(guest: Visitor) -> None:
    me = await enter(guest, community.WELL_KNOWN)
    assert (me["followers"] > 600, me["may_host"]) == (True, True)


@pytest.mark.parametrize("username", [*community.ON_AIR, "ada_abara", "nobody", "nul\x00", ""])
async def test_one_cannot_be_somebody_on_air_or_of_the_crowd_or_nobody(guest: Visitor, username: str) -> None:
    answer = await guest.send("POST", "demo/sessions", json={"username": username}, headers={"origin": ORIGIN})
    assert answer.status_code in (404, 422)
    assert "set-cookie" not in answer.headers


async def test_nobody_of_the_demo_has_a_password(guest: Visitor) -> None:
    for password in ("", " ", "amara", "None"):
        answer = await guest.send("POST", "sessions", json={"username": "amara", "password": password})
        assert answer.status_code in (401, 422)


async def test_nobody_of_the_demo_becomes_administrator_or_moderator(node: FastAPI, guest: Visitor) -> None:
    db = node.state.tools.db
    with pytest.raises(UsernameNotAllowed):
        await asyncio.to_thread(make_admin, db, community.WELL_KNOWN, "correct horse", "", None)
    me = await enter(guest, community.WELL_KNOWN)
    assert me["admin"] is False
    await db.write(lambda tx: store.change(tx, PersonId(me["id"]), {"admin": True}))
    named = await guest.send("PUT", f"moderation/moderators/{me['id']}", headers={"origin": ORIGIN})
    assert (named.status_code, named.json()["code"]) == (404, "person_not_found")


async def test_it_is_found_again_after_a_restart(settings: Settings, clock: SettableClock) -> None:
    seen = []
    for _ in range(2):
        app = create_app(settings, clock=clock)
        async with app.router.lifespan_context(app), Visitor.of(app) as guest:
            await enter(guest, "dov")
            (bubble,) = (await guest.get("bubbles"))["items"]
            seen.append((bubble["id"], len((await guest.get("timeline", limit=50))["items"])))
        clock.advance(timedelta(hours=1))
    assert seen[0] == seen[1]


async def test_its_space_is_opened_anew_when_it_is_a_demo_again(settings: Settings, clock: SettableClock) -> None:
    live = []
    for demo in (True, False, True):
        app = create_app(settings.model_copy(update={"demo": demo}), clock=clock)
        async with app.router.lifespan_context(app):
            live.append(set(await app.state.tools.db.read(live_versions)))
        clock.advance(timedelta(hours=1))
    assert list(map(len, live)) == [1, 0, 1]
    assert live[0] != live[2]


async def test_it_does_not_move_in_with_people_who_live_here(settings: Settings, clock: SettableClock) -> None:
    plain = settings.model_copy(update={"demo": False})
    app = create_app(plain, clock=clock)
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        await guest.sign_up("ada")
    app = create_app(settings, clock=clock)
    with pytest.raises(NotEmpty):
        async with app.router.lifespan_context(app):
            pytest.fail("it started")


async def test_started_as_no_demo_its_doors_are_closed_and_its_space_is_over(
    settings: Settings, clock: SettableClock
) -> None:
    app = create_app(settings, clock=clock)
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        await enter(guest, "dov")
        (bubble,) = (await guest.get("bubbles"))["items"]
        cookies = guest.client.cookies
    app = create_app(settings.model_copy(update={"demo": False}), clock=clock)
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        assert (await guest.refused("GET", "demo/accounts"))[0] == 404
        guest.client.cookies = cookies
        assert (await guest.get(f"spaces/{bubble['id']}"))["state"] == "ended"


async def test_it_is_removed_to_the_last_row_and_others_stay(
    settings: Settings, clock: SettableClock, database: Database
) -> None:
    app = create_app(settings, clock=clock)
    async with app.router.lifespan_context(app), Visitor.of(app) as guest:
        ada = await guest.sign_up("ada")
        amara = (await ada.get("people/amara"))["id"]
        await ada.put(f"people/{amara}/follow")
        await enter(guest, "dov")
    assert remove_from(database) == len(community.RESIDENTS) + len(community.crowd())

    def left(tx: Any) -> list[int]:
        tables = (people, follows, posts, spaces, sessions)
        return [tx.execute(select(func.count()).select_from(table)).scalar_one() for table in tables]

    assert database.read_now(left) == [1, 0, 0, 0, 1]
    assert database.read_now(lambda tx: tx.execute(select(people.c.following)).scalar_one()) == 0


def test_the_crowd_has_no_doubles() -> None:
    names = [username for username, _ in community.crowd()]
    assert len(set(names)) == len(names) > 600
