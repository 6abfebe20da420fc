"""Announcing a Space and what follows, over HTTP and through a month of virtual time, on both databases."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar

from cooee.schedule import jobs
from tests.notify.told import Town, lines, unread
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

TOMORROW = "2026-11-22T10:00:00.000Z"


async def announce(host: Visitor, at: str = TOMORROW, **more: Any) -> dict[str, Any]:
    body = {"title": "Tea", "scheduled_start": at, "zone": "Europe/Istanbul", **more}
    answer: dict[str, Any] = await host.post("spaces", body)
    return answer


async def pass_time(town: Town, **by: float) -> None:
    """Moves the clock, and has all be done that is due by then."""
    town.clock.advance(timedelta(**by))
    await town.work(jobs.handlers(town.clock, town.suspended))


async def test_a_space_is_announced_seen_and_found_in_what_is_ahead(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara, topics=["tea"])
    assert (space["state"], space["scheduled_start"], space["zone"]) == ("scheduled", TOMORROW, "Europe/Istanbul")
    assert await bo.get(f"spaces/{space['id']}") == space
    assert (await bo.get("upcoming"))["items"] == []
    await bo.put(f"people/{amara.id}/follow")
    assert [item["id"] for item in (await bo.get("upcoming"))["items"]] == [space["id"]]
    assert await town.guest.get(f"spaces/{space['id']}") == space


async def test_the_same_key_announces_one_space(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    body = {"scheduled_start": TOMORROW}
    answers = [
        (await amara.send("POST", "spaces", json=body, headers={"idempotency-key": "tap"})).json() for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert len((await amara.get("upcoming"))["items"]) == 1


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"scheduled_start": "2026-11-21T09:59:00Z"}, (422, "start_not_possible")),
        ({"scheduled_start": "2026-12-22T10:00:00Z"}, (422, "start_not_possible")),
        ({"scheduled_start": "2026-11-22T10:00:00"}, (422, "invalid_request")),
        ({"scheduled_start": 1}, (422, "invalid_request")),
        ({"scheduled_start": TOMORROW, "zone": "Mars/Olympus"}, (422, "invalid_request")),
    ],
)
async def test_a_time_that_cannot_be_is_refused(town: Town, body: dict[str, Any], expected: tuple[int, str]) -> None:
    amara = await town.guest.sign_up("amara")
    assert await amara.refused("POST", "spaces", json=body) == expected


async def test_ten_spaces_are_enough(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    spaces = [await announce(amara) for _ in range(10)]
    assert await amara.refused("POST", "spaces", json={"scheduled_start": TOMORROW}) == (409, "too_many_scheduled")
    await amara.post(f"spaces/{spaces[0]['id']}/cancel")
    await announce(amara)


async def test_pages_of_what_is_ahead_lead_on_without_a_gap(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    times = [TOMORROW, TOMORROW, "2026-11-23T10:00:00Z", "2026-11-21T20:00:00Z", TOMORROW]
    for at in times:
        await announce(amara, at)
    seen: list[str] = []
    page = await amara.get("upcoming", limit=2)
    while True:
        seen += [item["scheduled_start"] for item in page["items"]]
        if page["next"] is None:
            break
        page = await amara.get("upcoming", limit=2, cursor=page["next"])
    assert len(seen) == 5
    assert seen == sorted(seen)


async def test_until_it_begins_the_host_decides_whether_it_is_recorded(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    path = f"spaces/{(await announce(amara))['id']}"
    for record in (True, False, True):
        assert (await amara.patch(f"{path}/schedule", {"record": record}))["record"] is record
    assert (await amara.get(path))["record"] is True
    assert (await amara.post(f"{path}/start"))["recording_since"] is not None


async def test_what_two_devices_schedule_at_once_is_no_more_than_ten(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    body = {"title": "Tea", "scheduled_start": TOMORROW}
    answers = await asyncio.gather(*(amara.send("POST", "spaces", json=body) for _ in range(13)))
    assert sorted(answer.status_code for answer in answers) == [201] * 10 + [409] * 3


async def test_before_it_begins_nobody_comes_in(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    assert await bo.refused("POST", f"spaces/{space['id']}/join") == (409, "space_not_started")
    await amara.post(f"spaces/{space['id']}/cancel")
    assert await bo.refused("POST", f"spaces/{space['id']}/join") == (410, "space_canceled")


async def test_its_host_starts_it_early_under_the_same_id_and_who_set_a_reminder_is_told_once(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    reminded = await bo.put(f"spaces/{space['id']}/reminder")
    assert (reminded["reminded"], reminded["reminders"]) == (True, 1)
    live = await amara.post(f"spaces/{space['id']}/start")
    assert (live["id"], live["state"], live["title"]) == (space["id"], "live", "Tea")
    assert (await amara.post(f"spaces/{space['id']}/start"))["id"] == space["id"]
    await pass_time(town, seconds=1)
    assert await lines(bo) == [("reminder", ["amara"], 1)]
    assert (await bo.post(f"spaces/{space['id']}/join"))["role"] == "listener"
    # Nobody stays; it ends by itself, and what was told of it goes with it.
    town.clock.advance(timedelta(days=2))
    async with asyncio.timeout(20):
        while (await bo.get(f"spaces/{space['id']}"))["state"] != "ended" or await lines(bo):
            await asyncio.sleep(0.05)
    await pass_time(town, days=2)
    assert await lines(bo) == []
    assert await lines(amara) == []


async def test_its_host_is_reminded_half_an_hour_before_and_at_the_start(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    await announce(amara)
    await pass_time(town, hours=23, minutes=29)
    assert await lines(amara) == []
    await pass_time(town, minutes=1)
    assert await lines(amara) == [("soon", ["amara"], 1)]
    await pass_time(town, minutes=30)
    assert await lines(amara) == [("due", ["amara"], 1), ("soon", ["amara"], 1)]


async def test_what_nobody_starts_lapses_and_those_who_waited_are_told(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await pass_time(town, hours=24, minutes=29)
    assert await lines(bo) == []
    await pass_time(town, minutes=1)
    assert await lines(bo) == [("canceled", ["amara"], 1)]
    after = await bo.get(f"spaces/{space['id']}")
    assert (after["state"], after["cancel_reason"]) == ("canceled", "lapsed")
    assert await amara.refused("POST", f"spaces/{space['id']}/start") == (410, "space_canceled")


async def test_who_set_a_reminder_hears_of_each_new_time_and_of_the_end(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    for day in (24, 25):
        await amara.patch(f"spaces/{space['id']}/schedule", {"scheduled_start": f"2026-11-{day}T10:00:00Z"})
        await pass_time(town, minutes=1)
        assert await lines(bo) == [("moved", ["amara"], 1)]
        assert await unread(bo) == 1
        await bo.put("notices/read", {"at": "2026-11-30T10:00:00Z"})
    await amara.patch(f"spaces/{space['id']}/schedule", {"title": "Coffee"})
    await pass_time(town, minutes=1)
    assert await unread(bo) == 0
    await amara.post(f"spaces/{space['id']}/cancel")
    await pass_time(town, minutes=1)
    assert await lines(bo) == [("canceled", ["amara"], 1)]
    await pass_time(town, days=20)
    assert await lines(amara) == []


async def test_after_a_move_the_host_is_reminded_for_the_new_time_only(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    space = await announce(amara)
    await amara.patch(f"spaces/{space['id']}/schedule", {"scheduled_start": "2026-11-24T10:00:00Z"})
    await pass_time(town, days=2)
    assert await lines(amara) == []
    assert (await amara.get(f"spaces/{space['id']}"))["state"] == "scheduled"
    await pass_time(town, days=1)
    assert {kind for kind, _, _ in await lines(amara)} == {"due", "soon"}


async def test_many_who_set_a_reminder_are_all_told_once(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    space = await announce(amara)
    crowd = [await town.guest.sign_up(f"person{number}") for number in range(101)]
    for person in crowd:
        await person.put(f"spaces/{space['id']}/reminder")
    await amara.post(f"spaces/{space['id']}/start")
    await pass_time(town, seconds=1)
    assert [await unread(person) for person in crowd] == [1] * 101


async def test_a_reminder_is_taken_back(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    assert [item["reminded"] for item in (await bo.get("upcoming"))["items"]] == [True]
    assert (await bo.delete(f"spaces/{space['id']}/reminder"))["reminders"] == 0
    assert (await bo.get("upcoming"))["items"] == []
    await amara.post(f"spaces/{space['id']}/start")
    await pass_time(town, seconds=1)
    assert await lines(bo) == []
    assert await bo.refused("PUT", f"spaces/{space['id']}/reminder") == (409, "already_started")


async def test_a_block_hides_what_is_ahead(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await amara.put(f"people/{bo.id}/block")
    assert await bo.refused("GET", f"spaces/{space['id']}") == (403, "blocked")
    assert (await bo.get("upcoming"))["items"] == []
    await amara.post(f"spaces/{space['id']}/start")
    await pass_time(town, seconds=1)
    assert await lines(bo) == []


async def test_what_is_for_invited_people_exists_for_nobody_else(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara, audience="invited")
    for method, path in [("GET", ""), ("PUT", "/reminder"), ("POST", "/start"), ("GET", "/calendar.ics")]:
        assert await bo.refused(method, f"spaces/{space['id']}{path}") == (404, "space_not_found")
    assert (await amara.get(f"spaces/{space['id']}"))["audience"] == "invited"


async def test_what_is_for_invited_people_from_now_on_is_told_to_nobody_who_waited_before(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await amara.send("PATCH", f"spaces/{space['id']}/schedule", json={"audience": "invited"})
    assert (await bo.get("upcoming"))["items"] == []
    await amara.post(f"spaces/{space['id']}/start")
    await pass_time(town, seconds=1)
    assert await lines(bo) == []


async def test_nobody_but_the_host_changes_starts_or_cancels_it(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    deeds = [("PATCH", "schedule", {"title": "Mine"}), ("POST", "cancel", None), ("POST", "start", None)]
    for method, path, body in deeds:
        assert await bo.refused(method, f"spaces/{space['id']}/{path}", json=body) == (403, "host_only")


async def test_a_card_in_a_post_follows_what_becomes_of_it(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    space = await announce(amara)
    post = await amara.post("posts", {"attachment": {"kind": "space", "id": space["id"]}})
    assert (post["attachment"]["state"], post["attachment"]["scheduled_start"]) == ("scheduled", TOMORROW)
    await bo.put(f"spaces/{space['id']}/reminder")
    assert (await bo.get(f"posts/{post['id']}"))["attachment"]["reminded"]
    await amara.post(f"spaces/{space['id']}/start")
    card = (await bo.get(f"posts/{post['id']}"))["attachment"]
    assert (card["state"], card["scheduled_start"]) == ("live", None)


async def test_a_calendar_knows_it_again_after_a_change_and_after_its_end(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    space = await announce(amara, topics=["tea", "biscuits"])

    async def event() -> Any:
        answer = await town.guest.send("GET", f"spaces/{space['id']}/calendar.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        [found] = Calendar.from_ical(answer.content).walk("VEVENT")
        return found

    first = await event()
    assert (str(first["SUMMARY"]), first["SEQUENCE"], str(first["STATUS"])) == ("Tea", 0, "CONFIRMED")
    assert first.decoded("DTSTART").isoformat() == "2026-11-22T10:00:00+00:00"
    await amara.patch(f"spaces/{space['id']}/schedule", {"scheduled_start": "2026-11-24T10:00:00Z"})
    moved = await event()
    assert (moved["UID"], moved["SEQUENCE"]) == (first["UID"], 1)
    assert moved.decoded("DTSTART").isoformat() == "2026-11-24T10:00:00+00:00"
    await amara.post(f"spaces/{space['id']}/cancel")
    over = await event()
    assert (over["UID"], over["SEQUENCE"], str(over["STATUS"])) == (first["UID"], 2, "CANCELLED")


async def test_no_title_or_name_writes_a_line_of_its_own_into_a_calendar(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    title = "Tea; milk, \\n sugar: STATUS:CANCELLED 💜💜💜💜💜💜💜💜💜💜💜💜"
    await amara.patch("me", {"display_name": "Amara\r\nEND:VEVENT"})
    space = await announce(amara, title=title.replace(" STATUS", "\r\nSTATUS"), topics=["a,b;c"])
    content = (await town.guest.send("GET", f"spaces/{space['id']}/calendar.ics")).content
    [event] = Calendar.from_ical(content).walk("VEVENT")
    assert (str(event["SUMMARY"]), str(event["STATUS"])) == (title, "CONFIRMED")
    assert all(len(line) <= 75 for line in content.split(b"\r\n")), "RFC 5545 §3.1, in octets"
    assert content.count(b"\r\nEND:VEVENT") == content.count(b"\r\nSTATUS:") == 1


async def test_a_calendar_takes_out_what_lapsed(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    await announce(amara)
    await pass_time(town, hours=24, minutes=30)
    answer = await town.guest.send("GET", f"people/{amara.id}/calendar.ics")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert (event["SEQUENCE"], str(event["STATUS"])) == (1, "CANCELLED")


async def test_the_instant_counts_whatever_the_hosts_clocks_do_meanwhile(town: Town) -> None:
    """In New York the clocks go back in the night before: ten o'clock in summer time is nine in winter time."""
    amara = await town.guest.sign_up("amara")
    town.clock.advance(timedelta(days=345))
    amara = await signed_in_again(amara)
    space = await announce(amara, "2027-11-07T10:00:00-05:00", zone="America/New_York")
    assert (space["scheduled_start"], space["zone"]) == ("2027-11-07T15:00:00.000Z", "America/New_York")
    answer = await town.guest.send("GET", f"spaces/{space['id']}/calendar.ics")
    [event] = Calendar.from_ical(answer.content).walk("VEVENT")
    assert event.decoded("DTSTART").isoformat() == "2027-11-07T15:00:00+00:00"
    moved = await amara.patch(f"spaces/{space['id']}/schedule", {"zone": "Asia/Tokyo"})
    assert (moved["scheduled_start"], moved["zone"]) == ("2027-11-07T15:00:00.000Z", "Asia/Tokyo")


async def signed_in_again(visitor: Visitor) -> Visitor:
    """Sessions end after thirty days."""
    body = {"username": visitor.username, "password": "correct horse"}
    answer = await visitor.client.post("/api/v1/sessions", json=body)
    return Visitor(visitor.client, answer.json()["token"], visitor.id, visitor.username)


async def test_a_hosts_calendar_holds_what_is_public(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    await announce(amara, title="For all")
    await announce(amara, title="By link", audience="unlisted")
    answer = await town.guest.send("GET", f"people/{amara.id}/calendar.ics")
    events = Calendar.from_ical(answer.content).walk("VEVENT")
    assert [str(event["SUMMARY"]) for event in events] == ["For all"]
    assert await town.guest.refused("GET", "people/1/calendar.ics") == (404, "person_not_found")


async def test_a_protected_hosts_calendar_holds_nothing_of_before(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    space = await announce(amara)
    await amara.post(f"spaces/{space['id']}/cancel")
    assert await calendar_of(town, amara) == ["Tea"]
    await amara.patch("me", {"protected": True})
    assert await calendar_of(town, amara) == []


async def test_what_is_ahead_stands_in_a_calendar_after_any_number_of_others(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cooee.schedule.service._MOST_IN_CALENDAR", 2)
    amara = await town.guest.sign_up("amara")
    for number in range(3):
        space = await announce(amara, title=f"Never {number}")
        await amara.post(f"spaces/{space['id']}/cancel")
    await announce(amara, "2026-11-25T10:00:00Z", title="Now really")
    shown = await calendar_of(town, amara)
    assert (len(shown), shown[-1]) == (2, "Now really")


async def calendar_of(town: Town, host: Visitor) -> list[str]:
    answer = await town.guest.send("GET", f"people/{host.id}/calendar.ics")
    return [str(event["SUMMARY"]) for event in Calendar.from_ical(answer.content).walk("VEVENT")]
