"""Requests to addresses that a person gave (a push endpoint, an issuer, a webhook): only to what is public.

Whoever names an address could otherwise have this node speak to its own network. So the name is resolved here, every
address that it has must be public, and the connection goes to the very address that was looked at: an answer of the
DNS that changes in between changes nothing. Redirects are new requests, looked at in the same way. Time and size are
bounded.
"""

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import httpx

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolve = Callable[[str, int], Awaitable[Sequence[IpAddress]]]
"""All addresses of a host."""

_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_UNICAST = ipaddress.ip_network("2000::/3")
# Kept by the IETF for protocols (Teredo among them) and for books; not every Python knows that.
_KEPT_4 = ipaddress.ip_network("192.0.0.0/24")
_KEPT_6 = (ipaddress.ip_network("2001::/23"), ipaddress.ip_network("3fff::/20"))


class NotFetched(Exception):
    """The world did not answer as it should: no such host, no connection, too slow, too large."""


class NotPublic(NotFetched):
    """The address is not one that this node would speak to on a person's word."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """An answer, whatever its status."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Outside:
    """How this node reaches the world."""

    tests_may_reach_loopback: bool = False
    """For tests only: plain http, and this machine itself."""
    trusted: frozenset[str] = frozenset()
    """Origins that the operator named (`origin`): they may be private, and spoken to by plain http."""
    resolve: Resolve | None = None
    """For tests only: another DNS."""

    async def fetch_public(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        timeout_s: float = 10,
        most_bytes: int = 64 * 1024,
        redirects: int = 0,
    ) -> Fetched:
        """The answer to one request; `redirects` is how many are followed, all as GET without a body.

        Raises:
            NotPublic: the address, or one that it led to, is not public.
            NotFetched: no whole answer in time.
        """
        # Late: a node that fetches nothing does not load the library.
        from cooee.kit.transport import Request, fetch

        request = Request(method, url, headers or {}, body)
        try:
            async with asyncio.timeout(timeout_s), self.client() as client:
                return await fetch(client, request, most_bytes, redirects)
        except TimeoutError as error:
            raise NotFetched("too slow") from error

    def client(self) -> "httpx.AsyncClient":
        """A client that reaches public addresses only, for libraries that bring their own requests.

        It follows no redirects and heeds no proxy of the environment; bounds of time and size are the caller's.
        """
        from cooee.kit.transport import client

        return client(self)

    def may_reach(self, address: IpAddress) -> bool:
        """Whether a connection may go there."""
        return is_public(address) or (self.tests_may_reach_loopback and address.is_loopback)

    def trusts(self, url: str) -> bool:
        """Whether an address is at an origin that the operator named."""
        return origin(url) in self.trusted

    async def addresses(self, host: str, port: int, *, trusted: bool = False) -> Sequence[IpAddress]:
        """All addresses of a host, each of which may be reached; if the operator named it, whatever they are.

        Raises:
            NotPublic: one may not.
            NotFetched: there is no such host.
        """
        found = await (self.resolve or _resolve)(host, port)
        if not trusted and not all(self.may_reach(address) for address in found):
            raise NotPublic("this address leads to a network that is not public")
        return found


def origin(url: str) -> str:
    """Scheme, host and port of an address, the usual port included."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS.get(parts.scheme)}"


def is_public(address: IpAddress) -> bool:
    """Whether an address belongs to the internet at large, also where it only wraps another one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global and not (address.is_multicast or address.is_reserved or address in _KEPT_4)
    wrapped = _wrapped(address)
    if wrapped is not None:
        return is_public(wrapped)
    return address in _UNICAST and address.is_global and not any(address in kept for kept in _KEPT_6)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address to which a gateway would carry this one: mapped, 6to4 (RFC 3056), NAT64 (RFC 6052)."""
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
    return address.ipv4_mapped or address.sixtofour


async def _resolve(host: str, port: int) -> Sequence[IpAddress]:
    """What the system says of a host. It also reads `2130706433` and `0x7f.1`, as a browser would."""
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotFetched("no such host") from error
    return list(dict.fromkeys(ipaddress.ip_address(sockaddr[0]) for *_, sockaddr in found))
