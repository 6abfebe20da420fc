"""Ids that sort by time and need no node number, and tokens that nobody can guess."""

import secrets
import string
from collections.abc import Callable

from cooee.kit.clock import Clock, to_ms

FIRST_MS = 1_735_689_600_000
"""2025-01-01: 41 bits of milliseconds from here last until 2094."""

_TIME_BITS = 41
_DECIMAL_RANDOM_BITS = 22
_TEXT_RANDOM_BITS = 36
_TEXT_LENGTH = 13
_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase

DECIMAL_PATTERN = r"^[0-9]{1,19}$"
TEXT_PATTERN = r"^[0-9A-Za-z]{13}$"


class Ids:
    """Makes ids. Two made within a millisecond may collide: whoever inserts one retries on conflict."""

    def __init__(self, clock: Clock, entropy: Callable[[int], int] = secrets.randbits) -> None:
        """`entropy(bits)` gives that many random bits as an integer."""
        self._clock = clock
        self._entropy = entropy

    def decimal(self) -> str:
        """41 bits of milliseconds and 22 random bits, in decimal: for people and posts."""
        return str(self._timed(_DECIMAL_RANDOM_BITS))

    def text(self) -> str:
        """41 bits of milliseconds and 36 random bits as 13 characters of `[0-9A-Za-z]`: for what is shared by link."""
        return base62(self._timed(_TEXT_RANDOM_BITS), _TEXT_LENGTH)

    def random(self, bits: int) -> int:
        """That many random bits, for what is no id (a CSRC, jitter)."""
        return self._entropy(bits)

    def token(self) -> str:
        """256 random bits as 43 characters of `[0-9A-Za-z]`."""
        return base62(self._entropy(256), 43)

    def _timed(self, random_bits: int) -> int:
        elapsed = to_ms(self._clock.now()) - FIRST_MS
        assert 0 <= elapsed < 1 << _TIME_BITS, "the clock is outside the years that an id can hold"
        return elapsed << random_bits | self._entropy(random_bits)


def base62(number: int, length: int) -> str:
    """`number` in exactly `length` characters; the text sorts as the numbers do.

    Raises:
        OverflowError: it needs more characters.
    """
    text = ""
    rest = number
    for _ in range(length):
        rest, digit = divmod(rest, len(_ALPHABET))
        text = _ALPHABET[digit] + text
    if rest:
        raise OverflowError(f"{number.bit_length()} bits do not fit into {length} characters")
    return text
