"""What a currency is worth on a day: the reference rates of the European Central Bank, which anybody may read.

They are of the last working day. Each is how many of a currency one euro is worth.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

import structlog

from cooee.kit import money
from cooee.kit.http import NotFetched, Outside
from cooee.tickets.errors import PaymentsAway

_EACH = re.compile(rb"""currency=['"]([A-Z]{3})['"]\s+rate=['"](\d{1,9}(?:\.\d{1,9})?)['"]""")
_TIMEOUT_S = 8
_MOST = 64 * 1024
_log = structlog.get_logger(__name__)


def read(body: bytes) -> Mapping[str, Decimal]:
    """All rates of the bank's page, the euro among them."""
    found = {name.decode().lower(): Decimal(rate.decode()) for name, rate in _EACH.findall(body)}
    return {"eur": Decimal(1), **{name: rate for name, rate in found.items() if rate > 0}}


def in_usd(per_euro: Mapping[str, Decimal], currency: str) -> int | None:
    """Millionths of a US cent per smallest unit of a currency, rounded down; None if one of both is not there."""
    if currency not in per_euro or "usd" not in per_euro:
        return None
    return int(100 * money.MICRO * per_euro["usd"] / (per_euro[currency] * money.PER_UNIT[currency]))


@dataclass(frozen=True)
class Rates:
    """The way to the bank."""

    outside: Outside
    url: str

    async def rate(self, currency: str) -> int:
        """Millionths of a US cent per smallest unit of a currency, today.

        Raises:
            PaymentsAway: nobody says so now.
        """
        if currency == "usd":
            return money.MICRO
        try:
            answer = await self.outside.fetch_public("GET", self.url, timeout_s=_TIMEOUT_S, most_bytes=_MOST)
        except NotFetched as error:
            _log.warning("rates.not_fetched", reason=str(error))
            raise PaymentsAway from error
        found = in_usd(read(answer.body), currency) if answer.status == 200 else None
        if not found:
            _log.warning("rates.not_there", status=answer.status, currency=currency)
            raise PaymentsAway
        return found
