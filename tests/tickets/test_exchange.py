"""The bank's rates: what its page says, and what a smallest unit is worth by it."""

from decimal import Decimal

import pytest

from cooee.kit.http import Outside
from cooee.tickets.errors import PaymentsAway
from cooee.tickets.exchange import Rates, in_usd, read

PAGE = b"""<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"><Cube><Cube time='2026-11-20'>
<Cube currency='USD' rate='1.2500'/><Cube currency='JPY' rate='187.50'/><Cube currency='CZK' rate='0'/>
</Cube></Cube></gesmes:Envelope>"""


@pytest.mark.parametrize(
    ("currency", "rate"), [("usd", 1_000_000), ("eur", 1_250_000), ("jpy", 666_666), ("czk", None), ("try", None)]
)
def test_a_smallest_unit_is_worth_what_the_bank_says_of_the_day(currency: str, rate: int | None) -> None:
    assert in_usd(read(PAGE), currency) == rate


def test_what_is_no_page_of_the_bank_has_no_rates() -> None:
    assert read(b"<html>currency='USD' rate='many'</html>") == {"eur": Decimal(1)}
    assert in_usd(read(b""), "jpy") is None


@pytest.mark.anyio
async def test_a_bank_that_is_away_or_not_public_has_no_rates() -> None:
    rates = Rates(Outside(), "http://127.0.0.1:9/rates.xml")
    assert await rates.rate("usd") == 1_000_000
    with pytest.raises(PaymentsAway):
        await rates.rate("jpy")
