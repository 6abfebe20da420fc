"""The devices on which one is signed in, and proving anew that one is oneself."""

from datetime import timedelta

import pytest

from cooee.kit.clock import SettableClock
from cooee.people.sign_in.rules import Device, device
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


async def elsewhere(ada: Visitor, user_agent: str = FIREFOX) -> Visitor:
    body = {"username": ada.username, "password": PASSWORD}
    answer = await ada.client.post("/api/v1/sessions", json=body, headers={"user-agent": user_agent})
    return Visitor(ada.client, answer.json()["token"], ada.id, ada.username)


async def test_one_sees_where_one_is_signed_in_and_when_it_was_used(guest: Visitor, clock: SettableClock) -> None:
    ada = await guest.sign_up("ada")
    clock.advance(timedelta(hours=1))
    await elsewhere(ada)
    here, there = sorted((await ada.get("sessions"))["items"], key=lambda each: not each["current"])
    assert (here["current"], here["browser"]) == (True, None)
    assert (there["current"], there["browser"], there["system"]) == (False, "Firefox", "Linux")
    assert there["last_used_at"] == "2026-11-21T11:00:00.000Z"


async def test_a_device_that_was_lost_is_signed_out(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    lost = await elsewhere(ada)
    (other,) = [each for each in (await ada.get("sessions"))["items"] if not each["current"]]
    await ada.delete(f"sessions/{other['id']}")
    assert await lost.refused("GET", "me") == (401, "unauthenticated")
    await ada.get("me")


async def test_all_others_are_signed_out_at_once_and_nobody_else(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    others = [await elsewhere(ada) for _ in range(2)]
    await ada.delete("sessions")
    for other in others:
        assert await other.refused("GET", "me") == (401, "unauthenticated")
    await ada.get("me")
    await bob.get("me")


async def test_nobody_ends_the_session_of_somebody_else(guest: Visitor) -> None:
    ada, bob = await guest.sign_up("ada"), await guest.sign_up("bob")
    (hers,) = (await ada.get("sessions"))["items"]
    await bob.delete(f"sessions/{hers['id']}")
    await ada.get("me")


@pytest.mark.parametrize(
    ("user_agent", "is_"),
    [
        (FIREFOX, Device("Firefox", "Linux")),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 "
            "Safari/537.36 Edg/126.0.0.0",
            Device("Edge", "Windows"),
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile "
            "Safari/537.36",
            Device("Chrome", "Android"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            Device("Safari", "iPhone"),
        ),
        ("curl/8.5.0", Device(None, None)),
        ("", Device(None, None)),
    ],
)
def test_a_device_is_known_by_its_browser_and_system(user_agent: str, is_: Device) -> None:
    assert device(user_agent) == is_
