"""How requests to public addresses travel: to the address that was looked at, on a connection that is not kept."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import urljoin

import httpx

from cooee.kit.http import Fetched, IpAddress, NotFetched, NotPublic, Outside

_MOST_ADDRESSES = 4
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes


def client(outside: Outside) -> httpx.AsyncClient:
    """A client that reaches public addresses only."""
    return httpx.AsyncClient(transport=PublicTransport(outside), trust_env=False, follow_redirects=False)


async def fetch(client: httpx.AsyncClient, request: Request, most_bytes: int, redirects: int) -> Fetched:
    """The answer after at most that many redirects, all followed as GET without a body.

    Raises:
        NotPublic, NotFetched
    """
    try:
        answer = await _fetch_one(client, request, most_bytes)
        for _ in range(redirects):
            if answer.status not in _REDIRECTS or "location" not in answer.headers:
                break
            request = Request("GET", urljoin(request.url, answer.headers["location"]), {}, b"")
            answer = await _fetch_one(client, request, most_bytes)
    except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
        raise NotFetched(type(error).__name__) from error
    return answer


class PublicTransport(httpx.AsyncBaseTransport):
    """Looks where a request leads, and sends it to the address that it looked at."""

    def __init__(self, outside: Outside) -> None:
        self._outside = outside
        # No connection is kept: one made for a name would be used for every name at its address.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = httpx.AsyncHTTPTransport(verify=_verifying(), limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        trusted = self._outside.trusts(str(request.url))
        host, port = self._destination(request.url, trusted=trusted)
        for address in (await self._outside.addresses(host, port, trusted=trusted))[:_MOST_ADDRESSES]:
            try:
                return await self._inner.handle_async_request(_pinned(request, host, address))
            except httpx.ConnectError:
                continue
        raise NotFetched("no connection")

    async def aclose(self) -> None:
        await self._inner.aclose()

    def _destination(self, url: httpx.URL, *, trusted: bool) -> tuple[str, int]:
        plain = (trusted or self._outside.tests_may_reach_loopback) and url.scheme == "http"
        if url.scheme != "https" and not plain:
            raise NotPublic("only https")
        if url.userinfo or not url.host:
            raise NotPublic("an address has a host and no password")
        return url.raw_host.decode("ascii").strip("[]"), url.port or (443 if url.scheme == "https" else 80)


def _pinned(request: httpx.Request, host: str, address: IpAddress) -> httpx.Request:
    """The same request to this very address; `Host` and the certificate's name stay those of the host."""
    url = request.url.copy_with(host=str(address))
    extensions = {**request.extensions, "sni_hostname": host}
    return httpx.Request(request.method, url, headers=request.headers.raw, stream=request.stream, extensions=extensions)


async def _fetch_one(client: httpx.AsyncClient, request: Request, most_bytes: int) -> Fetched:
    # Packed answers are not asked for: unpacked, a small one may be a large one.
    headers = {"accept-encoding": "identity", **request.headers}
    async with client.stream(request.method, request.url, headers=headers, content=request.body or None) as answer:
        read = bytearray()
        async for chunk in answer.aiter_raw():
            read += chunk
            if len(read) > most_bytes:
                raise NotFetched("too large")
        return Fetched(answer.status_code, dict(answer.headers), bytes(read))


@cache
def _verifying() -> ssl.SSLContext:
    return httpx.create_ssl_context(trust_env=False)
