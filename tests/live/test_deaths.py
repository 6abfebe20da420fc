"""Death between commit and sending: a node that is killed tells everybody once in the app, and everywhere else at least
once, in such a way that a repeat collapses.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.node import Node
from tests.post_office import PostOffice, open_post_office
from tests.push_service import Browser, PushService, open_push_service

pytestmark = [pytest.mark.deaths, pytest.mark.anyio, pytest.mark.timeout(300)]

PASSWORD = "correct horse"
ADDRESS = "amara@example.org"
# A lease lapses before another start takes the work over.
LEASE_S = 30
PATIENCE_S = LEASE_S * 2 + 40


@pytest.fixture
async def push() -> AsyncIterator[PushService]:
    async with open_push_service() as service:
        yield service


@pytest.fixture
async def office() -> AsyncIterator[PostOffice]:
    async with open_post_office() as office:
        yield office


@pytest.fixture
def node(tmp_path: Path, office: PostOffice) -> Iterator[Node]:
    settings = {
        "COOEE_TESTS_MAY_REACH_LOOPBACK": "1",
        "COOEE_SMTP_URL": office.url,
        "COOEE_MAIL_FROM": "Cooee <cooee@example.org>",
    }
    node = Node(tmp_path / "node", settings, forked=True)
    try:
        yield node
    finally:
        node.stop()


class Client:
    """Somebody who uses the node from within the test's own loop, which serves push and mail meanwhile."""

    def __init__(self, node: Node, http: httpx.AsyncClient) -> None:
        self.node, self.http = node, http
        self.id, self.token = "", ""

    async def sign_up(self, username: str) -> None:
        body = {"username": username, "display_name": username.title(), "password": PASSWORD}
        answer = await self.ask("POST", "accounts", body)
        self.id, self.token = answer["account"]["id"], answer["token"]

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {self.token}"} if self.token else {}
        answer = await self.http.request(method, f"{self.node.address}/api/v1/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json() if answer.content else None


async def test_a_node_that_dies_while_it_pushes_and_writes_does_so_again_and_tells_once(
    node: Node, push: PushService, office: PostOffice
) -> None:
    await asyncio.to_thread(node.start)
    async with httpx.AsyncClient(verify=False, timeout=30) as http:
        amara, hana = Client(node, http), Client(node, http)
        await amara.sign_up("amara")
        await hana.sign_up("hana")
        _verify(node, amara.id)
        phone = push.browser()
        await amara.ask("PUT", "push-subscriptions", phone.subscription)
        space = (await hana.ask("POST", "spaces", {"title": "Night radio"}))["id"]

        push.silent = office.silent = True
        await hana.ask("POST", f"spaces/{space}/invitations/{amara.id}")
        await die_with_both(node, push, office)
        assert (phone.arrived, office.letters) == ([], [])

        await asyncio.to_thread(node.start)
        await told_once(amara, "invited", phone, office)


async def test_a_node_that_dies_right_after_a_deed_tells_of_it_once(node: Node, push: PushService) -> None:
    await asyncio.to_thread(node.start)
    async with httpx.AsyncClient(verify=False, timeout=30) as http:
        amara, bo = Client(node, http), Client(node, http)
        await amara.sign_up("amara")
        await bo.sign_up("bo")
        for round in range(3):
            await bo.ask("POST", "posts", {"text": f"@amara, {round}"})
            await asyncio.to_thread(node.kill)
            await asyncio.to_thread(node.start)
        async with asyncio.timeout(PATIENCE_S):
            while len((await amara.ask("GET", "notices"))["items"]) < 3:
                await asyncio.sleep(0.1)
        await asyncio.sleep(0)
        assert [notice["count"] for notice in (await amara.ask("GET", "notices"))["items"]] == [1, 1, 1]


async def test_a_node_that_dies_between_a_start_and_its_reminders_reminds_each_once(
    node: Node, push: PushService, office: PostOffice
) -> None:
    await asyncio.to_thread(node.start)
    async with httpx.AsyncClient(verify=False, timeout=30) as http:
        amara, hana = Client(node, http), Client(node, http)
        await amara.sign_up("amara")
        await hana.sign_up("hana")
        _verify(node, amara.id)
        phone = push.browser()
        await amara.ask("PUT", "push-subscriptions", phone.subscription)
        soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
        space = (await hana.ask("POST", "spaces", {"title": "Night radio", "scheduled_start": soon}))["id"]
        await amara.ask("PUT", f"spaces/{space}/reminder")

        # Once right after the commit, once when both have taken what they were told and have not said so yet.
        push.mute = office.mute = True
        await hana.ask("POST", f"spaces/{space}/start")
        await asyncio.to_thread(node.kill)
        await asyncio.to_thread(node.start)
        await arrived(phone, office, 1)
        await asyncio.to_thread(node.kill)
        push.mute = office.mute = False

        await asyncio.to_thread(node.start)
        await arrived(phone, office, 2)
        await told_once(amara, "reminder", phone, office)


async def die_with_both(node: Node, push: PushService, office: PostOffice) -> None:
    """Neither push service nor post office answers: the node holds what it was to tell both of when it dies."""
    async with asyncio.timeout(PATIENCE_S):
        await push.begun.wait()
        await office.begun.wait()
    await asyncio.to_thread(node.kill)
    push.silent = office.silent = False


async def arrived(phone: Browser, office: PostOffice, times: int) -> None:
    """So many pushes and letters, at least."""
    async with asyncio.timeout(PATIENCE_S):
        while len(phone.arrived) < times or len(office.letters) < times:
            await asyncio.sleep(0.1)


async def told_once(person: Client, kind: str, phone: Browser, office: PostOffice) -> None:
    """One line in the app; a push and a letter at least, and whatever came again collapses into the first."""
    await arrived(phone, office, 1)
    notices = (await person.ask("GET", "notices"))["items"]
    assert [(notice["kind"], notice["count"]) for notice in notices] == [(kind, 1)]
    assert {one.says["tag"] for one in phone.arrived} == {f"line:{notices[0]['id']}"}
    assert len({letter["Message-ID"] for letter in office.to(ADDRESS)}) == 1


def _verify(node: Node, person: str) -> None:
    """As if by the link in a letter."""
    with closing(sqlite3.connect(node.folder / "data" / "cooee.db")) as database:
        database.execute(
            "INSERT INTO email_addresses (person_id, address, folded, verified_at) VALUES (?, ?, ?, 0)",
            (int(person), ADDRESS, ADDRESS),
        )
        database.commit()
