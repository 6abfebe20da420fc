"""No ticket: the offer and no sound, at whatever door one knocks."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from cooee.kit.clock import SettableClock, SystemClock
from tests.spaces.feeds import reading
from tests.tickets.conftest import Fair
from tests.visitor import ORIGIN

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock() -> SettableClock:
    """The engine judges grants by the machine's clock."""
    return SettableClock(SystemClock().now())


SDP = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}


async def test_no_request_is_answered_with_anything_but_the_offer(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    await amara.post(f"spaces/{space}/start")
    doors: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"spaces/{space}/join", {}),
        ("POST", f"/whep/{space}", SDP),
        ("POST", f"/whip/{space}", SDP),
        ("POST", f"spaces/{space}/requests", {"json": {}}),
    ]
    for method, path, parts in doors:
        assert await bo.refused(method, path, **parts) == (402, "ticket_needed"), path
    knocks: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", f"spaces/{space}/reactions", {"json": {"emoji": "💜"}}),
        ("GET", f"spaces/{space}/messages", {}),
        ("POST", f"spaces/{space}/messages", {"json": {"text": "hello"}}),
        ("GET", f"spaces/{space}/posts", {}),
        ("GET", f"spaces/{space}/captions", {}),
    ]
    for method, path, parts in knocks:
        refused = await bo.refused(method, path, **parts)
        assert refused in ((402, "ticket_needed"), (403, "not_in_the_room")), path
    assert await fair.guest.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
    # A guest is nobody but by the grant of a door.
    assert await fair.guest.refused("POST", f"/whep/{space}", **SDP) == (401, "unauthenticated")
    offer = (await bo.send("POST", f"spaces/{space}/join")).json()
    assert (offer["price"], offer["currency"]) == (1000, "usd")


async def test_what_lets_into_another_space_does_not_let_in_here(fair: Fair) -> None:
    amara = await fair.host()
    bo, cy = await fair.people("bo", "cy")
    space = await fair.sell(amara)
    await amara.post(f"spaces/{space}/start")
    free = (await cy.post("spaces", {"title": "Free"}))["id"]
    door = await bo.post(f"spaces/{free}/join")
    grant = urlsplit(door["whep_url"]).query
    status, _ = await fair.guest.refused("POST", f"/whep/{space}?{grant}", **SDP)
    assert status in (401, 402, 403)
    # A feed tells of what its grant names, whatever else is asked of it.
    async with reading(door["feed_url"], f"&topic=space:{space}&space={space}") as feed:
        await feed.until(lambda reader: bool(reader.state))
        assert {state["id"] for state in feed.state.values() if "id" in state} <= {free}


async def test_a_feed_closes_and_the_sound_with_it_when_a_ticket_is_void(fair: Fair) -> None:
    amara = await fair.host()
    (bo,) = await fair.people("bo")
    space = await fair.sell(amara)
    ticket = await fair.buy(bo, space)
    await amara.post(f"spaces/{space}/start")
    door = await bo.post(f"spaces/{space}/join")
    async with reading(door["feed_url"]) as feed:
        await feed.until(lambda reader: bool(reader.state))
        await fair.tell(fair.stripe.dispute(fair.stripe.of_sale(ticket["id"])))
        assert await feed.until_closed() == 4003
    for path in (door["whep_url"].removeprefix(ORIGIN), f"/whep/{space}"):
        status, _ = await bo.refused("POST", path, **SDP)
        assert status in (401, 402)
    assert await bo.refused("POST", f"spaces/{space}/join") == (402, "ticket_needed")
