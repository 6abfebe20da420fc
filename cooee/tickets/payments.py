"""Stripe, as this domain uses it: Connect Express, Checkout with destination charges, refunds, payouts, events.

Every call that makes something carries an idempotency key of ours, so that a repeat after a break changes nothing.
"""

from collections.abc import Awaitable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import structlog

from cooee.kit import money
from cooee.people.ids import PersonId
from cooee.tickets.errors import BadSignature, PaymentsAway
from cooee.tickets.state import Sale

if TYPE_CHECKING:
    import stripe

T = TypeVar("T")

_RETRIES = 2
_TIMEOUT_S = 8
"""With all retries less than the lease of a job."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AccountState:
    """A payout account: `ready` takes money and can be paid out."""

    ready: bool
    currency: str


@dataclass(frozen=True, slots=True)
class Checkout:
    """A page on which one sale is paid."""

    id: str
    url: str


@dataclass(frozen=True, slots=True)
class Paid:
    """What became of a checkout. Of one that was paid, `payment` names the payment and `fee` its fee for us."""

    state: Literal["open", "paid", "expired"]
    payment: str | None = None
    fee: str | None = None
    transfer: str | None = None
    disputed: bool = False
    refunded: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """Something that the provider tells. What it says is not believed but asked for again."""

    id: str
    type: str
    about: dict[str, Any]
    account: str | None
    """On whose account it happened, if not on ours."""


class NotPaidOut(PaymentsAway):
    """The provider said no to a payout, and means it: an account has not enough yet."""


class Payments:
    """The way to Stripe. There is one per node, where the operator has given keys."""

    def __init__(self, key: str, webhook_secret: str, url: str | None) -> None:
        """`url` is given by tests: another address than Stripe's."""
        # Late: the library takes seconds to load, and most sites sell nothing.
        import stripe

        self._client = stripe.StripeClient(
            key,
            base_addresses={"api": url} if url else {},
            max_network_retries=_RETRIES,
            http_client=stripe.HTTPXClient(timeout=_TIMEOUT_S),
        )
        self._stripe = stripe
        self._secret = webhook_secret

    async def open_account(self, person: PersonId) -> str:
        """A payout account for somebody; asked again within a day, the same."""
        account = await self._asked(
            self._client.v1.accounts.create_async(
                {
                    "type": "express",
                    "capabilities": {"card_payments": {"requested": True}, "transfers": {"requested": True}},
                    "settings": {"payouts": {"schedule": {"interval": "manual"}}},
                    "metadata": {"person": person},
                },
                {"idempotency_key": f"account:{person}"},
            )
        )
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
        ready = bool(found.charges_enabled and found.payouts_enabled)
        return AccountState(ready, (found.default_currency or "usd").lower())

    async def rate(self, currency: str) -> int:
        """Millionths of a US cent per smallest unit of a currency, today."""
        if currency == "usd":
            return money.MICRO
        found: Any = await self._asked(self._client.v1.exchange_rates.retrieve_async("usd"))
        per_dollar = found.to_dict()["rates"].get(currency)
        if not per_dollar:
            raise PaymentsAway(f"There is no rate for {currency.upper()} today.")
        return int(100 * money.MICRO / (Decimal(str(per_dollar)) * money.PER_UNIT[currency]))

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
            self._client.v1.checkout.sessions.create_async(asked, {"idempotency_key": f"checkout:{sale.id}"})
        )
        assert page.url is not None, "a page that was just made has an address"
        return Checkout(page.id, page.url)

    async def look(self, checkout: str) -> Paid:
        """What became of a checkout."""
        page = await self._asked(
            self._client.v1.checkout.sessions.retrieve_async(
                checkout, {"expand": ["payment_intent", "payment_intent.latest_charge"]}
            )
        )
        if page.payment_status != "paid":
            return Paid("expired" if page.status == "expired" else "open")
        intent: Any = page.payment_intent
        charge: Any = intent.latest_charge
        return Paid(
            "paid",
            intent.id,
            fee=_id(charge.application_fee),
            transfer=_id(charge.transfer),
            disputed=bool(charge.disputed),
            refunded=bool(charge.refunded),
        )

    async def sale_of(self, payment: str) -> str | None:
        """Which sale of ours a payment is for, if it is one."""
        intent: Any = await self._asked(self._client.v1.payment_intents.retrieve_async(payment))
        return (intent.metadata or {}).get("sale")

    async def expire(self, checkout: str) -> None:
        """Closes a page that was not paid. One that was paid, or expired meanwhile, stays as it is."""
        try:
            await self._client.v1.checkout.sessions.expire_async(checkout)
        except self._stripe.InvalidRequestError:
            return
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def give_back(self, sale: Sale) -> None:
        """Gives a buyer everything back: the host's part and the platform's fee too."""
        assert sale.payment is not None, "only what was paid is given back"
        try:
            await self._client.v1.refunds.create_async(
                {
                    "payment_intent": sale.payment,
                    "reverse_transfer": True,
                    "refund_application_fee": True,
                    "metadata": {"sale": sale.id},
                },
                {"idempotency_key": f"refund:{sale.id}"},
            )
        except self._stripe.InvalidRequestError as error:
            # The operator was quicker, in Stripe's own pages.
            if error.code != "charge_already_refunded":
                raise self._away(error) from error
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def give_back_fee(self, sale: Sale, amount: int) -> None:
        """Gives the host back what was asked for the platform beyond its share."""
        assert sale.application_fee is not None, "a fee was taken"
        await self._asked(
            self._client.v1.application_fees.refunds.create_async(
                sale.application_fee, {"amount": amount}, {"idempotency_key": f"fee:{sale.id}"}
            )
        )

    async def take_back(self, sale: Sale, transfer: str) -> None:
        """Takes back from the host what a buyer's bank has taken from us."""
        try:
            await self._client.v1.transfers.reversals.create_async(
                transfer, {"refund_application_fee": True}, {"idempotency_key": f"chargeback:{sale.id}"}
            )
        except self._stripe.InvalidRequestError as error:
            # It was reversed already.
            _log.warning("payments.not_taken_back", sale=sale.id, code=error.code)
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    async def pay_out(self, account: str, amount: int, currency: str, key: str) -> str:
        """Sends what a host has at Stripe to their bank.

        Raises:
            NotPaidOut: it did not, for certain; the next try needs another `key`.
            PaymentsAway: nobody knows; the same `key` finds out.
        """
        try:
            payout = await self._client.v1.payouts.create_async(
                {"amount": amount, "currency": currency, "metadata": {"for": key}},
                {"stripe_account": account, "idempotency_key": f"payout:{key}"},
            )
        except self._stripe.InvalidRequestError as error:
            self._away(error)
            raise NotPaidOut from error
        except self._stripe.StripeError as error:
            raise self._away(error) from error
        return payout.id

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
        try:
            told = self._client.construct_event(body, signature, self._secret)
        except (ValueError, self._stripe.SignatureVerificationError) as error:
            raise BadSignature from error
        about: Any = told.data.object
        return Event(told.id, told.type, about.to_dict(), getattr(told, "account", None))

    async def _asked(self, call: Awaitable[T]) -> T:
        try:
            return await call
        except self._stripe.StripeError as error:
            raise self._away(error) from error

    def _away(self, error: "stripe.StripeError") -> PaymentsAway:
        _log.warning("payments.failed", kind=type(error).__name__, code=error.code, status=error.http_status)
        return PaymentsAway()


def _id(found: Any) -> str | None:
    """The id of what is there whole or by its id alone."""
    return found if found is None or isinstance(found, str) else str(found.id)
