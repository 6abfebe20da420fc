"""Stripe, as this domain uses it: Connect Express, Checkout with destination charges, refunds, payouts, events.

Every call that makes something carries an idempotency key of ours, so that a repeat after a break changes nothing.
Stripe remembers a key for a day; what could be made twice after that is looked up before it is made again.
"""

from collections.abc import Awaitable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import structlog

from cooee.kit import money
from cooee.people.ids import PersonId
from cooee.tickets.errors import BadSignature, PaymentsAway, RefundRefused
from cooee.tickets.payment_state import AccountState, Checkout, Cost, Event, Paid, Refund, Sent
from cooee.tickets.state import Owed, Sale

if TYPE_CHECKING:
    import stripe

T = TypeVar("T")

_RETRIES = 2
_TIMEOUT_S = 8
"""With all retries less than the lease of a job."""

_log = structlog.get_logger(__name__)


class NotPaidOut(PaymentsAway):
    """The provider said no to a payout, and means it: an account has not enough yet."""


class Payments:
    """The way to Stripe. There is one per node, where the operator has given keys."""

    def __init__(self, key: str, webhook_secrets: Sequence[str], url: str | None) -> None:
        """`webhook_secrets`: events of our own account and of connected ones come from two endpoints, each with one.

        `url` is given by tests: another address than Stripe's.
        """
        # Late: the library takes seconds to load, and most sites sell nothing.
        import stripe

        self._http: Any = stripe.HTTPXClient(timeout=_TIMEOUT_S)
        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": url} if url else {},
            max_network_retries=_RETRIES,
            http_client=self._http,
        )
        self._stripe = stripe
        self._secrets = tuple(webhook_secrets)

    async def close(self) -> None:
        """Ends the connections that are kept for more requests."""
        await self._http.close_async()
        self._http.close()

    async def open_account(self, person: PersonId, country: str | None) -> str:
        """A payout account for somebody, without a country in the platform's; asked again within a day, the same."""
        asked: Any = {
            "type": "express",
            "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
            "settings": {"payouts": {"schedule": {"interval": "manual"}}},
            "metadata": {"person": person},
        }
        key = f"account:{person}"
        if country is not None:
            asked["country"] = country
            key = f"{key}:{country}"
        account = await self._asked(self._client.v1.accounts.create_async(asked, {"idempotency_key": key}))
        return account.id

    async def onboarding(self, account: str, back: str) -> str:
        """Where the owner of an account tells Stripe who they are."""
        link = await self._asked(
            self._client.v1.account_links.create_async(
                {"account": account, "type": "account_onboarding", "return_url": back, "refresh_url": back}
            )
        )
        return link.url

    async def dashboard(self, account: str) -> str:
        """Where the owner of an account sees it at Stripe."""
        return (await self._asked(self._client.v1.accounts.login_links.create_async(account))).url

    async def account(self, account: str) -> AccountState:
        """How an account stands."""
        found = await self._asked(self._client.v1.accounts.retrieve_async(account))
        currency = (found.default_currency or "usd").lower()
        return AccountState(
            bool(found.charges_enabled and found.payouts_enabled) and money.is_sold_in(currency), currency
        )

    async def checkout(self, sale: Sale, account: str, what: str, back: str, expires: datetime) -> Checkout:
        """The page on which a sale is paid; asked again, the same. Immediate ways of paying only."""
        asked: Any = {
            "mode": "payment",
            "client_reference_id": sale.id,
            "metadata": {"sale": sale.id},
            "payment_method_types": ["card"],
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": sale.currency,
                        "unit_amount": sale.amount,
                        "product_data": {"name": what},
                    },
                }
            ],
            "payment_intent_data": {
                "application_fee_amount": sale.fee,
                "on_behalf_of": account,
                "transfer_data": {"destination": account},
                "metadata": {"sale": sale.id},
            },
            "success_url": f"{back}?sale={sale.id}",
            "cancel_url": f"{back}?sale={sale.id}&left=1",
            "expires_at": int(expires.timestamp()),
        }
        page = await self._asked(
            self._client.v1.checkout.sessions.create_async(
                asked, {"idempotency_key": f"checkout:{sale.id}:{asked['expires_at']}"}
            )
        )
        assert page.url is not None, "a page that was just made has an address"
        return Checkout(page.id, page.url)

    async def look(self, checkout: str) -> Paid:
        """What became of a checkout."""
        page = await self._asked(
            self._client.v1.checkout.sessions.retrieve_async(
                checkout,
                {
                    "expand": [
                        "payment_intent.latest_charge.balance_transaction",
                        "payment_intent.latest_charge.refunds",
                    ]
                },
            )
        )
        if page.payment_status != "paid":
            return Paid("expired" if page.status == "expired" else "open")
        intent: Any = page.payment_intent
        charge: Any = intent.latest_charge
        cost = [] if charge.balance_transaction is None else [_cost(charge.balance_transaction)]
        dispute, more = await self._dispute(intent.id) if charge.disputed else (None, [])
        refunds, fee = await self._refunds(intent.id, charge), _id(charge.application_fee)
        return Paid(
            "paid",
            intent.id,
            fee=fee,
            transfer=_id(charge.transfer),
            dispute=dispute,
            refunds=refunds,
            fee_back=await self._fee_back(fee) if fee and not all(refund.ours for refund in refunds) else 0,
            costs=(*cost, *more),
            priced=bool(cost),
        )

    async def _refunds(self, payment: str, charge: Any) -> tuple[Refund, ...]:
        found = charge.refunds
        if found is not None and found.has_more:
            return await self._refunds_of(payment)
        return tuple(_refund(each) for each in reversed(found.data)) if found is not None else ()

    async def _refunds_of(self, payment: str) -> tuple[Refund, ...]:
        found = await self._asked(self._client.v1.refunds.list_async({"payment_intent": payment, "limit": 100}))
        return tuple(_refund(each) for each in reversed(found.data))

    async def _fee_back(self, fee: str) -> int:
        found = await self._asked(self._client.v1.application_fees.retrieve_async(fee))
        return int(found.amount_refunded)

    async def _dispute(self, payment: str) -> tuple[Literal["open", "lost", "won"] | None, list[Cost]]:
        """How a bank's claim stands. A question of the bank's (an inquiry) takes nothing yet."""
        found: Any = await self._asked(self._client.v1.disputes.list_async({"payment_intent": payment, "limit": 100}))
        states = {str(each.status) for each in found.data}
        costs = [_cost(each) for dispute in found.data for each in dispute.balance_transactions]
        if "lost" in states:
            return "lost", costs
        if states & {"needs_response", "under_review"}:
            return "open", costs
        return ("won" if "won" in states else None), costs

    async def sale_of(self, payment: str) -> str | None:
        """Which sale of ours a payment is for, if it is one."""
        intent: Any = await self._asked(self._client.v1.payment_intents.retrieve_async(payment))
        return _noted(intent, "sale")

    async def expire(self, checkout: str) -> None:
        """Closes a page that was not paid. One that was paid, or expired meanwhile, stays as it is."""
        try:
            await self._client.v1.checkout.sessions.expire_async(checkout)
        except self._stripe.InvalidRequestError:
            return
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def give_back(
        self, payment: str, sale: str, attempt: int, transfer: str | None = None, amount: int | None = None
    ) -> bool:
        """Gives a buyer everything back, or `amount`: the host's part and the platform's fee too. It is done once.

        False if it cannot be done, for the buyer's bank has taken it meanwhile. `attempt`: under a key that it knows,
        the provider repeats that it said no, although it could by now. `transfer`, if given, may have been taken back
        from the host before, and the fee with it.
        """
        asked: Any = {"payment_intent": payment, "metadata": {"sale": sale}}
        if amount is not None:
            if any(refund.ours and refund.instead is None for refund in await self._refunds_of(payment)):
                return True
            asked["amount"] = amount
        if transfer is None or not await self._is_taken_back(transfer):
            asked |= {"reverse_transfer": True, "refund_application_fee": True}
        turn = f"{attempt}" if transfer is None else f"won:{attempt}"
        try:
            await self._client.v1.refunds.create_async(asked, {"idempotency_key": f"refund:{payment}:{turn}"})
        except self._stripe.InvalidRequestError as error:
            if error.code == "charge_disputed":
                return False
            # We were quicker, days ago; or the operator, in Stripe's own pages.
            if error.code != "charge_already_refunded":
                raise self._away(error) from error
        except self._stripe.StripeError as error:
            raise self._away(error) from error
        return True

    async def give_again(self, payment: str, sale: str, amount: int, instead: str) -> None:
        """Gives a buyer what their bank sent back: the host's part of it was taken back before.

        Raises:
            RefundRefused: it cannot be sent to them this way.
        """
        asked: Any = {"payment_intent": payment, "amount": amount, "metadata": {"sale": sale, "instead": instead}}
        try:
            await self._client.v1.refunds.create_async(asked, {"idempotency_key": f"refund:{payment}:after:{instead}"})
        except self._stripe.InvalidRequestError as error:
            self._away(error)
            raise RefundRefused from error
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def give_back_fee(self, sale: Sale, amount: int) -> None:
        """Gives the host back what was asked for the platform beyond its share; what went back before counts."""
        assert sale.application_fee is not None, "a fee was taken"
        fee = await self._asked(self._client.v1.application_fees.retrieve_async(sale.application_fee))
        if fee.amount_refunded >= amount:
            return
        await self._asked(
            self._client.v1.application_fees.refunds.create_async(
                sale.application_fee, {"amount": amount}, {"idempotency_key": f"fee:{sale.id}"}
            )
        )

    async def take_back(self, sale: Sale, transfer: str, attempt: int) -> None:
        """Takes back from the host what a buyer's bank has taken from us: all of it, and so not twice."""
        if await self._is_taken_back(transfer):
            return
        # Without an amount: all that is left of it.
        await self._asked(
            self._client.v1.transfers.reversals.create_async(
                transfer, {"refund_application_fee": True}, {"idempotency_key": f"chargeback:{sale.id}:{attempt}"}
            )
        )

    async def make_good(self, sale: Sale, amount: int, account: str, transfer: str) -> None:
        """Gives the host what was taken back from them, once the bank has lost its case."""
        if not await self._is_taken_back(transfer):
            return
        group = f"won:{sale.id}"
        if (await self._asked(self._client.v1.transfers.list_async({"transfer_group": group, "limit": 1}))).data:
            return
        await self._asked(
            self._client.v1.transfers.create_async(
                {
                    "amount": amount,
                    "currency": sale.currency,
                    "destination": account,
                    "transfer_group": group,
                    "metadata": {"sale": sale.id},
                },
                {"idempotency_key": group},
            )
        )

    async def pay_out(self, account: str, owed: Owed, amount: int, turn: int) -> Sent:
        """Sends what somebody has at Stripe to their bank.

        Raises:
            NotPaidOut: it did not, for certain; the next try needs another `turn`.
            PaymentsAway: nobody knows; `payouts` finds out.
        """
        try:
            payout = await self._client.v1.payouts.create_async(
                {"amount": amount, "currency": owed.currency, "metadata": {"space": owed.space}},
                {
                    "stripe_account": account,
                    "idempotency_key": f"payout:{owed.space}:{owed.host}:{owed.currency}:{turn}",
                },
            )
        except self._stripe.IdempotencyError as error:
            self._away(error)
            # What is under way now may yet be done; what was asked differently before was not, or it would be known.
            raise (PaymentsAway if error.code == "idempotency_key_in_use" else NotPaidOut) from error
        except self._stripe.InvalidRequestError as error:
            self._away(error)
            raise NotPaidOut from error
        except self._stripe.StripeError as error:
            raise self._away(error) from error
        return Sent(payout.id, payout.amount)

    async def payouts(self, account: str, owed: Owed, since: datetime) -> list[Sent]:
        """What was sent for a Space since then and did not come back: keys are forgotten after a day, this is not."""
        asked: Any = {"created": {"gte": int(since.timestamp())}, "limit": 100}
        try:
            found = await self._client.v1.payouts.list_async(asked, {"stripe_account": account})
            return [
                Sent(each.id, each.amount)
                async for each in found.auto_paging_iter()
                if _noted(each, "space") == owed.space
                and each.currency == owed.currency
                and each.status not in ("failed", "canceled")
            ]
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def payout_state(self, account: str, payout: str) -> Literal["sent", "paid", "failed"]:
        """What became of a payout."""
        found = await self._asked(self._client.v1.payouts.retrieve_async(payout, None, {"stripe_account": account}))
        if found.status == "paid":
            return "paid"
        return "failed" if found.status in ("failed", "canceled") else "sent"

    def event(self, body: bytes, signature: str) -> Event:
        """What Stripe tells.

        Raises:
            BadSignature: it was not Stripe.
        """
        for secret in self._secrets:
            try:
                told = self._client.construct_event(body, signature, secret)
            except (ValueError, self._stripe.SignatureVerificationError):
                continue
            break
        else:
            raise BadSignature
        about: Any = told.data.object
        return Event(told.id, told.type, about.to_dict(), getattr(told, "account", None))

    async def _is_taken_back(self, transfer: str) -> bool:
        found = await self._asked(self._client.v1.transfers.retrieve_async(transfer))
        return found.amount_reversed >= found.amount

    async def _asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    def _away(self, error: "stripe.StripeError") -> PaymentsAway:
        _log.warning("payments.failed", kind=type(error).__name__, code=error.code, status=error.http_status)
        return PaymentsAway()


def _cost(found: Any) -> Cost:
    """Of one movement in our account at the provider."""
    return Cost(found.id, found.currency, found.fee)


def _refund(found: Any) -> Refund:
    return Refund(
        found.id,
        found.amount,
        failed=found.status in ("failed", "canceled"),
        ours=_noted(found, "sale") is not None,
        instead=_noted(found, "instead"),
        from_host=found.transfer_reversal is not None,
    )


def _noted(found: Any, name: str) -> str | None:
    """What we noted on something when we made it."""
    noted: str | None = found.to_dict().get("metadata", {}).get(name)
    return noted


def _id(found: Any) -> str | None:
    """The id of what is there whole or by its id alone."""
    return found if found is None or isinstance(found, str) else str(found.id)
