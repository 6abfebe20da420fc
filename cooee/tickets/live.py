"""The cash desk: what needs the payment provider and the database both. No network inside a transaction.

Whatever breaks between the two is found again: every sale that is being paid has a job that looks after it.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.idempotency import once
from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from cooee.spaces.live import Live
from cooee.spaces.state import SpaceId
from cooee.tickets import ledger, reading, service, settling, shapes, store
from cooee.tickets.errors import NoTicket, NotPayable, PaymentsAway, TicketsOff
from cooee.tickets.payments import Event, NotPaidOut, Paid, Payments
from cooee.tickets.service import Order, Subject, Till
from cooee.tickets.state import Sale, SaleId

EVENT_TOPIC = "tickets.event"
_LEEWAY = timedelta(minutes=1)
"""The page expires that long after the hold: its own half hour begins a moment later."""

_OLD_RATE = timedelta(days=7)
"""How old a rate may be while there is none of today."""

_PARTY_BITS = 64
_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """There is one per node."""

    till: Till
    tools: Toolbox
    live: Live
    why_off: shapes.WhyOff | None

    @property
    def payments(self) -> Payments:
        """The way to the provider.

        Raises:
            TicketsOff
        """
        if self.till.payments is None:
            raise TicketsOff
        return self.till.payments

    # Selling.

    async def connect(self, me: PersonId, path: str) -> str:
        """Where somebody tells the provider who they are, so that they can be paid.

        Raises:
            TicketsOff, PaymentsAway
        """
        payments, now = self.payments, self.tools.clock.now()
        party = f"{self.tools.ids.random(_PARTY_BITS):016x}"
        await self.tools.db.write(lambda tx: store.make_payee(tx, me, party, now))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, me))
        assert payee is not None, "they were just made"
        account = payee.account
        if account is None:
            account = await payments.open_account(me)
            await self.tools.db.write(lambda tx: store.change_payee(tx, me, account=account))
        if payee.ready:
            return await payments.dashboard(account)
        return await payments.onboarding(account, f"{self.till.site_url}{path}")

    async def look_at_account(self, me: PersonId) -> None:
        """Notes how somebody's payout account stands.

        Raises:
            TicketsOff, PaymentsAway
        """
        payments = self.payments
        payee = await self.tools.db.read(lambda tx: store.payee(tx, me))
        if payee is None or payee.account is None:
            return
        state = await payments.account(payee.account)
        now = self.tools.clock.now()

        def note(tx: Connection) -> None:
            store.change_payee(tx, me, ready=state.ready, currency=state.currency)
            if state.ready:
                # A bank account that was wrong may be right now.
                for payout in store.payouts_to(tx, me):
                    if payout.state == "failed":
                        key = f"{settling.PAYOUT_TOPIC}:{payout.space}"
                        outbox.put_by(tx, key, settling.PAYOUT_TOPIC, {"space": payout.space}, now)

        await self.tools.db.write(note)

    # Buying.

    async def buy(self, me: PersonId, id: SpaceId, order: Order) -> Sale:
        """Keeps a seat, and makes the page on which it is paid, if it costs anything.

        Raises:
            TicketsOff, PaymentsAway, and what `service.hold` refuses.
        """
        now = self.tools.clock.now()
        rate = await self._rate_for(id, now)
        sale = await self.tools.db.write(lambda tx: service.hold(tx, self.till, me, id, order, rate, now))
        return await self._with_page(sale)

    async def tip(self, me: PersonId, id: SpaceId, amount: int, key: str | None) -> Sale:
        """The page on which a tip is paid.

        Raises:
            TicketsOff, PaymentsAway, and what `service.tip` refuses.
        """
        _, now = self.payments, self.tools.clock.now()
        about = await self.tools.db.read(lambda tx: service.subject(tx, self.till, id, me))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, about.owner))
        rate = await self.rate(payee.currency, now) if payee and payee.currency else 0

        def work(tx: Connection) -> Sale:
            def make() -> str:
                return service.tip(tx, self.till, me, id, amount, rate, now).id

            sale = store.sale(tx, SaleId(once(tx, me, "tip", key, now, make)))
            assert sale is not None, "it was just made, or when the key came first"
            return sale

        sale = await self.tools.db.write(work)
        return await self._with_page(sale)

    async def check(self, id: SaleId) -> Sale | None:
        """Asks the provider what became of a sale, and acts on it. Done twice, it is done once.

        Raises:
            TicketsOff, PaymentsAway
        """
        sale = await self.tools.db.read(lambda tx: store.sale(tx, id))
        if sale is None or sale.checkout is None or sale.state in ("refunded", "void"):
            return sale
        paid = await self.payments.look(sale.checkout)
        return await self._settle(id, paid)

    async def release(self, id: SaleId) -> None:
        """Closes the page of a sale whose time is over; what was paid at the last moment counts.

        Raises:
            TicketsOff, PaymentsAway
        """
        sale = await self.tools.db.read(lambda tx: store.sale(tx, id))
        if sale is None or sale.state != "held":
            return
        if sale.checkout is not None:
            await self.payments.expire(sale.checkout)
            await self.check(id)
        now = self.tools.clock.now()
        await self.tools.db.write(lambda tx: settling.release(tx, id, now))

    # What the provider tells.

    async def hear(self, event: Event) -> None:
        """Remembers an event, and has it looked into: once, however often it comes."""
        payload = _about(event)
        now = self.tools.clock.now()

        def note(tx: Connection) -> None:
            if store.first_time(tx, event.id, now) and payload is not None:
                outbox.put(tx, f"{EVENT_TOPIC}:{event.id}", EVENT_TOPIC, payload, now)

        await self.tools.db.write(note)

    async def look_into(self, told: dict[str, Any]) -> None:
        """Asks the provider about what an event was about."""
        match told:
            case {"sale": str(sale)}:
                await self.check(SaleId(sale))
            case {"payment": str(payment)}:
                known = await self.tools.db.read(lambda tx: store.sale_of_payment(tx, payment))
                found = known.id if known else await self.payments.sale_of(payment)
                if found is not None:
                    await self.check(SaleId(found))
            case {"account": str(account), "payout": str(payout)}:
                await self._payout_told(account, payout)
            case {"account": str(account)}:
                payee = await self.tools.db.read(lambda tx: store.payee_of_account(tx, account))
                if payee is not None:
                    await self.look_at_account(payee.person)

    async def give_back(self, id: SaleId) -> None:
        """Gives a buyer their money back."""
        sale = await self.tools.db.read(lambda tx: store.sale(tx, id))
        if sale is not None and sale.state == "refunding":
            await self.payments.give_back(sale)
            await self.tools.db.write(lambda tx: settling.refunded(tx, id))

    async def give_back_fee(self, id: SaleId) -> None:
        """Gives the host back what was taken beyond the platform's share."""
        sale = await self.tools.db.read(lambda tx: store.sale(tx, id))
        if sale is not None and sale.state == "paid" and sale.share is not None and sale.share < sale.fee:
            await self.payments.give_back_fee(sale, sale.fee - sale.share)

    async def take_back(self, id: SaleId, transfer: str) -> None:
        """Takes back from the host what a buyer's bank has taken."""
        sale = await self.tools.db.read(lambda tx: store.sale(tx, id))
        if sale is not None:
            await self.payments.take_back(sale, transfer)

    async def pay_out(self, id: SpaceId) -> timedelta | None:
        """Pays the host of a Space; how long to wait, if it cannot be yet."""
        payout = await self.tools.db.read(lambda tx: store.payout(tx, id))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, payout.host)) if payout else None
        if payout is None or payee is None or payout.state not in ("waiting", "failed"):
            return None
        if await self.tools.db.read(lambda tx: self.till.has_open_case(tx, id, payout.host)):
            return timedelta(hours=1)
        account = ledger.host(payee.party)
        owed = await self.tools.db.read(lambda tx: store.balances(tx, account, id))
        amount = owed.get(payout.currency, 0)
        if amount <= 0:
            await self.tools.db.write(lambda tx: settling.nothing_to_pay_out(tx, payout))
            return None
        if payee.account is None:
            raise NotPayable
        # After one that failed, or to which the provider said no, the next is another one.
        key = f"{id}:{payout.payout or ''}:{payout.tries}"
        try:
            sent = await self.payments.pay_out(payee.account, amount, payout.currency, key)
        except NotPaidOut:
            await self.tools.db.write(lambda tx: store.change_payout(tx, id, tries=payout.tries + 1))
            return timedelta(hours=1)
        now = self.tools.clock.now()
        await self.tools.db.write(lambda tx: settling.pay_out(tx, self.till.house.ids, payout, amount, sent, now))
        return None

    async def rate(self, currency: str, now: datetime) -> int:
        """The day's rate; if there is none, the last one of a week.

        Raises:
            TicketsOff, PaymentsAway
        """
        today = now.replace(hour=0, minute=0, second=0, microsecond=0)
        known = await self.tools.db.read(lambda tx: store.rate(tx, currency, today))
        if known is not None:
            return known
        try:
            found = await self.payments.rate(currency)
        except PaymentsAway:
            older = await self.tools.db.read(lambda tx: store.rate(tx, currency, now - _OLD_RATE))
            if older is None:
                raise
            return older
        await self.tools.db.write(lambda tx: store.note_rate(tx, currency, found, now))
        return found

    async def _rate_for(self, id: SpaceId, now: datetime) -> int:
        offer = await self.tools.db.read(lambda tx: store.offer(tx, id))
        return await self.rate(offer.currency, now) if offer and self.till.payments else 0

    async def _with_page(self, sale: Sale) -> Sale:
        if sale.state != "held" or sale.url is not None:
            return sale
        payments = self.payments
        payee = await self.tools.db.read(lambda tx: store.payee(tx, sale.host))
        if payee is None or payee.account is None or sale.held_until is None:
            raise NotPayable
        about: Subject = await self.tools.db.read(lambda tx: service.subject(tx, self.till, sale.space, sale.buyer))
        back = f"{self.till.site_url}/spaces/{sale.space}/paid"
        page = await payments.checkout(sale, payee.account, about.title, back, sale.held_until + _LEEWAY)
        await self.tools.db.write(lambda tx: store.change_sale(tx, sale.id, checkout=page.id, url=page.url))
        return replace(sale, checkout=page.id, url=page.url)

    async def _settle(self, id: SaleId, paid: Paid) -> Sale | None:
        now, ids = self.tools.clock.now(), self.till.house.ids
        if paid.state == "expired":
            await self.tools.db.write(lambda tx: settling.release(tx, id, now))
        return await self.tools.db.write(lambda tx: settling.settle(tx, ids, id, paid, now))

    async def _payout_told(self, account: str, id: str) -> None:
        payout = await self.tools.db.read(lambda tx: store.payout_of(tx, id))
        if payout is None:
            return
        state = await self.payments.payout_state(account, id)
        now, ids = self.tools.clock.now(), self.till.house.ids
        await self.tools.db.write(lambda tx: settling.paid_out(tx, ids, payout, state, now))

    async def ticket(self, me: PersonId, id: SaleId) -> shapes.Ticket:
        """One's own ticket or tip, as the provider knows it now.

        Raises:
            NoTicket, PaymentsAway
        """
        shown = await self.tools.db.read(lambda tx: reading.ticket(tx, self.till, me, id))
        if shown.state != "held":
            return shown
        if await self.check(id) is None:
            raise NoTicket
        return await self.tools.db.read(lambda tx: reading.ticket(tx, self.till, me, id))


def _about(event: Event) -> dict[str, Any] | None:
    """What an event is about, by id; None for what does not concern us."""
    about = event.about
    if event.type.startswith("checkout.session."):
        sale = about.get("client_reference_id")
        return {"sale": sale} if isinstance(sale, str) else None
    if event.type.startswith(("charge.dispute.", "charge.refund")):
        payment = about.get("payment_intent")
        return {"payment": payment} if isinstance(payment, str) else None
    if event.type == "account.updated":
        return {"account": str(about.get("id"))}
    if event.type.startswith("payout.") and event.account:
        return {"account": event.account, "payout": str(about.get("id"))}
    return None
