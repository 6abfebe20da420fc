"""What subscribers and hosts hear of a scheduled Space, by every channel: in the app, on their phone, in a letter."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import insert

from cooee.moderation import jobs as moderation_jobs
from cooee.people import store as people
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import email_addresses
from tests.notify.told import Town, lines, unread
from tests.post_office import PostOffice, open_post_office, text_of
from tests.push_service import Browser, PushService, open_push_service
from tests.schedule.test_schedule import announce, pass_time
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with open_push_service() as service:
        yield service


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest.fixture
def changed_settings(office: PostOffice) -> dict[str, Any]:
    mail = {"smtp_url": office.url, "mail_from": "Cooee <cooee@example.org>"}
    return {"hosting": "everyone", "tests_may_reach_loopback": True, **mail}


async def reachable(town: Town, service: PushService, name: str) -> tuple[Visitor, Browser]:
    """Somebody with a phone and a verified address, `{name}@example.org`."""
    visitor, phone = await town.guest.sign_up(name), service.browser()
    await visitor.put("push-subscriptions", phone.subscription)
    address = f"{name}@example.org"
    values = {"person_id": visitor.id, "address": address, "folded": address, "verified_at": town.clock.now()}
    await town.tools.db.write(lambda tx: tx.execute(insert(email_addresses).values(**values)))
    return visitor, phone


def pushed(phone: Browser) -> list[str]:
    return [one.says["kind"] for one in phone.arrived]


def letters(office: PostOffice, name: str) -> list[str]:
    return [text_of(letter) for letter in office.to(f"{name}@example.org")]


async def test_whoever_set_a_reminder_hears_of_the_start_at_once_everywhere(
    town: Town, service: PushService, office: PostOffice
) -> None:
    (amara, _), (bo, phone) = await reachable(town, service, "amara"), await reachable(town, service, "bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await amara.post(f"spaces/{space['id']}/start")
    await pass_time(town, seconds=1)
    assert await lines(bo) == [("reminder", ["amara"], 1)]
    assert pushed(phone) == ["reminder"]
    (letter,) = letters(office, "bo")
    assert f"/spaces/{space['id']}" in letter


async def test_whoever_set_a_reminder_hears_of_another_time_and_of_the_end_everywhere(
    town: Town, service: PushService, office: PostOffice
) -> None:
    (amara, _), (bo, phone) = await reachable(town, service, "amara"), await reachable(town, service, "bo")
    cleo, _ = await reachable(town, service, "cleo")
    assert (await cleo.patch("me", {"zone": "America/New_York"}))["zone"] == "America/New_York"
    space = await announce(amara, zone="Europe/Istanbul")
    for visitor in (bo, cleo):
        await visitor.put(f"spaces/{space['id']}/reminder")
    await amara.patch(f"spaces/{space['id']}/schedule", {"scheduled_start": "2026-11-24T10:00:00Z"})
    await pass_time(town, seconds=1)
    await pass_time(town, minutes=15)
    assert (await lines(bo), pushed(phone)) == ([("moved", ["amara"], 1)], ["moved"])
    assert phone.arrived[0].says["starts_at"] == "2026-11-24T10:00:00.000Z"
    (letter,) = letters(office, "bo")
    assert "Tea · 24 Nov 2026, 13:00 Istanbul time (UTC+03:00)" in letter, "nobody knows where Bo is"
    (letter,) = letters(office, "cleo")
    assert "Tea · 24 Nov 2026, 05:00 New York time" in letter
    await amara.post(f"spaces/{space['id']}/cancel")
    await pass_time(town, seconds=1)
    assert await lines(bo) == [("canceled", ["amara"], 1)]
    assert (pushed(phone), len(letters(office, "bo"))) == (["moved", "canceled"], 2)


async def test_who_waited_for_what_lapsed_hears_of_it_everywhere(
    town: Town, service: PushService, office: PostOffice
) -> None:
    (amara, _), (bo, phone) = await reachable(town, service, "amara"), await reachable(town, service, "bo")
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await pass_time(town, hours=24, minutes=30)
    assert (await lines(bo), pushed(phone)) == ([("canceled", ["amara"], 1)], ["canceled"])
    assert len(letters(office, "bo")) == 1


async def test_who_waited_for_a_host_who_deletes_the_account_hears_that_it_does_not_take_place(
    town: Town, service: PushService, office: PostOffice
) -> None:
    (amara, _), (bo, phone) = await reachable(town, service, "amara"), await reachable(town, service, "bo")
    waiting, begun = await announce(amara), await announce(amara, title="Coffee", audience="unlisted")
    for space in (waiting, begun):
        await bo.put(f"spaces/{space['id']}/reminder")
    await amara.post(f"spaces/{begun['id']}/start")
    await pass_time(town, seconds=1)
    heard = len(phone.arrived), len(letters(office, "bo"))
    await amara.post("sessions/current/confirmation", {"password": PASSWORD})
    await amara.delete("me")
    await pass_time(town, seconds=1)
    # Nobody is named who is hidden from now on; the title says what it was.
    (notice,) = [one for one in (await bo.get("notices"))["items"] if one["kind"] == "canceled"]
    assert (notice["people"], notice["space"], notice["title"]) == ([], None, "Tea")
    assert notice["unread"]
    assert await unread(bo) == 1
    (pushed,) = phone.arrived[heard[0] :]
    assert (pushed.says["kind"], pushed.says["people"]) == ("canceled", [])
    assert (pushed.says["text"], pushed.says["path"]) == ("Tea", "/upcoming")
    (letter,) = letters(office, "bo")[heard[1] :]
    assert "A Space that you waited for does not take place" in letter
    assert "Tea" in letter
    assert "Amara" not in letter
    assert await bo.refused("GET", f"spaces/{waiting['id']}") == (404, "space_not_found")
    assert (await bo.get("upcoming"))["items"] == []
    # Whoever comes back finds it canceled: nobody waits any more.
    await town.guest.post("sessions", {"username": "amara", "password": PASSWORD})
    shown = await bo.get(f"spaces/{waiting['id']}")
    assert (shown["state"], shown["cancel_reason"]) == ("canceled", "host_gone")
    assert await lines(bo) == [("canceled", ["amara"], 1)]


async def test_who_waited_for_a_suspended_host_hears_that_it_does_not_take_place_and_not_why(
    town: Town, service: PushService, office: PostOffice
) -> None:
    (amara, _), (bo, phone) = await reachable(town, service, "amara"), await reachable(town, service, "bo")
    ed = await town.guest.sign_up("ed")
    await town.tools.db.write(lambda tx: people.change(tx, PersonId(ed.id), {"admin": True}))
    soon, later = await announce(amara), await announce(amara, "2026-11-28T10:00:00.000Z", title="Coffee")
    for space in (soon, later):
        await bo.put(f"spaces/{space['id']}/reminder")
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend", "days": 3})
    heard = len(letters(office, "bo"))
    await pass_time(town, hours=24, minutes=30)
    await pass_time(town, seconds=1)
    (notice,) = [one for one in (await bo.get("notices"))["items"] if one["kind"] == "canceled"]
    assert (notice["people"], notice["space"], notice["title"]) == ([], None, "Tea")
    assert await unread(bo) == len((await bo.get("notices"))["items"])
    (rung,) = [one.says for one in phone.arrived if one.says["kind"] == "canceled"]
    assert (rung["people"], rung["text"], rung["path"]) == ([], "Tea", "/upcoming")
    letter = letters(office, "bo")[heard]
    assert "A Space that you waited for does not take place" in letter
    assert "Tea" in letter
    assert not any(word in letter for word in ("Amara", "no longer", "suspended", "Coffee"))
    # What begins after the suspension may take place: nobody was told that it does not.
    await pass_time(town, days=3)
    await town.work(moderation_jobs.handlers(town.clock))
    assert [space["id"] for space in (await bo.get("upcoming"))["items"]] == [later["id"]]


@pytest.mark.parametrize(("decision", "days"), [("suspend_hosting", 3), ("suspend", 3)])
async def test_who_waited_for_a_host_who_cannot_begin_hears_it_half_an_hour_before(
    town: Town, decision: str, days: int
) -> None:
    amara, bo, ed = [await town.guest.sign_up(name) for name in ("amara", "bo", "ed")]
    await town.tools.db.write(lambda tx: people.change(tx, PersonId(ed.id), {"admin": True}))
    space = await announce(amara)
    await bo.put(f"spaces/{space['id']}/reminder")
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": decision, "days": days})
    await pass_time(town, hours=23, minutes=29)
    assert "canceled" not in [kind for kind, _, _ in await lines(bo)], "a decision may be changed"
    await pass_time(town, minutes=1)
    assert [kind for kind, _, _ in await lines(bo)].count("canceled") == 1
    await pass_time(town, hours=1)
    assert [kind for kind, _, _ in await lines(bo)].count("canceled") == 1


async def test_who_waited_for_a_host_who_may_host_again_in_time_hears_nothing_of_it(town: Town) -> None:
    amara, bo, ed = [await town.guest.sign_up(name) for name in ("amara", "bo", "ed")]
    await town.tools.db.write(lambda tx: people.change(tx, PersonId(ed.id), {"admin": True}))
    space = await announce(amara, "2026-11-22T10:00:00.000Z")
    await bo.put(f"spaces/{space['id']}/reminder")
    await bo.post("reports", {"about": "person", "id": amara.id, "reason": "spam"})
    (case,) = (await ed.get("moderation/cases"))["items"]
    await ed.post(f"moderation/cases/{case['id']}/decision", {"decision": "suspend_hosting", "days": 1})
    await pass_time(town, hours=23, minutes=30)
    assert "canceled" not in [kind for kind, _, _ in await lines(bo)]
    await pass_time(town, minutes=45)
    await amara.post(f"spaces/{space['id']}/start")


async def test_its_host_is_rung_and_written_to_half_an_hour_before_and_rung_at_the_start(
    town: Town, service: PushService, office: PostOffice
) -> None:
    amara, phone = await reachable(town, service, "amara")
    await announce(amara)
    await pass_time(town, hours=23, minutes=30)
    assert (pushed(phone), len(letters(office, "amara"))) == (["soon"], 1)
    await pass_time(town, minutes=30)
    assert pushed(phone) == ["soon", "due"]
