"""The cash desk: what needs the payment provider and the database both. No network inside a transaction.

Whatever breaks between the two is found again: every sale that is being paid has a job that looks after it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Connection

from cooee.kit import outbox
from cooee.kit.errors import TooManyRequests
from cooee.kit.idempotency import once
from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from cooee.spaces.live import Live
from cooee.spaces.state import SpaceId
from cooee.tickets import (
    ledger,
    ledger_store,
    moderated,
    payout_store,
    payouts,
    reading,
    rules,
    sale_store,
    service,
    settling,
    shapes,
    store,
)
from cooee.tickets.errors import NothingOwed, NoTicket, NotPayable, PaymentsAway, TicketsOff
from cooee.tickets.exchange import Rates
from cooee.tickets.payment_state import Event, Paid, Sent
from cooee.tickets.payments import NotPaidOut, Payments
from cooee.tickets.rules import HOLD
from cooee.tickets.service import Order
from cooee.tickets.state import UNPAID, Owed, Payout, Sale, SaleId
from cooee.tickets.till import Subject, Till, subject

EVENT_TOPIC = "tickets.event"
_LEEWAY = timedelta(minutes=1)
"""The page expires that long after the hold: its own half hour begins a moment later."""

_SOON = timedelta(seconds=10)
_OLD_RATE = timedelta(days=7)
"""How old a rate may be while there is none of today."""

_CLOCKS_DIFFER = timedelta(days=7)
"""How long before it was due a payout is looked for: the provider's clock is not ours. What we know is passed over."""

_PARTY_BITS = 64
_LOOKS = "40 per minute"
"""How often the provider is asked about one sale by whoever waits for it: their page asks every two seconds."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Desk:
    """There is one per node."""

    till: Till
    tools: Toolbox
    live: Live
    why_off: shapes.WhyOff | None
    rates: Rates
    limit: str = ""
    """How often somebody may have us ask the provider, or try a code."""

    @property
    def payments(self) -> Payments:
        """The way to the provider.

        Raises:
            TicketsOff
        """
        if self.till.payments is None:
            raise TicketsOff
        return self.till.payments

    async def close(self) -> None:
        """Leaves the provider."""
        if self.till.payments is not None:
            await self.till.payments.close()

    # Selling.

    async def connect(self, me: PersonId, path: str, country: str | None) -> str:
        """Where somebody tells the provider who they are, so that they can be paid.

        `country`: where, if there is more than one.

        Raises:
            TicketsOff, PaymentsAway, CountryNotPossible
        """
        payments, now = self.payments, self.tools.clock.now()
        party = f"{self.tools.ids.random(_PARTY_BITS):016x}"
        await self.tools.db.write(lambda tx: store.make_payee(tx, me, party, now))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, me))
        assert payee is not None, "they were just made"
        account = payee.account
        if account is None:
            account = await payments.open_account(me, rules.country(self.till.countries, country))
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
                payouts.try_payouts_again(tx, me, now)

        await self.tools.db.write(note)

    # Buying.

    async def buy(self, me: PersonId, id: SpaceId, order: Order) -> Sale:
        """Keeps a seat, and makes the page on which it is paid, if it costs anything.

        Raises:
            TicketsOff, PaymentsAway, and what `service.hold` refuses.
        """
        now = self.tools.clock.now()
        rate = await self._rate_for(id, order, now)
        sale = await self.tools.db.write(lambda tx: service.hold(tx, self.till, me, id, order, rate, now))
        return await self._with_page(sale)

    async def tip(self, me: PersonId, id: SpaceId, amount: int, key: str | None) -> Sale:
        """The page on which a tip is paid.

        Raises:
            TicketsOff, PaymentsAway, and what `service.tip` refuses.
        """
        _, now = self.payments, self.tools.clock.now()
        about = await self.tools.db.read(lambda tx: subject(tx, self.till, id, me))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, about.owner))
        rate = await self.rate(payee.currency, now) if payee and payee.ready and payee.currency else 0

        def work(tx: Connection) -> Sale:
            def make() -> str:
                return service.tip(tx, self.till, me, id, amount, rate, now).id

            sale = sale_store.sale(tx, SaleId(once(tx, me, "tip", key, now, make)))
            assert sale is not None, "it was just made, or when the key came first"
            return sale

        sale = await self.tools.db.write(work)
        return await self._with_page(sale)

    async def check(self, id: SaleId) -> Sale | None:
        """Asks the provider what became of a sale, and acts on it. Done twice, it is done once.

        Raises:
            TicketsOff, PaymentsAway
        """
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is None or sale.checkout is None:
            return sale
        paid = await self.payments.look(sale.checkout)
        return await self._settle(id, paid)

    async def release(self, id: SaleId) -> None:
        """Closes the page of a sale whose time is over; what was paid at the last moment counts.

        Raises:
            TicketsOff, PaymentsAway
        """
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
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

    async def look_into(self, told: dict[str, Any], attempt: int) -> None:
        """Asks the provider about what an event was about."""
        match told:
            case {"sale": str(sale), "checkout": str(checkout)}:
                await self._page_told(SaleId(sale), checkout, attempt)
            case {"payment": str(payment)}:
                known = await self.tools.db.read(lambda tx: sale_store.sale_of_payment(tx, payment))
                found = known.id if known else await self.payments.sale_of(payment)
                if found is not None:
                    await self.check(SaleId(found))
            case {"payout": str(payout)}:
                await self._payout_told(payout)
            case {"account": str(account)}:
                payee = await self.tools.db.read(lambda tx: store.payee_of_account(tx, account))
                if payee is not None:
                    await self.look_at_account(payee.person)

    async def give_back(
        self, id: SaleId, payment: str, attempt: int, transfer: str | None = None, amount: int | None = None
    ) -> None:
        """Gives a buyer their money back, or `amount` of it; if their bank was quicker, that is what happened.

        `transfer`: the host's part of it, which may have been taken back for the bank before it lost its case.
        It goes back too where the sale is not there any more: somebody's account was erased.
        """
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is not None and sale.state != "refunding":
            return
        if await self.payments.give_back(payment, id, attempt, transfer, amount):
            if sale is not None and sale.returned and sale.checkout is not None:
                # Of what the operator gave back before, the host may have kept their part until now.
                rest = (await self.payments.look(sale.checkout)).transfer
                if rest is not None:
                    await self.payments.take_back(sale, rest, attempt)
            now = self.tools.clock.now()
            await self.tools.db.write(lambda tx: settling.refunded(tx, id, now))
            return
        after = await self.check(id)
        if after is not None and after.state == "refunding":
            raise PaymentsAway

    async def give_back_fee(self, id: SaleId) -> None:
        """Gives the host back what was taken beyond the platform's share."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is not None and sale.state == "paid" and sale.share is not None and sale.share < sale.fee:
            await self.payments.give_back_fee(sale, sale.fee - sale.share)

    async def note_cost(self, id: SaleId) -> timedelta | None:
        """Books what the provider kept of a payment, once it says so; how long to wait, if it does not."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is None or sale.checkout is None:
            return None
        paid = await self.payments.look(sale.checkout)
        await self._settle(id, paid)
        return None if paid.priced else timedelta(hours=1)

    async def take_back(self, id: SaleId, transfer: str, attempt: int) -> None:
        """Takes back from the host what a buyer's bank has taken, unless it has lost its case meanwhile."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is None or sale.checkout is None:
            return
        if (await self.payments.look(sale.checkout)).dispute in ("open", "lost"):
            await self.payments.take_back(sale, transfer, attempt)

    async def take_rest(self, id: SaleId, transfer: str, attempt: int) -> None:
        """Takes back from the host what the operator gave back to a buyer at the provider's, and left with the host."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is not None:
            await self.payments.take_back(sale, transfer, attempt)

    async def refund_again(self, id: SaleId) -> None:
        """Sends a buyer once more what their bank sent back.

        Raises:
            TicketsOff, PaymentsAway, NothingOwed, RefundRefused
        """
        sale = await self.check(id)
        if sale is None or not sale.owing or sale.checkout is None or sale.payment is None:
            raise NothingOwed
        refunds = (await self.payments.look(sale.checkout)).refunds
        tried = {refund.instead for refund in refunds}
        last = next((one.id for one in reversed(refunds) if one.failed and one.id not in tried), None)
        if last is None:
            raise NothingOwed
        await self.payments.give_again(sale.payment, id, sale.owing, last)
        await self.check(id)

    async def make_good(self, id: SaleId, transfer: str) -> None:
        """Gives the host what was taken back, once the bank has lost its case."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, sale.host)) if sale else None
        if sale is None or payee is None or payee.account is None:
            return
        account = ledger.host(payee.party)
        name = f"chargeback_won:{id}"
        amount = await self.tools.db.read(lambda tx: ledger_store.booked(tx, name, account))
        if amount > 0:
            await self.payments.make_good(sale, amount, payee.account, transfer)

    async def pay_out(self, owed: Owed) -> timedelta | None:
        """Pays somebody for a Space; how long to wait, if it cannot be yet."""
        before = await self.tools.db.read(lambda tx: payout_store.payout(tx, owed))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, before.host)) if before else None
        if before is None or payee is None or before.state not in UNPAID:
            return None
        if await self.tools.db.read(lambda tx: self.till.has_open_case(tx, owed.space, owed.host)):
            return timedelta(hours=1)
        if await self.tools.db.read(lambda tx: moderated.is_going_back(tx, owed.space, owed.host)):
            return timedelta(minutes=1)
        if payee.account is None:
            raise NotPayable
        payout = await self.tools.db.write(lambda tx: payouts.begin_payout(tx, before))
        if payout is None:
            return None
        # Who asked before and heard nothing first looks whether it was done: the provider forgets keys after a day.
        sent = await self._sent_already(payee.account, payout) if before.state == "sending" else None
        try:
            sent = sent or await self.payments.pay_out(payee.account, owed, payout.amount, payout.tries)
        except NotPaidOut:
            await self.tools.db.write(lambda tx: payouts.not_paid_out(tx, payout))
            return timedelta(hours=1)
        done, now = sent, self.tools.clock.now()
        await self.tools.db.write(lambda tx: payouts.pay_out(tx, self.till.house.ids, payout, done, now))
        return None

    async def _sent_already(self, account: str, payout: Payout) -> Sent | None:
        for sent in await self.payments.payouts(account, payout.owed, payout.due_at - _CLOCKS_DIFFER):
            name = payouts.payout_name(sent.id)
            if not await self.tools.db.read(lambda tx, name=name: ledger_store.is_booked(tx, name)):  # type: ignore[misc]
                return sent
        return None

    async def look_after(self, id: str) -> timedelta | None:
        """Asks what became of a payout of which the bank has said nothing; how long to wait, if it still has not."""
        await self._payout_told(id)
        payout = await self.tools.db.read(lambda tx: payout_store.payout_of(tx, id))
        is_open = payout is not None and payout.payout == id and payout.state == "sent"
        return timedelta(days=1) if is_open else None

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
            found = await self.rates.rate(currency)
        except PaymentsAway:
            older = await self.tools.db.read(lambda tx: store.rate(tx, currency, now - _OLD_RATE))
            if older is None:
                raise
            return older
        await self.tools.db.write(lambda tx: store.note_rate(tx, currency, found, now))
        return found

    async def _rate_for(self, id: SpaceId, order: Order, now: datetime) -> int:
        currency = await self.tools.db.read(lambda tx: service.needs_rate(tx, id, order.code))
        return await self.rate(currency, now) if currency and self.till.payments else 0

    async def _with_page(self, sale: Sale) -> Sale:
        if sale.state != "held" or sale.url is not None:
            return sale
        payments = self.payments
        payee = await self.tools.db.read(lambda tx: store.payee(tx, sale.host))
        if payee is None or payee.account is None or sale.held_until is None:
            raise NotPayable
        now = self.tools.clock.now()
        if sale.held_until + _LEEWAY < now + HOLD + _SOON:
            # The first try broke off, and the provider wants all of its half hour.
            kept = await self.tools.db.write(lambda tx: settling.keep(tx, sale.id, now))
            if kept is None or kept.state != "held" or kept.held_until is None or kept.url is not None:
                return kept or sale
            sale = kept
        expires = (sale.held_until or now) + _LEEWAY
        about: Subject = await self.tools.db.read(lambda tx: subject(tx, self.till, sale.space, sale.buyer))
        back = f"{self.till.site_url}/spaces/{sale.space}/paid"
        page = await payments.checkout(sale, payee.account, about.title, back, expires)
        id = sale.id
        await self.tools.db.write(lambda tx: sale_store.note_page(tx, id, page.id, page.url))
        return await self.tools.db.read(lambda tx: sale_store.sale(tx, id)) or sale

    async def _settle(self, id: SaleId, paid: Paid) -> Sale | None:
        now, ids = self.tools.clock.now(), self.till.house.ids
        if paid.state == "expired":
            await self.tools.db.write(lambda tx: settling.release(tx, id, now))
        return await self.tools.db.write(lambda tx: settling.settle(tx, ids, id, paid, now))

    async def _page_told(self, id: SaleId, checkout: str, attempt: int) -> None:
        """What became of a page, also of one lost when a node died. What was paid on a second one goes back."""
        sale = await self.tools.db.read(lambda tx: sale_store.sale(tx, id))
        if sale is None:
            return
        if sale.checkout is None:
            await self.tools.db.write(lambda tx: sale_store.note_page(tx, id, checkout, None))
        elif sale.checkout != checkout:
            stray = await self.payments.look(checkout)
            if stray.payment is not None and not stray.refunds:
                await self.payments.give_back(stray.payment, id, attempt)
            return
        await self.check(id)

    async def _payout_told(self, id: str) -> None:
        payout = await self.tools.db.read(lambda tx: payout_store.payout_of(tx, id))
        payee = await self.tools.db.read(lambda tx: store.payee(tx, payout.host)) if payout else None
        if payout is None or payee is None or payee.account is None:
            return
        state = await self.payments.payout_state(payee.account, id)
        now, ids = self.tools.clock.now(), self.till.house.ids
        await self.tools.db.write(lambda tx: payouts.paid_out(tx, ids, payout, id, state, now))

    def _may_look(self, id: SaleId) -> bool:
        try:
            self.tools.limits.hit(_LOOKS, "ticket-look", id)
        except TooManyRequests:
            return False
        return True

    async def ticket(self, me: PersonId, id: SaleId) -> shapes.Ticket:
        """One's own ticket or tip, as the provider knows it now.

        Raises:
            NoTicket, PaymentsAway
        """
        shown = await self.tools.db.read(lambda tx: reading.ticket(tx, self.till, me, id))
        if shown.state != "held" or not self._may_look(id):
            return shown
        if await self.check(id) is None:
            raise NoTicket
        return await self.tools.db.read(lambda tx: reading.ticket(tx, self.till, me, id))


def _about(event: Event) -> dict[str, Any] | None:
    """What an event is about, by id; None for what does not concern us."""
    about = event.about
    if event.type.startswith("checkout.session.") and event.account is None:
        sale = about.get("client_reference_id")
        return {"sale": sale, "checkout": str(about.get("id"))} if isinstance(sale, str) else None
    if event.type.startswith(("charge.dispute.", "charge.refund", "refund.")) and event.account is None:
        payment = about.get("payment_intent")
        return {"payment": payment} if isinstance(payment, str) else None
    if event.type == "account.updated":
        return {"account": str(about.get("id"))}
    if event.type.startswith("payout.") and event.account:
        return {"payout": str(about.get("id"))}
    return None
