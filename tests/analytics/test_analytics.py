"""What hosts read of their Spaces, over HTTP and through virtual time, on both databases."""

import asyncio
import csv
import io
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from typing import Any, get_args

import pytest
from fastapi import FastAPI

from cooee.analytics import jobs, store
from cooee.analytics.live import Counting
from cooee.app import BELONGINGS
from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.worker import Worker
from cooee.media.engine import Presence
from cooee.people import erasing
from cooee.people.ids import PersonId
from cooee.spaces.jobs import heard
from cooee.spaces.state import SpaceId
from cooee.spaces.tally import Source
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio


class Hall:
    """A Space, and time that passes in it."""

    def __init__(self, node: FastAPI, clock: SettableClock, id: str, counting: Counting) -> None:
        self.node, self.clock, self.id, self.counting = node, clock, id, counting
        self.live = node.state.spaces.live

    async def come(self, visitor: Visitor, source: str | None = None) -> str:
        """Somebody joins and is seen."""
        by = {"from": source} if source else {}
        answer = await visitor.send("POST", f"spaces/{self.id}/join", params=by)
        assert answer.status_code == 200, answer.text
        participant: str = answer.json()["participant_id"]
        await heard(self.live, Presence(self.id, (participant,), (), 1))
        await self.told()
        return participant

    async def go(self, participant: str) -> None:
        await heard(self.live, Presence(self.id, (), (participant,), 0))
        await self.told()

    async def told(self) -> None:
        """What moved is known to all."""
        await self.live.rooms.until_told(SpaceId(self.id))

    def last(self, **by: float) -> None:
        """Time passes, and the node looks at each second of it."""
        for _ in range(int(timedelta(**by).total_seconds())):
            self.clock.advance(timedelta(seconds=1))
            jobs.look(self.counting, self.live)


@pytest.fixture
async def ada(guest: Visitor) -> Visitor:
    return await guest.sign_up("ada")


@pytest.fixture
async def hall(node: FastAPI, clock: SettableClock, ada: Visitor) -> Hall:
    """A Space of Ada's that begins at 10:00. When the node looks, the test says."""
    (looking,) = (task for task in asyncio.all_tasks() if task.get_name() == "analytics")
    looking.cancel()
    id: str = (await ada.post("spaces", {"title": "Tea", "policy": "everyone"}))["id"]
    counting: Counting = node.state.analytics.counting
    hall = Hall(node, clock, id, counting)
    await hall.come(ada)
    jobs.look(counting, hall.live)
    return hall


async def test_a_host_sees_who_listened_when_and_how_they_came_while_it_goes_on(
    hall: Hall, ada: Visitor, guest: Visitor
) -> None:
    bo, cleo = await guest.sign_up("bo"), await guest.sign_up("cleo")
    await hall.come(bo, "bubble")
    hall.last(minutes=1)
    there = await hall.come(cleo, "message")
    await hall.come(guest, "embed")
    hall.last(seconds=30)
    await hall.go(there)
    hall.last(seconds=30)
    await bo.post(f"spaces/{hall.id}/reactions", {"emoji": "💜"})
    await bo.post(f"spaces/{hall.id}/reactions", {"emoji": "👏"})
    await bo.post(f"spaces/{hall.id}/reactions", {"emoji": "💜"})
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert (told["state"], told["listeners"], told["peak"], told["people"]) == ("live", 2, 3, 3)
    assert told["listened_s"] == 60 + 30 * 3 + 30 * 2
    assert told["peak_at"] == "2026-11-21T10:01:00.000Z"
    assert [(one["at"][11:16], one["average"], one["most"], one["reactions"]) for one in told["moments"]] == [
        ("10:00", 1.0, 1, 0),
        ("10:01", 2.5, 3, 0),
    ]
    assert told["sources"] == [{"source": name, "people": 1} for name in ("bubble", "embed", "message")]
    assert [(one["emoji"], one["times"]) for one in told["by_reaction"]][:3] == [("💜", 2), ("👏", 1), ("😂", 0)]
    assert (told["ended_at"], told["kept_until"], told["step_min"]) == (None, None, 1)


async def test_it_is_the_same_afterwards_and_says_until_when_it_is_kept(
    hall: Hall, ada: Visitor, guest: Visitor
) -> None:
    await hall.come(await guest.sign_up("bo"), "link")
    hall.last(minutes=2)
    before = await ada.get(f"spaces/{hall.id}/analytics")
    await ada.post(f"spaces/{hall.id}/end")
    after = await ada.get(f"spaces/{hall.id}/analytics")
    assert after["kept_until"] == "2027-02-19T10:02:00.000Z"
    still = ("people", "peak", "peak_at", "listened_s", "sources", "moments")
    assert [after[name] for name in still] == [before[name] for name in still]
    assert (after["state"], after["listeners"]) == ("ended", 0)


async def test_whoever_comes_back_is_one_of_those_who_came(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo, cleo = await guest.sign_up("bo"), await guest.sign_up("cleo")
    await hall.come(bo, "bubble")
    await hall.come(bo)
    await hall.live.rooms.tick()
    await hall.come(bo, "link")
    await hall.come(cleo)
    await hall.come(guest, "link")
    await hall.come(guest)
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert {one["source"]: one["people"] for one in told["sources"]} == {"bubble": 1, "link": 1, "other": 1}
    assert told["people"] == 3


async def test_who_is_let_in_and_never_comes_is_not_counted(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    assert (await bo.send("POST", f"spaces/{hall.id}/join", params={"from": "post"})).status_code == 200
    assert (await ada.get(f"spaces/{hall.id}/analytics"))["people"] == 0
    assert await bo.refused("POST", f"spaces/{hall.id}/join", params={"from": "a horse"}) == (422, "invalid_request")


async def test_who_is_let_in_and_never_came_is_not_counted_at_the_end(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo, cleo = await guest.sign_up("bo"), await guest.sign_up("cleo")
    await hall.come(cleo, "link")
    assert (await bo.send("POST", f"spaces/{hall.id}/join", params={"from": "post"})).status_code == 200
    await ada.post(f"spaces/{hall.id}/end")
    await hall.live.rooms.attendance.write()
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert told["sources"] == [{"source": "link", "people": 1}]


async def test_whom_a_lock_writes_down_first_is_counted_once(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    # At the door: nothing has noted them yet when the lock does.
    assert (await bo.send("POST", f"spaces/{hall.id}/join", params={"from": "post"})).status_code == 200
    await ada.patch(f"spaces/{hall.id}", {"locked": True})
    await hall.come(bo)
    await hall.live.rooms.tick()
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert told["sources"] == [{"source": "post", "people": 1}]


async def test_by_which_way_somebody_came_who_never_came_is_forgotten(
    hall: Hall, ada: Visitor, guest: Visitor, clock: SettableClock
) -> None:
    assert (await guest.send("POST", f"spaces/{hall.id}/join", params={"from": "post"})).status_code == 200
    assert hall.counting._ways[SpaceId(hall.id)]
    clock.advance(timedelta(seconds=61))
    await hall.live.rooms.tick()
    assert not hall.counting._ways[SpaceId(hall.id)]


async def test_a_writing_that_nobody_waits_for_any_more_counts_guests_once(
    hall: Hall, ada: Visitor, guest: Visitor
) -> None:
    await hall.come(guest, "embed")
    cancelled = asyncio.create_task(hall.counting.write())
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    cancelled.cancel()
    with suppress(asyncio.CancelledError):
        await cancelled
    await hall.counting.write()
    assert (await ada.get(f"spaces/{hall.id}/analytics"))["sources"] == [{"source": "embed", "people": 1}]


async def test_hosts_read_it_while_it_is_live_and_its_host_afterwards(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo, cleo = await guest.sign_up("bo"), await guest.sign_up("cleo")
    path = f"spaces/{hall.id}/analytics"
    await hall.come(bo)
    await bo.post(f"spaces/{hall.id}/requests")
    await ada.put(f"spaces/{hall.id}/cohosts/{bo.id}")
    assert (await bo.get(path))["title"] == "Tea"
    for ways in (path, f"{path}/minutes.csv", f"{path}/sources.csv"):
        assert await cleo.refused("GET", ways) == (403, "hosts_only")
        assert (await guest.refused("GET", ways))[0] == 401
    await ada.post(f"spaces/{hall.id}/end")
    assert await bo.refused("GET", path) == (403, "hosts_only")
    assert await ada.refused("GET", "spaces/0000000000000/analytics") == (404, "space_not_found")


async def test_for_those_who_may_not_read_it_nothing_is_written(
    hall: Hall, guest: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleo = await guest.sign_up("cleo")

    async def write() -> None:
        raise AssertionError("nobody who may read it has asked")

    monkeypatch.setattr(hall.counting, "write", write)
    assert await cleo.refused("GET", f"spaces/{hall.id}/analytics") == (403, "hosts_only")


async def test_the_tables_say_the_same_as_the_page(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    await hall.come(bo, "discover")
    hall.last(minutes=1)
    await bo.post(f"spaces/{hall.id}/reactions", {"emoji": "💯"})
    hall.last(seconds=20)
    answer = await ada.send("GET", f"spaces/{hall.id}/analytics/minutes.csv")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="space-{hall.id}-minutes.csv"'
    lines = list(csv.DictReader(io.StringIO(answer.text)))
    assert [line["minute"] for line in lines] == ["2026-11-21T10:00:00.000Z", "2026-11-21T10:01:00.000Z"]
    assert [line["listened_seconds"] for line in lines] == ["60", "20"]
    assert (lines[1]["listeners_average"], lines[1]["listeners_most"], lines[1]["hundred"]) == ("1.00", "1", "1")
    sources = await ada.send("GET", f"spaces/{hall.id}/analytics/sources.csv")
    assert sources.text == "source,people\r\ndiscover,1\r\n"


async def test_no_cell_of_a_table_is_taken_for_a_formula(hall: Hall, ada: Visitor) -> None:
    await ada.patch(f"spaces/{hall.id}", {"title": "=HYPERLINK(1)"})
    counted = Counter({(SpaceId(hall.id), way): 1 for way in (*get_args(Source), "other")})
    tools = hall.node.state.tools
    await tools.db.write(lambda tx: store.add_arrivals(tx, counted))
    hall.counting.look({SpaceId(hall.id): 3})
    hall.last(minutes=2)
    for table in ("minutes", "sources"):
        answer = await ada.send("GET", f"spaces/{hall.id}/analytics/{table}.csv")
        cells = [cell for line in csv.reader(io.StringIO(answer.text)) for cell in line]
        assert len(cells) > 10
        # What a spreadsheet would reckon begins with one of =+-@, or a control character; and no encoding is guessed.
        assert [cell for cell in cells if not cell.isascii() or not cell[:1].isalnum()] == []


async def test_a_node_that_starts_again_goes_on_counting(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    await hall.come(bo, "bubble")
    hall.last(seconds=20)
    await hall.counting.write()
    again = Counting(hall.node.state.tools, "another")
    jobs.look(again, hall.live)
    hall.counting = again
    hall.last(seconds=40)
    await again.write()
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert (told["peak"], told["listened_s"], told["people"]) == (1, 60, 1)


async def test_what_several_nodes_count_at_the_same_time_is_one_space(hall: Hall, ada: Visitor) -> None:
    here, there = (Counting(hall.node.state.tools, name) for name in ("here", "there"))
    id, clock = SpaceId(hall.id), hall.clock
    for second in range(61):
        # Five here and one there, then one here and four there: six are the most at a time.
        here.look({id: 5 if second < 5 else 1})
        there.look({id: 1 if second < 30 else 4})
        clock.advance(timedelta(seconds=1))
    here.reacted(id, "💜")
    there.reacted(id, "💜")
    await here.write()
    await there.write()
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert told["listeners"] == 5, "one here and four there, who listened a moment ago"
    assert (told["peak"], told["peak_at"]) == (6, "2026-11-21T10:00:00.000Z")
    assert told["listened_s"] == 4 * 5 + 56 + 29 + 31 * 4
    assert told["by_reaction"][0] == {"emoji": "💜", "times": 2}
    answer = await ada.send("GET", f"spaces/{hall.id}/analytics/minutes.csv")
    (minute, last) = csv.DictReader(io.StringIO(answer.text))
    assert (minute["listeners_most"], minute["listened_seconds"], last["heart"]) == ("6", str(told["listened_s"]), "2")


async def test_what_is_written_twice_counts_once(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    await hall.come(await guest.sign_up("bo"), "bubble")
    for _ in range(3):
        hall.last(seconds=10)
        await hall.counting.write()
        await hall.counting.write()
    assert (await ada.get(f"spaces/{hall.id}/analytics"))["listened_s"] == 30


async def test_ones_own_spaces_stand_in_a_list_the_latest_first(
    hall: Hall, ada: Visitor, guest: Visitor, clock: SettableClock
) -> None:
    await hall.come(await guest.sign_up("bo"), "bubble")
    hall.last(minutes=1)
    await ada.post(f"spaces/{hall.id}/end")
    for title in ("Coffee", "Water"):
        clock.advance(timedelta(seconds=1))
        await ada.post("spaces", {"title": title})
    first = await ada.get("me/spaces", limit=2)
    rest = await ada.get("me/spaces", limit=2, cursor=first["next"])
    assert [one["title"] for one in first["items"] + rest["items"]] == ["Water", "Coffee", "Tea"]
    assert rest["next"] is None
    (tea,) = rest["items"]
    assert (tea["id"], tea["state"], tea["peak"], tea["people"], tea["listened_s"]) == (hall.id, "ended", 1, 1, 60)
    assert (await guest.refused("GET", "me/spaces"))[0] == 401


async def test_after_ninety_days_it_is_gone(hall: Hall, ada: Visitor, guest: Visitor, clock: SettableClock) -> None:
    await hall.come(await guest.sign_up("bo"), "bubble")
    hall.last(minutes=1)
    await ada.post(f"spaces/{hall.id}/end")
    tools, path = hall.node.state.tools, f"spaces/{hall.id}/analytics"
    await ada.get(path)
    clock.advance(timedelta(days=90, milliseconds=-1))
    ada = await signed_in_again(ada)
    assert (await ada.get(path))["people"] == 1
    clock.advance(timedelta(milliseconds=1))
    assert await ada.refused("GET", path) == (410, "analytics_gone")
    assert (await ada.get("me/spaces"))["items"] == []
    await tools.db.write(lambda tx: outbox.schedule(tx, "analytics.sweep", "analytics.sweep", {}, clock.now()))
    clock.advance(timedelta(seconds=1))
    worker = Worker(tools.db, clock, jobs.handlers(clock, hall.node.state.analytics.keep))
    async with asyncio.timeout(20):
        # The node's own worker may be the first.
        while await counted(hall):
            await worker.run_due()
            await asyncio.sleep(0.01)


async def test_it_goes_with_the_hosts_account_and_is_in_their_copy_before(
    hall: Hall, ada: Visitor, guest: Visitor
) -> None:
    await hall.come(await guest.sign_up("bo"), "bubble")
    hall.last(minutes=1)
    await ada.get(f"spaces/{hall.id}/analytics")
    tools, host = hall.node.state.tools, PersonId(ada.id)
    (told,) = [
        found
        for domain in BELONGINGS
        if (found := await tools.db.read(lambda tx, domain=domain: domain.tell(tx, host))).get("analytics")
    ]
    (space,) = told["analytics"]
    assert (space["space"], space["peak"], space["sources"]) == (hall.id, 1, {"bubble": 1})
    now = tools.clock.now()
    await tools.db.write(lambda tx: erasing.erase(tx, host, BELONGINGS, now))
    assert await counted(hall) == []
    hall.last(seconds=5)
    await hall.counting.write()


async def test_the_account_of_whoever_came_is_in_no_figure(hall: Hall, ada: Visitor, guest: Visitor) -> None:
    bo = await guest.sign_up("bo")
    await hall.come(bo, "bubble")
    hall.last(minutes=1)
    await ada.get(f"spaces/{hall.id}/analytics")
    tools, listener = hall.node.state.tools, PersonId(bo.id)
    now = tools.clock.now()
    await tools.db.write(lambda tx: erasing.erase(tx, listener, BELONGINGS, now))
    told = await ada.get(f"spaces/{hall.id}/analytics")
    assert (told["people"], told["peak"]) == (1, 1)
    assert bo.id not in str(told)


async def signed_in_again(visitor: Visitor) -> Visitor:
    """Sessions end after thirty days."""
    answer = await visitor.client.post(
        "/api/v1/sessions", json={"username": visitor.username, "password": "correct horse"}
    )
    return Visitor(visitor.client, answer.json()["token"], visitor.id, visitor.username)


async def counted(hall: Hall) -> list[Any]:
    tools, id = hall.node.state.tools, SpaceId(hall.id)
    seen: list[Any] = await tools.db.read(lambda tx: store.seen(tx, [id]))
    came: dict[Any, Any] = await tools.db.read(lambda tx: store.arrivals(tx, [id]))
    return [*seen, *came]
