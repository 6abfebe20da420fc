"""Money: whole numbers of a currency's smallest unit, never fractions.

What a smallest unit is, and the least that can be charged, are Stripe's (docs: "supported currencies", "minimum and
maximum charge amounts").
"""

from collections.abc import Mapping
from typing import Final

PER_UNIT: Final[Mapping[str, int]] = {
    "aud": 100,
    "brl": 100,
    "cad": 100,
    "chf": 100,
    "czk": 100,
    "dkk": 100,
    "eur": 100,
    "gbp": 100,
    "hkd": 100,
    "huf": 100,
    "inr": 100,
    "jpy": 1,
    "mxn": 100,
    "myr": 100,
    "nok": 100,
    "nzd": 100,
    "pln": 100,
    "ron": 100,
    "sek": 100,
    "sgd": 100,
    "thb": 100,
    "try": 100,
    "usd": 100,
}
"""The currencies in which something can be sold, each with how many smallest units make one."""

_LEAST: Final[Mapping[str, int]] = {
    "aud": 50,
    "brl": 50,
    "cad": 50,
    "chf": 50,
    "czk": 1500,
    "dkk": 250,
    "eur": 50,
    "gbp": 30,
    "hkd": 400,
    "huf": 17500,
    "inr": 50,
    "jpy": 50,
    "mxn": 1000,
    "myr": 200,
    "nok": 300,
    "nzd": 50,
    "pln": 200,
    "ron": 200,
    "sek": 300,
    "sgd": 50,
    "thb": 1000,
    "try": 2000,
    "usd": 50,
}

_PAYOUT_STEPS: Final[Mapping[str, int]] = {"huf": 100}
"""Banks take whole forints, although prices may have fillér (Stripe docs: "special cases")."""

MICRO: Final = 1_000_000
"""Rates are whole millionths, so that they are stored and multiplied exactly."""


def is_sold_in(currency: str) -> bool:
    """Whether something can cost something in this currency here."""
    return currency in PER_UNIT


def least(currency: str) -> int:
    """The smallest amount that can be charged at all."""
    return _LEAST[currency]


def payable(amount: int, currency: str) -> int:
    """How much of `amount` can be paid out; the rest is too little for a bank."""
    return amount - amount % _PAYOUT_STEPS.get(currency, 1)


def converted(amount: int, rate: int) -> int:
    """`amount` at `rate` millionths, rounded down."""
    return amount * rate // MICRO


def reaching(target: int, rate: int) -> int:
    """The smallest amount that is at least `target` at `rate` millionths."""
    return -(-target * MICRO // rate)
