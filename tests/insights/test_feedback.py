"""Telling the operator what one thinks, and reading all of it with the figures of what each heard."""

from dataclasses import replace
from datetime import timedelta

import pytest
from fastapi import FastAPI

from cooee.app import BELONGINGS
from cooee.kit.clock import SettableClock
from cooee.media.engine import Figures, ListenClosed, Presence, SpeakClosed
from cooee.people import erasing, store
from cooee.people.ids import PersonId
from cooee.spaces.jobs import heard
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

WELL = Figures(
    connected=True, lasted_ms=60_000, packets=3000, lost=3, repaired=2, worst_loss_per_mille=10, worst_jitter_ms=4
)


@pytest.fixture
async def ada(node: FastAPI, guest: Visitor) -> Visitor:
    """An administrator."""
    ada = await guest.sign_up("ada")
    await node.state.tools.db.write(lambda tx: store.change(tx, PersonId(ada.id), {"admin": True}))
    return ada


async def been_there(node: FastAPI, host: Visitor, *visitors: Visitor) -> str:
    """A Space of `host`'s in which these people were seen."""
    id: str = (await host.post("spaces", {"title": "Tea"}))["id"]
    everybody = tuple(each.id for each in visitors)
    for visitor in visitors:
        await visitor.post(f"spaces/{id}/join")
    await heard(node.state.spaces.live, Presence(id, everybody, (), len(everybody)))
    return id


async def test_beside_feedback_stands_how_it_sounded_to_whoever_gave_it(
    node: FastAPI, guest: Visitor, ada: Visitor
) -> None:
    bo, cleo = await guest.sign_up("bo"), await guest.sign_up("cleo")
    id = await been_there(node, ada, bo, cleo)
    live = node.state.spaces.live
    broken = Figures(connected=True, lasted_ms=500, packets=20, lost=4, worst_loss_per_mille=200, worst_jitter_ms=90)
    await heard(live, ListenClosed(id, bo.id, "s1", "left", WELL))
    await heard(live, ListenClosed(id, bo.id, "s2", "timeout", broken))
    await heard(live, ListenClosed(id, bo.id, "s3", "failed"))
    await heard(live, SpeakClosed(id, bo.id, "s4", "replaced", WELL))
    await heard(live, ListenClosed(id, "gabc", "s5", "left", WELL))
    await bo.put(f"spaces/{id}/feedback", {"stars": 2, "note": "It crackled"})
    (said,) = (await ada.get("feedback"))["items"]
    assert (said["stars"], said["note"], said["person"]["username"]) == (2, "It crackled", "bo")
    assert said["space"] == {"id": id, "title": "Tea", "live": True}
    listened, spoke = said["sound"]
    assert listened == {
        "door": "listen",
        "sessions": 3,
        "failed": 2,
        "lasted_s": 60,
        "packets": 3020,
        "lost": 7,
        "repaired": 2,
        "worst_loss_per_mille": 200,
        "worst_jitter_ms": 90,
    }
    assert (spoke["door"], spoke["sessions"], spoke["failed"], spoke["packets"]) == ("speak", 1, 0, 3000)


async def test_what_is_heard_later_is_added(node: FastAPI, guest: Visitor, ada: Visitor) -> None:
    bo = await guest.sign_up("bo")
    id = await been_there(node, ada, bo)
    live = node.state.spaces.live
    for session, worst in (("s1", 30), ("s2", 5), ("s3", 12)):
        await heard(live, ListenClosed(id, bo.id, session, "left", replace(WELL, worst_jitter_ms=worst)))
        await live.rooms.tick()
    await bo.put(f"spaces/{id}/feedback", {"stars": 5})
    ((sound,),) = [said["sound"] for said in (await ada.get("feedback"))["items"]]
    assert (sound["sessions"], sound["packets"], sound["worst_jitter_ms"]) == (3, 9000, 30)


async def test_figures_of_who_is_gone_hold_up_nobody_elses(node: FastAPI, guest: Visitor, ada: Visitor) -> None:
    bo = await guest.sign_up("bo")
    id = await been_there(node, ada, bo)
    live = node.state.spaces.live
    await heard(live, ListenClosed(id, "123456", "s1", "left", WELL))
    await heard(live, ListenClosed("NoSuchSpace00", bo.id, "s2", "left", WELL))
    await heard(live, ListenClosed(id, bo.id, "s3", "left", WELL))
    await live.rooms.tick()
    await bo.put(f"spaces/{id}/feedback", {"stars": 5})
    (said,) = (await ada.get("feedback"))["items"]
    assert said["sound"][0]["sessions"] == 1


async def test_it_is_read_page_by_page_the_latest_first_with_all_stars_counted(
    node: FastAPI, guest: Visitor, ada: Visitor, clock: SettableClock
) -> None:
    people = [await guest.sign_up(name) for name in ("bo", "cleo", "dan")]
    id = await been_there(node, ada, *people)
    for stars, person in enumerate(people, start=3):
        clock.advance(timedelta(seconds=1))
        await person.put(f"spaces/{id}/feedback", {"stars": stars})
    first = await ada.get("feedback", limit=2)
    rest = await ada.get("feedback", limit=2, cursor=first["next"])
    assert [said["person"]["username"] for said in first["items"] + rest["items"]] == ["dan", "cleo", "bo"]
    assert (first["stars"], rest["next"]) == ([0, 0, 1, 1, 1], None)
    other = {"about": "site", "cursor": first["next"]}
    assert await ada.refused("GET", "feedback", params=other) == (400, "bad_cursor")


async def test_one_tells_of_the_site_in_stars_or_words_so_often_a_day(
    guest: Visitor, ada: Visitor, clock: SettableClock
) -> None:
    bo = await guest.sign_up("bo")
    assert await bo.refused("POST", "feedback", json={}) == (422, "nothing_said")
    for said in ({"note": "Lovely"}, {"stars": 4}):
        clock.advance(timedelta(seconds=1))
        await bo.post("feedback", said)
    assert (await bo.refused("POST", "feedback", json={"stars": 1}))[0] == 429
    page = await ada.get("feedback", about="site")
    assert [(said["stars"], said["note"], said["space"]) for said in page["items"]] == [
        (4, "", None),
        (None, "Lovely", None),
    ]
    assert page["stars"] == [0, 0, 0, 1, 0]


async def test_administrators_alone_read_it(guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    assert await bo.refused("GET", "feedback") == (403, "administrators_only")
    assert (await guest.refused("GET", "feedback"))[0] == 401
    assert (await guest.refused("POST", "feedback", json={"stars": 5}))[0] == 401


async def test_what_one_told_goes_with_the_account(node: FastAPI, guest: Visitor, ada: Visitor) -> None:
    bo = await guest.sign_up("bo")
    await bo.post("feedback", {"note": "I am leaving"})
    tools = node.state.tools
    now = tools.clock.now()
    await tools.db.write(lambda tx: erasing.erase(tx, PersonId(bo.id), BELONGINGS, now))
    assert (await ada.get("feedback", about="site"))["items"] == []
