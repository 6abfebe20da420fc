"""A town with a host who sells, and a stand-in for Stripe."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import Connection, func, select

from cooee.kit import outbox
from cooee.kit.clock import SettableClock
from cooee.kit.web import Toolbox
from cooee.kit.worker import Worker
from cooee.notify import jobs as notify_jobs
from cooee.people import jobs as people_jobs
from cooee.people import store as people_store
from cooee.people.ids import PersonId
from cooee.schedule import jobs as schedule_jobs
from cooee.spaces import jobs as spaces_jobs
from cooee.tickets import jobs
from cooee.tickets.live import Desk
from tests.payments.stripe import KEY, WEBHOOK_SECRET, Stripe, Thing, mock, signed, stand_in
from tests.visitor import Visitor


@pytest.fixture(scope="session")
def stripe_mock() -> Iterator[str]:
    with mock() as address:
        yield address


@pytest.fixture
async def stripe(stripe_mock: str) -> AsyncIterator[Stripe]:
    async with stand_in(stripe_mock) as stripe:
        yield stripe


@pytest.fixture
def changed_settings(stripe: Stripe) -> dict[str, Any]:
    return {
        "hosting": "everyone",
        "ticketing": "everyone",
        # Or each Space here would have to go on for a while.
        "ticket_least_minutes": 0,
        "stripe_secret_key": KEY,
        "stripe_webhook_secret": WEBHOOK_SECRET,
        "stripe_url": stripe.url,
        "rates_url": f"{stripe.url}/rates.xml",
        "tests_may_reach_loopback": True,
    }


@dataclass(frozen=True)
class Fair:
    """A node that sells, and time that passes when a test says so."""

    node: FastAPI
    guest: Visitor
    clock: SettableClock
    stripe: Stripe

    @property
    def desk(self) -> Desk:
        desk: Desk = self.node.state.tickets
        return desk

    @property
    def tools(self) -> Toolbox:
        tools: Toolbox = self.node.state.tools
        return tools

    async def work(self) -> None:
        """Works what is due, until nothing is."""
        handlers = {
            **people_jobs.handlers(self.tools, ()),
            **spaces_jobs.handlers(self.desk.live),
            **schedule_jobs.handlers(self.clock, self.desk.till.house.suspended),
            **jobs.handlers(self.desk),
            **notify_jobs.handlers(self.node.state.notify, self.tools),
        }
        worker = Worker(self.tools.db, self.clock, handlers)

        def due(tx: Connection) -> int:
            ours = outbox.outbox.c.topic.in_(handlers), outbox.outbox.c.due_at <= self.clock.now()
            return tx.execute(select(func.count()).select_from(outbox.outbox).where(*ours)).scalar_one()

        async with asyncio.timeout(60):
            # The node's own worker may have begun what is due.
            while await worker.run_due() or await self.tools.db.read(due):
                await asyncio.sleep(0.01)

    async def pass_time(self, **by: float) -> None:
        self.clock.advance(timedelta(**by))
        await self.work()

    async def host(self, name: str = "amara", currency: str = "usd") -> Visitor:
        """Somebody who is paid."""
        host, self.stripe.currency = await self.guest.sign_up(name), currency
        await host.post("me/payout-account")
        account = list(self.stripe.accounts)[-1]
        self.stripe.accounts[account] |= {"charges_enabled": True, "payouts_enabled": True}
        assert (await host.post("me/payout-account/check"))["account"] == "ready"
        return host

    async def announce(self, host: Visitor, **more: Any) -> str:
        """A Space that begins tomorrow."""
        tomorrow = (self.clock.now() + timedelta(days=1)).isoformat()
        body = {"title": "Tea", "scheduled_start": tomorrow, **more}
        id: str = (await host.post("spaces", body))["id"]
        return id

    async def sell(self, host: Visitor, price: int = 1000, seats: int = 10, **more: Any) -> str:
        """A Space with tickets."""
        space = await self.announce(host, **more)
        await host.put(f"spaces/{space}/tickets", {"price": price, "seats": seats})
        return space

    async def tell(self, event: Thing) -> None:
        """Stripe tells of something, and it is looked into."""
        body, signature = signed(event)
        headers = {"stripe-signature": signature, "content-type": "application/json"}
        answer = await self.guest.send("POST", "payments/events", content=body, headers=headers)
        assert answer.status_code == 204, answer.text
        await self.work()

    async def buy(self, buyer: Visitor, space: str, **order: Any) -> Any:
        """Holds a seat, pays for it, and has Stripe tell of it; the ticket."""
        ticket = await buyer.post(f"spaces/{space}/tickets", order)
        if ticket["state"] == "held":
            await self.tell(self.stripe.pay(self.stripe.of_sale(ticket["id"])))
        return await buyer.get(f"me/tickets/{ticket['id']}")

    async def tip(self, giver: Visitor, space: str, amount: int) -> Any:
        """Gives the host something, and has Stripe tell of it; the tip."""
        tip = await giver.post(f"spaces/{space}/tips", {"amount": amount})
        await self.tell(self.stripe.pay(self.stripe.of_sale(tip["id"])))
        return await giver.get(f"me/tickets/{tip['id']}")

    async def made_admin(self, person: Visitor) -> None:
        """From now on somebody runs the site."""
        me = PersonId(person.id)
        await self.tools.db.write(lambda tx: people_store.change(tx, me, {"admin": True}))

    async def decided(self, admin: Visitor, decision: str) -> Any:
        """Decides the only case there is; the case."""
        (case,) = (await admin.get("moderation/cases"))["items"]
        made = await admin.post(f"moderation/cases/{case['id']}/decision", {"decision": decision})
        await self.work()
        return made

    async def people(self, *names: str) -> list[Visitor]:
        return [await self.guest.sign_up(name) for name in names]


@pytest.fixture
async def fair(node: FastAPI, guest: Visitor, clock: SettableClock, stripe: Stripe) -> Fair:
    return Fair(node, guest, clock, stripe)
