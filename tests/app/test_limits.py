"""Every limit of the product's Safety section, at its default: so often, and not once more; then a time and words."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx import Response

from cooee.kit.limits import Limits
from cooee.settings import Settings
from tests.visitor import PASSWORD, Visitor

pytestmark = pytest.mark.anyio

WORDS = Path(__file__).parents[2] / "client/messages/en/problems.json"
MINUTE, HOUR, DAY = 60, 3600, 86400

Deed = Callable[[int], Awaitable[Response]]
Prepare = Callable[[Visitor], Awaitable[Deed]]


@dataclass(frozen=True)
class Limit:
    """How often something may be done, and what is done to find out."""

    name: str
    times: int
    within_s: int
    prepare: Prepare
    code: str = "too_many_requests"


async def signing_in(guest: Visitor) -> Deed:
    await guest.sign_up("ada")
    body = {"username": "ada", "password": "wrong"}
    return lambda _: guest.send("POST", "sessions", json=body)


async def signing_up(guest: Visitor) -> Deed:
    def body(n: int) -> dict[str, str]:
        return {"username": f"ada{n}", "display_name": "Ada", "password": PASSWORD}

    return lambda n: guest.send("POST", "accounts", json=body(n))


async def starting(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    return lambda _: ada.send("POST", "spaces", json={})


async def joining(guest: Visitor) -> Deed:
    host, ada = await guest.sign_up("hana"), await guest.sign_up("ada")
    space = (await host.post("spaces", {}))["id"]
    return lambda _: ada.send("POST", f"spaces/{space}/join")


async def joining_from_one_address(guest: Visitor) -> Deed:
    host = await guest.sign_up("hana")
    space = (await host.post("spaces", {}))["id"]
    people = [await guest.sign_up(f"ada{n}") for n in range(5)]
    return lambda n: people[n % 5].send("POST", f"spaces/{space}/join")


async def asking_to_speak(guest: Visitor) -> Deed:
    host, ada = await guest.sign_up("hana"), await guest.sign_up("ada")
    space = (await host.post("spaces", {}))["id"]
    return lambda n: ada.send("POST", f"spaces/{space}/requests", json={"question": f"{n}"})


async def opening_the_microphone(guest: Visitor) -> Deed:
    host = await guest.sign_up("hana")
    space = (await host.post("spaces", {}))["id"]
    return lambda _: host.send("PUT", f"spaces/{space}/me/microphone", json={"muted": False})


async def trying_codes(guest: Visitor) -> Deed:
    host, ada = await guest.sign_up("hana"), await guest.sign_up("ada")
    space = (await host.post("spaces", {}))["id"]
    return lambda n: ada.send("POST", f"spaces/{space}/tickets", json={"code": f"CODE{n}"})


async def tipping(guest: Visitor) -> Deed:
    host, ada = await guest.sign_up("hana"), await guest.sign_up("ada")
    space = (await host.post("spaces", {}))["id"]
    return lambda _: ada.send("POST", f"spaces/{space}/tips", json={"amount": 500})


async def giving_seats(guest: Visitor) -> Deed:
    host, ada = await guest.sign_up("hana"), await guest.sign_up("ada")
    space = (await host.post("spaces", {}))["id"]
    return lambda _: host.send("POST", f"spaces/{space}/tickets/given", json={"people": [ada.id]})


async def posting(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    return lambda n: ada.send("POST", "posts", json={"text": f"{n}"})


async def reporting(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    body = {"about": "person", "id": bo.id, "reason": "spam"}
    return lambda _: ada.send("POST", "reports", json=body)


async def writing_to_strangers(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    others = [await guest.sign_up(f"bo{n}") for n in range(6)]

    async def write(n: int) -> Response:
        there = (await ada.post("conversations", {"person": others[n].id}))["id"]
        return await ada.send("POST", f"conversations/{there}/messages", json={"text": "Hello"})

    return write


async def following(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    return lambda _: ada.send("PUT", f"people/{bo.id}/follow")


async def blocking(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    return lambda _: ada.send("PUT", f"people/{bo.id}/block")


async def messaging(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    await bo.put(f"people/{ada.id}/follow")
    there = (await ada.post("conversations", {"person": bo.id}))["id"]
    return lambda n: ada.send("POST", f"conversations/{there}/messages", json={"text": f"{n}"})


async def marking(guest: Visitor, mark: str) -> Deed:
    ada = await guest.sign_up("ada")
    post = await ada.post("posts", {"text": "Good morning"})
    return lambda _: ada.send("PUT", f"posts/{post['id']}/{mark}")


async def changing_the_profile(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    return lambda n: ada.send("PATCH", "me", json={"bio": f"{n}"})


async def changing_the_picture(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    png = {"content-type": "image/png"}
    return lambda _: ada.send("PUT", "me/picture", content=b"no picture", headers=png)


async def muting(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    return lambda _: ada.send("PUT", f"people/{bo.id}/mute")


async def beginning_conversations(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    return lambda _: ada.send("POST", "conversations", json={"person": bo.id})


async def inviting(guest: Visitor) -> Deed:
    ada, bo = await guest.sign_up("ada"), await guest.sign_up("bo")
    space = (await ada.post("spaces", {}))["id"]
    return lambda _: ada.send("POST", f"spaces/{space}/message-invitations", json={"people": [bo.id], "text": ""})


async def telling_the_operator(guest: Visitor) -> Deed:
    ada = await guest.sign_up("ada")
    return lambda _: ada.send("POST", "feedback", json={"note": "Fine"})


LIMITS = [
    Limit("sign-in per account and address", 10, 15 * MINUTE, signing_in),
    Limit("sign-up per address", 5, HOUR, signing_up),
    Limit("starting a Space", 30, HOUR, starting),
    Limit("join per person", 30, MINUTE, joining),
    Limit("join per address", 120, MINUTE, joining_from_one_address),
    Limit("requests to speak", 20, MINUTE, asking_to_speak),
    Limit("opening the microphone", 60, MINUTE, opening_the_microphone),
    Limit("tickets and codes", 30, 10 * MINUTE, trying_codes),
    Limit("free seats", 30, 10 * MINUTE, giving_seats),
    Limit("tips", 30, 10 * MINUTE, tipping),
    Limit("posts", 30, 10 * MINUTE, posting),
    Limit("reports", 20, DAY, reporting),
    Limit("strangers of a new account", 5, DAY, writing_to_strangers, "too_many_strangers"),
    Limit("follows", 60, 10 * MINUTE, following),
    Limit("blocks", 60, 10 * MINUTE, blocking),
    Limit("messages", 60, MINUTE, messaging),
    Limit("re-posts, which are posts", 29, 10 * MINUTE, partial(marking, mark="repost")),
    Limit("mutes", 60, 10 * MINUTE, muting),
    Limit("likes", 100, 10 * MINUTE, partial(marking, mark="like")),
    Limit("bookmarks", 100, 10 * MINUTE, partial(marking, mark="bookmark")),
    Limit("changes of the profile", 60, HOUR, changing_the_profile),
    Limit("changes of the picture", 60, HOUR, changing_the_picture),
    Limit("new conversations", 60, MINUTE, beginning_conversations),
    Limit("invitations by message", 60, MINUTE, inviting),
    Limit("words to the operator", 20, DAY, telling_the_operator),
]


@pytest.fixture
def changed_settings(request: pytest.FixtureRequest) -> dict[str, Any]:
    """The defaults, but for sign-ups, of which all others need some."""
    limit: Limit = request.getfixturevalue("limit")
    sign_up = {"sign_up_limit": Settings().sign_up_limit} if limit.prepare is signing_up else {}
    return {"hosting": "everyone", **sign_up}


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.name)
async def test_each_limit_holds_and_says_when_it_ends(node: FastAPI, guest: Visitor, limit: Limit) -> None:
    deed = await limit.prepare(guest)
    for n in range(limit.times):
        allowed = await deed(n)
        assert allowed.status_code != 429, f"refused after {n}"
    refused = await deed(limit.times)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (429, limit.code)
    assert 0 < int(refused.headers["retry-after"]) <= limit.within_s
    assert problem["retry_after"] == int(refused.headers["retry-after"])
    assert f"problem_{limit.code}" in json.loads(WORDS.read_text("utf-8"))


# To come in is a read and no more, so that thousands can at once; what one does in a room counts where the room is:
# docs/decisions/0010.
IN_ROOMS = (joining, joining_from_one_address, asking_to_speak, opening_the_microphone)
TOGETHER = [limit for limit in LIMITS if limit.prepare not in IN_ROOMS]


@pytest.mark.parametrize("limit", TOGETHER, ids=lambda limit: limit.name)
async def test_what_is_stored_and_what_somebody_might_force_is_counted_on_by_another_node(
    node: FastAPI, guest: Visitor, limit: Limit
) -> None:
    deed = await limit.prepare(guest)
    for n in range(limit.times):
        # Another node, or this one after a restart, remembers nothing of its own.
        node.state.tools = replace(node.state.tools, limits=Limits())
        assert (await deed(n)).status_code != 429, f"refused after {n}"
    node.state.tools = replace(node.state.tools, limits=Limits())
    refused = await deed(limit.times)
    assert (refused.status_code, refused.json()["code"]) == (429, limit.code)
    assert 0 < int(refused.headers["retry-after"]) <= limit.within_s
