"""What is pushed, to whom, how often: against a push service that decrypts."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from py_vapid import Vapid02
from sqlalchemy import insert, select

from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.notify import devices
from cooee.notify.pushing import Busy, Gone, Outcome, Reached, Refused, outcome
from cooee.notify.rules import PUSH_PAUSE, push_at
from cooee.notify.tables import subscriptions
from cooee.people.ids import PersonId
from cooee.people.tables import follows
from tests.notify.told import Town, lines
from tests.people.settled import mute, settle
from tests.push_service import Browser, PushService, open_push_service
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "tests_may_reach_loopback": True, "push_limit": ""}


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with open_push_service() as service:
        yield service


async def subscribed(visitor: Visitor, service: PushService) -> Browser:
    browser = service.browser()
    await visitor.put("push-subscriptions", browser.subscription)
    return browser


@pytest.mark.parametrize(
    ("status", "retry_after", "means"),
    [
        (200, None, Reached()),
        (201, None, Reached()),
        (202, None, Reached()),
        (400, None, Refused(400)),
        (403, None, Refused(403)),
        (404, None, Gone()),
        (410, None, Gone()),
        (413, None, Refused(413)),
        (429, "120", Busy(timedelta(minutes=2))),
        (429, None, Busy(None)),
        (500, None, Busy(None)),
        (503, "Sat, 21 Nov 2026 10:05:00 GMT", Busy(timedelta(minutes=5))),
        (503, "0", Busy(timedelta(seconds=1))),
        (503, "99999999999999999999", Busy(None)),
        (503, "86400", Busy(timedelta(hours=1))),
        (503, "soon", Busy(None)),
    ],
)
def test_what_an_answer_of_a_push_service_means(status: int, retry_after: str | None, means: Outcome) -> None:
    assert outcome(status, retry_after, NOW) == means


def test_a_line_rings_at_once_and_then_not_for_a_while() -> None:
    assert push_at(NOW, None) == NOW
    assert push_at(NOW, NOW - timedelta(minutes=1)) == NOW - timedelta(minutes=1) + PUSH_PAUSE
    assert push_at(NOW, NOW - PUSH_PAUSE * 2) == NOW


async def test_whoever_is_followed_reads_it_on_their_phone(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    await town.follow(bo, amara)
    (arrived,) = phone.arrived
    assert (arrived.says["kind"], arrived.says["people"][0]["display_name"], arrived.says["path"]) == (
        "follow",
        "Bo",
        "/people/bo",
    )
    assert arrived.headers["content-encoding"] == "aes128gcm"
    assert arrived.headers["ttl"] == "86400"
    assert len(arrived.headers["topic"]) == 32
    key = (await amara.get("push-subscriptions"))["key"]
    assert arrived.headers["authorization"].endswith(f",k={key}")
    assert Vapid02.verify(arrived.headers["authorization"])
    (listed,) = (await amara.get("push-subscriptions"))["items"]
    assert listed["current"]
    assert listed["reached_at"]


async def test_many_who_do_the_same_ring_twice_and_stand_in_one_notification(town: Town, service: PushService) -> None:
    amara = await town.guest.sign_up("amara")
    phone = await subscribed(amara, service)
    for name in ("bo", "cleo", "dov", "eli"):
        await town.follow(await town.guest.sign_up(name), amara)
    assert [one.says["count"] for one in phone.arrived] == [1]
    await town.pass_time(minutes=6)
    assert [one.says["count"] for one in phone.arrived] == [1, 4]
    assert len(phone.shown) == 1
    assert len({one.headers["topic"] for one in phone.arrived}) == 1


async def test_what_was_read_meanwhile_is_not_pushed(town: Town, service: PushService) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    phone = await subscribed(amara, service)
    await town.follow(bo, amara)
    await town.follow(cleo, amara)
    await amara.put("notices/read", {"at": town.clock.now().isoformat()})
    await town.pass_time(minutes=6)
    assert [one.says["count"] for one in phone.arrived] == [1]


async def test_a_kind_that_is_switched_off_is_not_pushed_and_stands_in_the_app(
    town: Town, service: PushService
) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    await amara.patch("notices/settings", {"kind": "follow", "channel": "push", "wanted": False})
    await town.follow(bo, amara)
    assert phone.arrived == []
    assert await lines(amara) == [("follow", ["bo"], 1)]


async def test_an_invitation_on_stage_rings_at_once(town: Town, service: PushService) -> None:
    hana, amara = await town.guest.sign_up("hana"), await town.guest.sign_up("amara")
    phone = await subscribed(amara, service)
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await hana.post(f"spaces/{space}/invitations/{amara.id}")
    await town.work()
    assert [(one.says["kind"], one.says["path"]) for one in phone.arrived] == [
        ("invited", f"/spaces/{space}?from=notification")
    ]


async def test_likes_are_not_pushed_unless_one_asks_for_them(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    first, second = [(await amara.post("posts", {"text": text}))["id"] for text in ("one", "two")]
    await bo.put(f"posts/{first}/like")
    await town.work()
    assert phone.arrived == []
    await amara.patch("notices/settings", {"kind": "like", "channel": "push", "wanted": True})
    await bo.put(f"posts/{second}/like")
    await town.work()
    assert [one.says["text"] for one in phone.arrived] == ["two"]


async def test_a_message_rings_with_its_text_and_a_strangers_without(town: Town, service: PushService) -> None:
    amara, bo, eve = [await town.guest.sign_up(name) for name in ("amara", "bo", "eve")]
    await town.follow(amara, bo)
    phone = await subscribed(amara, service)
    for writer in (bo, eve):
        there = (await writer.post("conversations", {"person": amara.id}))["id"]
        await writer.post(f"conversations/{there}/messages", {"text": "The kettle is on"})
    await town.work()
    said = {one.says["people"][0]["username"]: (one.says["kind"], one.says["text"]) for one in phone.arrived}
    assert said == {"bo": ("message", "The kettle is on"), "eve": ("message", None)}
    assert await lines(amara) == []


@pytest.mark.parametrize("how", ["read", "deleted", "muted", "off"])
async def test_a_message_that_is_of_no_interest_any_more_does_not_ring(
    town: Town, service: PushService, how: str
) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await town.follow(amara, bo)
    phone = await subscribed(amara, service)
    service.status, service.retry_after = 429, "30"
    there = (await bo.post("conversations", {"person": amara.id}))["id"]
    message = (await bo.post(f"conversations/{there}/messages", {"text": "Psst"}))["id"]
    await town.work()
    if how == "read":
        await amara.put(f"conversations/{there}/read", {"message": message})
    elif how == "deleted":
        await bo.delete(f"messages/{message}")
    elif how == "muted":
        await town.tools.db.write(lambda tx: mute(tx, PersonId(amara.id), PersonId(bo.id)))
    else:
        await amara.patch("notices/settings", {"kind": "message", "channel": "push", "wanted": False})
    service.status, service.retry_after = 201, None
    await town.pass_time(minutes=1)
    assert phone.arrived == []


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_is_forgotten(town: Town, service: PushService, status: int) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await subscribed(amara, service)
    service.status = status
    await town.follow(bo, amara)
    assert (await amara.get("push-subscriptions"))["items"] == []


async def test_a_push_service_that_is_busy_is_asked_again_when_it_says(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    service.status, service.retry_after = 429, "120"
    await town.follow(bo, amara)
    service.status = 201
    await town.pass_time(seconds=119)
    assert phone.arrived == []
    await town.pass_time(seconds=2)
    assert len(phone.arrived) == 1


async def test_a_push_service_that_is_broken_is_left_alone_in_the_end(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    await subscribed(amara, service)
    service.status = 500
    await town.follow(bo, amara)
    for _ in range(12):
        await town.pass_time(hours=1)
    assert service.asked == 8
    waiting = select(outbox.outbox).where(outbox.outbox.c.topic == "notify.push")
    assert await town.tools.db.read(lambda tx: tx.execute(waiting).all()) == []


async def test_signing_out_ends_it(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    await amara.delete("sessions/current")
    await town.follow(bo, amara)
    assert phone.arrived == []


async def test_one_switches_it_off_for_one_device(town: Town, service: PushService) -> None:
    amara, bo = await town.guest.sign_up("amara"), await town.guest.sign_up("bo")
    phone = await subscribed(amara, service)
    (listed,) = (await amara.get("push-subscriptions"))["items"]
    assert await bo.delete(f"push-subscriptions/{listed['id']}") is None
    assert len((await amara.get("push-subscriptions"))["items"]) == 1
    await amara.delete(f"push-subscriptions/{listed['id']}")
    await town.follow(bo, amara)
    assert phone.arrived == []


async def test_a_browser_that_somebody_else_signs_in_at_rings_for_them_alone(town: Town, service: PushService) -> None:
    amara, bo, cleo = [await town.guest.sign_up(name) for name in ("amara", "bo", "cleo")]
    phone = await subscribed(amara, service)
    await bo.put("push-subscriptions", phone.subscription)
    await town.follow(cleo, amara)
    assert phone.arrived == []
    await town.follow(cleo, bo)
    assert len(phone.arrived) == 1


async def test_followers_of_a_host_who_goes_live_are_told_whatever_their_number(
    town: Town, service: PushService
) -> None:
    hana = await town.guest.sign_up("hana")
    phones = []
    for name in ("amara", "bo", "cleo"):
        fan = await town.guest.sign_up(name)
        await fan.put(f"people/{hana.id}/follow")
        phones.append(await subscribed(fan, service))
    await fan.patch("notices/settings", {"kind": "live", "channel": "push", "wanted": False})
    many = [f"fan{number}" for number in range(150)]
    crowd = {name: service.browser() for name in many}

    def settle_many(tx: Any) -> None:
        for id in settle(tx, *many):
            tx.execute(insert(follows).values(follower_id=id, followed_id=hana.id, created_at=town.clock.now()))
            keys = crowd[many[int(id) - 1]].subscription
            row = {"id": id, "person_id": id, "endpoint": keys["endpoint"], "created_at": NOW, **keys["keys"]}
            tx.execute(insert(subscriptions).values(**row, session=_session(tx, id)))

    await town.tools.db.write(settle_many)
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await town.work()
    assert [len(phone.arrived) for phone in phones] == [1, 1, 0]
    assert all(len(phone.arrived) == 1 for phone in crowd.values())
    said = phones[0].arrived[0].says
    assert (said["kind"], said["text"], said["path"]) == ("live", "Night radio", f"/spaces/{space}?from=notification")
    assert service.most_at_once <= 64 + 16


async def test_a_space_that_is_over_before_its_turn_is_told_to_nobody(town: Town, service: PushService) -> None:
    hana, amara = await town.guest.sign_up("hana"), await town.guest.sign_up("amara")
    await amara.put(f"people/{hana.id}/follow")
    phone = await subscribed(amara, service)
    service.status, service.retry_after = 503, "60"
    space = (await hana.post("spaces", {"title": "Night radio"}))["id"]
    await town.work()
    assert service.asked == 1
    await hana.post(f"spaces/{space}/end")
    service.status = 201
    await town.pass_time(minutes=2)
    assert phone.arrived == []


@pytest.mark.parametrize(
    ("endpoint", "code"),
    [
        ("https://10.0.0.1/p", "push_endpoint_refused"),
        ("https://169.254.169.254/latest", "push_endpoint_refused"),
        ("https://[::ffff:10.0.0.1]/p", "push_endpoint_refused"),
        ("https://nobody.invalid/p", "push_endpoint_refused"),
        ("http://8.8.8.8:99999999/p", "push_endpoint_refused"),
        ("ftp://push.example.org/p", "push_endpoint_refused"),
        ("nonsense", "push_endpoint_refused"),
        ("https://[/", "push_endpoint_refused"),
    ],
)
async def test_an_address_that_is_not_public_is_no_push_service(
    town: Town, service: PushService, endpoint: str, code: str
) -> None:
    amara = await town.guest.sign_up("amara")
    body = {**service.browser().subscription, "endpoint": endpoint}
    assert await amara.refused("PUT", "push-subscriptions", json=body) == (422, code)


@pytest.mark.parametrize("part", ["p256dh", "auth"])
async def test_keys_that_no_browser_makes_are_refused(town: Town, service: PushService, part: str) -> None:
    amara = await town.guest.sign_up("amara")
    body = service.browser().subscription
    for wrong in ("AAAA", "BEwö", body["keys"][part][:-4] + "AAAA" if part == "p256dh" else "*"):
        keys = {**body["keys"], part: wrong}
        answer = await amara.refused("PUT", "push-subscriptions", json={**body, "keys": keys})
        assert answer == (422, "push_keys_unreadable"), wrong


async def test_this_machine_is_no_push_service_outside_of_tests(settings: Any, clock: SettableClock) -> None:
    from cooee.kit.http import NotPublic, Outside
    from cooee.notify.pushing import Pusher

    pusher = Pusher(b"x" * 32, "mailto:nobody@localhost", Outside(), clock)
    for endpoint in ("http://127.0.0.1/p", "https://127.0.0.1/p", "https://localhost/p"):
        with pytest.raises(NotPublic):
            await pusher.check_endpoint(endpoint)


def _session(tx: Any, person: str) -> bytes:
    from cooee.people.tables import sessions

    token = f"token-{person}".encode()
    tx.execute(insert(sessions).values(token_hash=token, person_id=person, created_at=NOW, expires_at=NOW))
    return token


async def test_nobody_has_very_many_addresses_called(town: Town, service: PushService) -> None:
    ada = await town.guest.sign_up("ada")
    for n in range(devices.MOST + 2):
        await town.pass_time(seconds=1)
        body = {"username": "ada", "password": PASSWORD}
        token = (await town.guest.post("sessions", body))["token"]
        there = Visitor(town.guest.client, token, ada.id, "ada")
        subscription = {**service.browser().subscription, "endpoint": f"https://93.184.215.14/{n}"}
        await there.put("push-subscriptions", subscription)
    rows = await town.tools.db.read(lambda tx: [one.endpoint for one in devices.of(tx, PersonId(ada.id))])
    assert sorted(rows) == sorted(f"https://93.184.215.14/{n}" for n in range(2, devices.MOST + 2))
