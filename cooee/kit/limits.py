"""How often something may be tried. Counted in this node's memory, in a moving window; see also `kit.attempts`."""

import ipaddress
import math
import time

from limits import RateLimitItem, parse
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from cooee.kit.errors import TooManyRequests


class Limits:
    """Rules look like `"10 per 15 minutes"`; an empty one means no limit."""

    def __init__(self) -> None:
        # It reads the machine's clock itself.
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def hit(self, rule: str, *who: str) -> None:
        """Counts one attempt of `who` (what is done first, then by whom) under `rule`.

        Raises:
            TooManyRequests: the window is full; the attempt is not counted.
        """
        if rule and not self._limiter.hit(item := parse(rule), *who):
            raise TooManyRequests(self._wait_s(item, who))

    def forgive(self, rule: str, *who: str) -> None:
        """Forgets all attempts of `who`, since the last one was right."""
        if rule:
            self._limiter.clear(parse(rule), *who)

    def _wait_s(self, item: RateLimitItem, who: tuple[str, ...]) -> int:
        wait = self._limiter.get_window_stats(item, *who).reset_time - time.time()
        return min(max(1, math.ceil(wait)), item.get_expiry())


def by_address(address: str) -> str:
    """Whom an address stands for: itself, or its /64 where one household has as many as it likes (IPv6)."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False).network_address)
    return str(parsed)
