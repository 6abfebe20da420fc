"""What comes by mail, when, and how one ends it: against a real mail server."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from cooee.notify import mail_words, mailbox
from cooee.notify.rules import Kind, Rhythm, letter_at
from cooee.people.ids import PersonId
from cooee.people.sign_in.tables import email_addresses
from tests.notify.told import Town
from tests.post_office import PostOffice, open_post_office, text_of
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SOON = timedelta(minutes=15)
ADDRESS = "amara@example.org"


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest.fixture
def changed_settings(office: PostOffice) -> dict[str, Any]:
    return {"hosting": "everyone", "smtp_url": office.url, "mail_from": "Cooee <cooee@example.org>"}


@pytest.mark.parametrize(
    ("kind", "rhythm", "mailed_at", "due"),
    [
        ("invited", "soon", None, NOW),
        ("invited", "daily", NOW - HOUR, NOW),
        ("live", "daily", NOW, NOW),
        ("soon", "soon", NOW - SOON, NOW),
        ("reminder", "daily", NOW, NOW),
        ("canceled", "daily", NOW, NOW),
        ("moved", "soon", None, NOW + SOON),
        ("message", "soon", None, NOW + SOON),
        ("message", "soon", NOW - SOON, NOW + HOUR - SOON),
        ("message", "soon", NOW - DAY, NOW + SOON),
        ("follow", "daily", None, NOW + DAY),
        ("follow", "daily", NOW - HOUR, NOW + DAY - HOUR),
        ("follow", "daily", NOW - DAY, NOW + SOON),
    ],
)
def test_when_a_letter_goes_out(kind: Kind, rhythm: Rhythm, mailed_at: datetime | None, due: datetime) -> None:
    assert letter_at(kind, rhythm, NOW, mailed_at) == due


@pytest.mark.parametrize(
    ("names", "count", "said"),
    [
        (["Bo"], 1, "Bo followed you"),
        (["Bo", "Cleo"], 2, "Bo and Cleo followed you"),
        (["Bo", "Cleo", "Dov"], 3, "Bo, Cleo and Dov followed you"),
        (["Bo", "Cleo", "Dov"], 4, "Bo, Cleo, Dov and 1 other followed you"),
        (["Bo", "Cleo", "Dov"], 9, "Bo, Cleo, Dov and 6 others followed you"),
    ],
)
def test_who_did_it_is_said_as_people_say_it(names: list[str], count: int, said: str) -> None:
    assert mail_words.sentence("follow", names, count) == said


async def amara_with_mail(town: Town) -> Visitor:
    amara = await town.guest.sign_up("amara")
    values = {"person_id": amara.id, "address": ADDRESS, "folded": ADDRESS, "verified_at": NOW}
    await town.tools.db.write(lambda tx: tx.execute(insert(email_addresses).values(**values)))
    return amara


async def write_to(town: Town, amara: Visitor, writer: Visitor, text: str = "Psst") -> str:
    there: str = (await writer.post("conversations", {"person": amara.id}))["id"]
    await writer.post(f"conversations/{there}/messages", {"text": text})
    await town.work()
    return there


async def test_messages_that_nobody_reads_come_in_one_letter_without_what_they_say(
    town: Town, office: PostOffice
) -> None:
    amara, bo, cleo = await amara_with_mail(town), await town.guest.sign_up("bo"), await town.guest.sign_up("cleo")
    await write_to(town, amara, bo)
    await town.pass_time(minutes=5)
    there = await write_to(town, amara, cleo)
    await town.pass_time(minutes=5)
    assert office.letters == []
    await town.pass_time(minutes=6)
    (letter,) = office.to(ADDRESS)
    text = text_of(letter)
    assert "Bo wrote to you" in text
    assert f"http://localhost:8000/messages/{there}" in text
    assert "Psst" not in str(letter)
    assert letter["Subject"] in ("Bo wrote to you, and 1 more", "Cleo wrote to you, and 1 more")
    html = letter.get_body(("html",))
    assert html is not None
    assert "Cleo wrote to you" in html.get_content()
    await town.pass_time(hours=5)
    assert len(office.letters) == 1


async def test_what_was_read_in_the_meantime_is_not_written_about(town: Town, office: PostOffice) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    there = await write_to(town, amara, bo)
    newest = (await amara.get(f"conversations/{there}/messages"))["items"][0]
    await amara.post(f"conversations/{there}/accept")
    await amara.put(f"conversations/{there}/read", {"message": newest["id"]})
    await town.pass_time(hours=1)
    assert office.letters == []


async def test_an_invitation_on_stage_is_written_about_at_once(town: Town, office: PostOffice) -> None:
    amara, hana = await amara_with_mail(town), await town.guest.sign_up("hana")
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await hana.post(f"spaces/{space}/invitations/{amara.id}")
    await town.work()
    (letter,) = office.to(ADDRESS)
    assert letter["Subject"] == "Hana invited you on stage"
    assert f"/spaces/{space}" in text_of(letter)


async def test_a_kind_is_written_about_as_one_chose(town: Town, office: PostOffice) -> None:
    amara, bo, cleo = await amara_with_mail(town), await town.guest.sign_up("bo"), await town.guest.sign_up("cleo")
    await town.follow(bo, amara)
    await town.pass_time(hours=2)
    assert office.letters == []
    await amara.patch("notices/settings", {"kind": "follow", "channel": "mail", "wanted": True})
    await town.follow(cleo, amara)
    await town.pass_time(hours=2)
    (letter,) = office.letters
    assert letter["Subject"] == "Cleo and Bo followed you"


async def test_all_of_a_day_comes_in_one_letter_if_one_likes(town: Town, office: PostOffice) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    await amara.put(f"people/{bo.id}/follow")
    chosen = await amara.put("notices/rhythm", {"rhythm": "daily"})
    assert chosen["mail"] == {"available": True, "address": ADDRESS, "refused": False, "rhythm": "daily"}
    for _ in range(3):
        await write_to(town, amara, bo)
        await town.pass_time(hours=7)
    assert office.letters == []
    await town.pass_time(hours=4)
    assert len(office.letters) == 1
    await write_to(town, amara, bo)
    await town.pass_time(hours=20)
    assert len(office.letters) == 1
    await town.pass_time(hours=5)
    assert len(office.letters) == 2


async def test_nobody_without_a_verified_address_is_written_to(town: Town, office: PostOffice) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await write_to(town, amara, bo)
    await town.pass_time(days=2)
    assert office.letters == []
    assert (await amara.get("notices/settings"))["mail"]["address"] is None


async def test_whoever_wants_letters_when_a_host_goes_live_gets_one(town: Town, office: PostOffice) -> None:
    amara, hana = await amara_with_mail(town), await town.guest.sign_up("hana")
    await amara.put(f"people/{hana.id}/follow")
    await hana.post("spaces", {"title": "Morning radio"})
    await town.work()
    assert office.letters == []
    await amara.patch("notices/settings", {"kind": "live", "channel": "mail", "wanted": True})
    await town.pass_time(minutes=1)
    await hana.post("spaces", {"title": "Night radio"})
    await town.work()
    (letter,) = office.letters
    assert "Night radio" in text_of(letter)


async def test_one_click_in_the_mail_program_ends_all_letters(town: Town, office: PostOffice) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    await amara.put(f"people/{bo.id}/follow")
    await write_to(town, amara, bo)
    await town.pass_time(minutes=16)
    (letter,) = office.letters
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = letter["List-Unsubscribe"].strip("<>").replace("http://localhost:8000", "")
    shown = await town.guest.send("GET", link)
    assert (shown.status_code, shown.headers["location"].split("#")[0]) == (303, "/unsubscribe")
    assert shown.headers["location"] in text_of(letter)
    assert (await amara.get("notices/settings"))["wishes"]["message"]["mail"]
    done = await town.guest.send("POST", link, data={"List-Unsubscribe": "One-Click"})
    assert done.status_code == 204
    wishes = (await amara.get("notices/settings"))["wishes"]
    assert not any(channels["mail"] for channels in wishes.values())
    await write_to(town, amara, bo)
    await town.pass_time(days=1)
    assert len(office.letters) == 1


@pytest.mark.parametrize("token", ["", "1.", "1.AAAA", "x", "ä.ö", "1." + "A" * 22])
async def test_a_link_that_we_did_not_sign_ends_nothing(town: Town, token: str) -> None:
    answer = await town.guest.refused("POST", "notices/unsubscriptions", params={"token": token})
    assert answer == (422, "unsubscribe_link_invalid")


async def test_an_address_that_refuses_is_not_written_to_again(town: Town, office: PostOffice) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    await amara.put(f"people/{bo.id}/follow")
    office.unknown.add(ADDRESS)
    await write_to(town, amara, bo)
    await town.pass_time(minutes=16)
    office.unknown.clear()
    await write_to(town, amara, bo)
    await town.pass_time(days=1)
    assert office.letters == []
    assert (await amara.get("notices/settings"))["mail"]["refused"]


async def test_a_mail_server_that_is_away_gets_the_same_letter_later(town: Town, office: PostOffice) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    office.closed = True
    await write_to(town, amara, bo)
    await town.pass_time(minutes=16)
    office.closed = False
    await town.pass_time(minutes=1)
    assert len(office.to(ADDRESS)) == 1
    assert not (await amara.get("notices/settings"))["mail"]["refused"]


async def test_a_letter_that_left_before_the_node_failed_comes_again_as_the_same_letter(
    town: Town, office: PostOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    amara, bo = await amara_with_mail(town), await town.guest.sign_up("bo")
    noted, failures = mailbox.note_mailed, iter([True])

    def note(tx: Connection, person: PersonId, now: datetime) -> None:
        if next(failures, False):
            raise RuntimeError("the database is away")
        noted(tx, person, now)

    monkeypatch.setattr(mailbox, "note_mailed", note)
    await write_to(town, amara, bo)
    await town.pass_time(minutes=16)
    await town.pass_time(minutes=5)
    first, second = office.to(ADDRESS)
    assert first["Message-ID"] == second["Message-ID"]
    await town.pass_time(hours=5)
    assert len(office.to(ADDRESS)) == 2


async def test_muted_people_and_people_in_a_block_are_not_written_about(town: Town, office: PostOffice) -> None:
    amara, bo, cleo = await amara_with_mail(town), await town.guest.sign_up("bo"), await town.guest.sign_up("cleo")
    for writer in (bo, cleo):
        await write_to(town, amara, writer)
    await amara.put(f"people/{bo.id}/mute")
    await amara.put(f"people/{cleo.id}/block")
    await town.pass_time(hours=1)
    assert office.letters == []
