"""Death between a payment and its admission, and in the midst of a refund: nothing is lost, nothing happens twice."""

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.live.node import Node
from tests.live.test_deaths import LEASE_S, Client
from tests.payments.stripe import KEY, WEBHOOK_SECRET, Stripe, Thing, mock, signed, stand_in

pytestmark = [pytest.mark.deaths, pytest.mark.anyio, pytest.mark.timeout(300)]


@pytest.fixture
async def stripe() -> AsyncIterator[Stripe]:
    with mock() as address:
        async with stand_in(address) as stripe:
            yield stripe


@pytest.fixture
def node(tmp_path: Path, stripe: Stripe) -> Iterator[Node]:
    settings = {
        "COOEE_STRIPE_SECRET_KEY": KEY,
        "COOEE_STRIPE_WEBHOOK_SECRET": WEBHOOK_SECRET,
        "COOEE_STRIPE_URL": stripe.url,
        "COOEE_TICKETING": "everyone",
    }
    node = Node(tmp_path / "node", settings, forked=True)
    try:
        yield node
    finally:
        node.stop()


async def test_a_payment_survives_the_death_of_the_node_that_was_to_let_its_buyer_in(
    node: Node, stripe: Stripe
) -> None:
    await asyncio.to_thread(node.start)
    async with httpx.AsyncClient(verify=False, timeout=30) as http:
        host, buyer = Client(node, http), Client(node, http)
        space = await _on_sale(host, buyer, stripe)
        held = await buyer.ask("POST", f"spaces/{space}/tickets", {})
        page = stripe.of_sale(held["id"])
        paid = stripe.pay(page)

        # The node has taken the event, and dies while it asks what became of the page.
        stripe.silent = "before", f"/v1/checkout/sessions/{page}"
        await _tell(http, node, paid)
        await _until(lambda: ("GET", f"/v1/checkout/sessions/{page}") in stripe.requests)
        node.kill()
        assert _rows(node, "SELECT state FROM ticket_sales") == [("held",)]
        stripe.silent = None
        await asyncio.to_thread(node.start)
        await _until(lambda: _rows(node, "SELECT state FROM ticket_sales") == [("paid",)])

        await host.ask("POST", f"spaces/{space}/start")
        assert (await buyer.ask("POST", f"spaces/{space}/join"))["role"] == "listener"
        await _tell(http, node, paid)
        await _tell(http, node, {**paid, "id": "evt_again"})
        await _until(lambda: _rows(node, "SELECT count(*) FROM outbox WHERE topic = 'tickets.event'") == [(0,)])
        booked = "SELECT kind, amount FROM ledger_lines WHERE account LIKE 'host:%'"
        assert _rows(node, booked) == [("sale", 970)]

        # Stripe gives the money back, and the node dies before it hears so.
        stripe.silent = "after", "/v1/refunds"
        await host.ask("POST", f"spaces/{space}/tickets/sold/{held['id']}/refund")
        await _until(lambda: len(stripe.refunds) == 1)
        node.kill()
        assert _rows(node, "SELECT state FROM ticket_sales") == [("refunding",)]
        stripe.silent = None
        stripe.forget_keys()
        await asyncio.to_thread(node.start)
        await _until(lambda: _rows(node, "SELECT state FROM ticket_sales") == [("refunded",)])
        assert len(stripe.refunds) == 1
        assert sorted(_rows(node, booked)) == [("refund", -970), ("sale", 970)]
        assert _rows(node, "SELECT DISTINCT sum(amount) FROM ledger_lines GROUP BY entry") == [(0,)]


async def _on_sale(host: Client, buyer: Client, stripe: Stripe) -> str:
    await host.sign_up("amara")
    await buyer.sign_up("bo")
    await host.ask("POST", "me/payout-account")
    for account in stripe.accounts.values():
        account |= {"charges_enabled": True, "payouts_enabled": True}
    await host.ask("POST", "me/payout-account/check")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    space: str = (await host.ask("POST", "spaces", {"title": "Tea", "scheduled_start": tomorrow}))["id"]
    await host.ask("PUT", f"spaces/{space}/tickets", {"price": 1000, "seats": 1})
    return space


async def _tell(http: httpx.AsyncClient, node: Node, event: Thing) -> None:
    body, signature = signed(event)
    headers = {"stripe-signature": signature, "content-type": "application/json"}
    answer = await http.post(f"{node.address}/api/v1/payments/events", content=body, headers=headers)
    assert answer.status_code == 204, answer.text


async def _until(holds: Callable[[], bool]) -> None:
    """Another node takes the work over when the lease of the dead one lapses."""
    until = time.monotonic() + LEASE_S + 60
    while not holds():
        assert time.monotonic() < until, "it did not come about"
        await asyncio.sleep(0.1)


def _rows(node: Node, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(node.folder / "data/cooee.db", timeout=10)) as database:
        return database.execute(query).fetchall()
