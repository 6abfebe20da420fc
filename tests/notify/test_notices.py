"""What people are told in the app: once, together, newest first, and only while it is so."""

from typing import Any

import pytest
from sqlalchemy import func, select

from cooee.notify.tables import lines as stored
from cooee.people import facts
from cooee.people.ids import PersonId
from tests.notify.told import Town, lines, unread
from tests.people.settled import block, follow, mute
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio


async def test_somebody_who_follows_is_told_of_once_however_often_the_fact_comes(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    for _ in range(3):
        await town.follow(bo, amara)
    assert await lines(amara) == [("follow", ["bo"], 1)]
    assert await unread(amara) == 1
    assert await lines(bo) == []


async def test_many_who_do_the_same_stand_in_one_line_the_latest_first(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    for name in ("bo", "cleo", "dov", "eli", "fay"):
        await town.follow(await town.guest.sign_up(name), amara)
        await town.pass_time(seconds=1)
    assert await lines(amara) == [("follow", ["fay", "eli", "dov"], 5)]
    assert await unread(amara) == 1


async def test_another_day_is_another_line(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    await town.follow(await town.guest.sign_up("bo"), amara)
    await town.pass_time(days=1)
    await town.follow(await town.guest.sign_up("cleo"), amara)
    assert await lines(amara) == [("follow", ["cleo"], 1), ("follow", ["bo"], 1)]


async def test_unfollowing_takes_the_notice_back_and_following_again_tells_nothing_new(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.follow(bo, amara)
    await bo.delete(f"people/{amara.id}/follow")
    assert await lines(amara) == []
    assert await unread(amara) == 0
    await amara.put("notices/read", {"at": "2026-11-21T10:00:00Z"})
    await town.follow(bo, amara)
    assert await lines(amara) == [("follow", ["bo"], 1)]
    assert await unread(amara) == 0


async def test_following_again_on_another_day_begins_no_empty_line(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.follow(bo, amara)
    await town.pass_time(days=1)
    await town.follow(bo, amara)
    assert await _rows(town) == 1


@pytest.mark.parametrize("hide", [block, mute])
async def test_people_one_has_blocked_or_muted_make_no_notice(town: Town, hide: Any) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.tools.db.write(lambda tx: hide(tx, PersonId(amara.id), PersonId(bo.id)))
    await town.tools.db.write(lambda tx: follow(tx, PersonId(bo.id), PersonId(amara.id)))
    await town.tools.db.write(lambda tx: facts.followed(tx, PersonId(bo.id), PersonId(amara.id), town.clock.now()))
    await town.work()
    assert await lines(amara) == []
    assert await unread(amara) == 0


async def test_a_block_afterwards_hides_what_was_told_before(town: Town) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await town.follow(bo, amara)
    await town.follow(cleo, amara)
    await town.tools.db.write(lambda tx: mute(tx, PersonId(amara.id), PersonId(bo.id)))
    assert await lines(amara) == [("follow", ["cleo"], 1)]


async def test_read_on_one_device_is_read_on_all_and_what_comes_later_is_new(town: Town) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    await town.follow(bo, amara)
    shown = (await amara.get("notices"))["items"][0]
    assert shown["unread"]
    await town.pass_time(seconds=5)
    await town.follow(cleo, amara)
    assert (await amara.put("notices/read", {"at": shown["at"]}))["unread"] == 1
    latest = (await amara.get("notices"))["items"][0]
    assert (await amara.put("notices/read", {"at": latest["at"]}))["unread"] == 0
    assert not (await amara.get("notices"))["items"][0]["unread"]
    assert (await amara.put("notices/read", {"at": "2020-01-01T00:00:00Z"}))["unread"] == 0


async def test_who_is_live_and_leaves_is_neither_counted_nor_listed(town: Town) -> None:
    amara, hana = await town.guest.sign_up("amara"), await town.guest.sign_up("hana")
    await town.follow(amara, hana)
    await amara.put("notices/read", {"at": town.clock.now().isoformat().replace("+00:00", "Z")})
    await town.pass_time(seconds=1)
    await hana.post("spaces", {"title": "Night radio"})
    assert await unread(amara) == 1
    await hana.post("sessions/current/confirmation", {"password": PASSWORD})
    await hana.delete("me")
    assert await unread(amara) == 0


async def test_one_cannot_read_what_has_not_happened_yet(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await amara.put("notices/read", {"at": "2999-01-01T00:00:00Z"})
    await town.pass_time(seconds=1)
    await town.follow(bo, amara)
    assert await unread(amara) == 1


async def test_pages_show_each_line_once_with_who_is_live_in_its_place(town: Town) -> None:
    amara, hana = await town.guest.sign_up("amara"), await town.guest.sign_up("hana")
    await town.follow(amara, hana)
    for day in range(4):
        if day == 3:
            await hana.post("spaces", {"title": "Night radio"})
        await town.pass_time(seconds=1)
        await town.follow(await town.guest.sign_up(f"fan{day}"), amara)
        if day < 3:
            await town.pass_time(days=1)
    seen: list[str] = []
    cursor: dict[str, Any] = {}
    while True:
        page = await amara.get("notices", limit=2, **cursor)
        seen += [notice["people"][0]["username"] for notice in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert seen == ["fan3", "hana", "fan2", "fan1", "fan0"]


async def test_a_host_one_follows_is_live_among_the_notices_without_a_row_for_anybody(town: Town) -> None:
    amara, hana, stranger = [await town.guest.sign_up(name) for name in ("amara", "hana", "stranger")]
    await town.follow(amara, hana)
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await town.work()
    notice = (await amara.get("notices"))["items"][0]
    assert (notice["kind"], notice["space"]["title"], notice["unread"]) == ("live", "Night radio", True)
    assert await unread(amara) == 1
    assert await lines(stranger) == []
    await hana.post(f"spaces/{space}/end")
    assert await lines(amara) == []
    assert await unread(amara) == 0


@pytest.mark.parametrize("audience", ["unlisted", "invited"])
async def test_a_space_that_is_not_public_is_told_to_nobody(town: Town, audience: str) -> None:
    amara, hana = await town.guest.sign_up("amara"), await town.guest.sign_up("hana")
    await town.follow(amara, hana)
    await hana.post("spaces", {"audience": audience})
    await town.work()
    assert await lines(amara) == []


async def test_being_invited_and_being_accepted_is_told_until_the_space_is_over(town: Town) -> None:
    hana, amara, bo = [await town.guest.sign_up(name) for name in ("hana", "amara", "bo")]
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await hana.post(f"spaces/{space}/invitations/{amara.id}")
    await bo.post(f"spaces/{space}/requests", {})
    await hana.post(f"spaces/{space}/requests/{bo.id}/accept")
    await town.work()
    assert await lines(amara) == [("invited", ["hana"], 1)]
    assert await lines(bo) == [("accepted", ["hana"], 1)]
    await hana.post(f"spaces/{space}/end")
    assert await lines(amara) == []
    assert await lines(bo) == []
    await town.work()
    assert await _rows(town) == 0


async def test_a_line_that_is_drawn_nowhere_is_not_counted(town: Town) -> None:
    hana, bo, amara = [await town.guest.sign_up(name) for name in ("hana", "bo", "amara")]
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await bo.post(f"spaces/{space}/join")
    await hana.put(f"spaces/{space}/cohosts/{bo.id}")
    await bo.post(f"spaces/{space}/invitations/me/accept")
    await bo.post(f"spaces/{space}/invitations/{amara.id}")
    await town.work()
    assert await lines(amara) == [("invited", ["bo"], 1)]
    assert await unread(amara) == 1
    await town.tools.db.write(lambda tx: block(tx, PersonId(hana.id), PersonId(amara.id)))
    assert await lines(amara) == []
    assert await unread(amara) == 0


async def test_a_speaker_who_seats_themselves_is_told_nothing(town: Town) -> None:
    hana, amara = await town.guest.sign_up("hana"), await town.guest.sign_up("amara")
    space = (await hana.post("spaces", {"policy": "everyone"}))["id"]
    assert (await amara.post(f"spaces/{space}/requests", {}))["seated"]
    await town.work()
    assert await lines(amara) == []


async def test_a_kind_that_is_switched_off_is_not_shown_and_not_counted(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.follow(bo, amara)
    await amara.patch("notices/settings", {"kind": "follow", "channel": "in_app", "wanted": False})
    assert await lines(amara) == []
    assert await unread(amara) == 0
    chosen = await amara.patch("notices/settings", {"kind": "follow", "channel": "in_app", "wanted": True})
    assert chosen["wishes"]["follow"]["in_app"]
    assert await lines(amara) == [("follow", ["bo"], 1)]


async def test_messages_are_no_notices_in_the_app(town: Town) -> None:
    amara = await town.guest.sign_up("amara")
    wish = {"kind": "message", "channel": "in_app", "wanted": True}
    assert await amara.refused("PATCH", "notices/settings", json=wish) == (409, "notice_not_offered")
    assert "in_app" not in (await amara.get("notices/settings"))["wishes"]["message"]


async def test_notices_are_forgotten_after_ninety_days(town: Town) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.follow(bo, amara)
    await town.pass_time(days=90, hours=2)
    assert await _rows(town) == 0


async def test_guests_have_no_notices(guest: Visitor) -> None:
    for path in ("notices", "notices/unread", "notices/settings"):
        assert await guest.refused("GET", path) == (401, "unauthenticated")


async def _rows(town: Town) -> int:
    count = select(func.count()).select_from(stored)
    return await town.tools.db.read(lambda tx: tx.execute(count).scalar_one())
