"""What a person's address can make this node speak to."""

import asyncio
import ipaddress
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit.http import IpAddress, NotFetched, NotPublic, Outside, is_public

pytestmark = pytest.mark.anyio

INSIDE = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "233.252.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a00:1",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "3fff::1",
    "2002:7f00:1::",
    "2002:a00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%1",
    "fec0::1",
    "ff02::1",
]
OUTSIDE = [
    "1.1.1.1",
    "93.184.215.14",
    "172.32.0.1",
    "2606:4700:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:1.1.1.1",
    "64:ff9b::101:101",
]


@pytest.mark.parametrize("address", INSIDE)
def test_no_address_of_a_private_network_is_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_an_address_is_as_public_wrapped_as_bare(bare: ipaddress.IPv4Address) -> None:
    six_to_four = ipaddress.IPv6Address((0x2002 << 112) | (int(bare) << 80) | 1)
    nat64 = ipaddress.IPv6Address(f"64:ff9b::{bare}")
    mapped = ipaddress.IPv6Address(f"::ffff:{bare}")
    assert {is_public(six_to_four), is_public(nat64), is_public(mapped)} == {is_public(bare)}


@given(st.ip_addresses())
def test_nothing_private_multicast_or_reserved_is_public(address: IpAddress) -> None:
    if is_public(address) and not (isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped):
        assert not any([address.is_private, address.is_loopback, address.is_link_local])
        assert not any([address.is_multicast, address.is_unspecified])


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://[::ffff:127.0.0.1]/",
        "https://[::ffff:7f00:1]/",
        "https://2130706433/",
        "https://0x7f000001/",
        "https://0x7f.1/",
        "https://0177.0.0.1/",
        "https://127.1/",
        "https://0/",
        "https://localhost/",
        "https://LOCALHOST./",
        "https://①②⑦.⓪.⓪.①/",
        "http://1.1.1.1/",
        "ftp://1.1.1.1/",
        "file:///etc/passwd",
        "https://person:word@1.1.1.1/",
        "https:///nothing",
        "//1.1.1.1/",
        "push",
        "",
    ],
)
async def test_what_leads_into_this_machine_or_is_no_https_is_never_fetched(url: str) -> None:
    with pytest.raises(NotFetched):
        await Outside().fetch_public("GET", url, timeout_s=2)


@given(st.text(max_size=60))
def test_any_text_for_an_address_ends_in_words(text: str) -> None:
    async def nowhere(_host: str, _port: int) -> Sequence[IpAddress]:
        return [ipaddress.ip_address("10.0.0.1")]

    async def fetch() -> None:
        with pytest.raises(NotFetched):
            await Outside(resolve=nowhere).fetch_public("GET", text)
        with pytest.raises(NotFetched):
            await Outside(resolve=nowhere).fetch_public("GET", f"https://{text}")

    asyncio.run(fetch())


async def test_one_private_address_among_public_ones_is_too_many() -> None:
    async def both(_host: str, _port: int) -> Sequence[IpAddress]:
        return [ipaddress.ip_address("1.1.1.1"), ipaddress.ip_address("10.0.0.1")]

    with pytest.raises(NotPublic):
        await Outside(resolve=both).fetch_public("GET", "https://push.example/")


@asynccontextmanager
async def answering(answer: bytes, delay_s: float = 0) -> AsyncIterator[tuple[int, list[bytes]]]:
    """A server on this machine that says the same to everybody; its port, and what it was sent."""
    heard: list[bytes] = []
    serving: list[asyncio.Task[None]] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            heard.append(await reader.readuntil(b"\r\n\r\n"))
            await asyncio.sleep(delay_s)
            writer.write(answer)
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def begin(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.append(asyncio.create_task(serve(reader, writer)))

    server = await asyncio.start_server(begin, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1], heard
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
HERE = ipaddress.ip_address("127.0.0.1")


async def test_a_name_is_resolved_once_so_that_an_answer_that_changes_changes_nothing() -> None:
    answers = iter([HERE, ipaddress.ip_address("10.0.0.1")])

    async def rebinding(_host: str, _port: int) -> Sequence[IpAddress]:
        return [next(answers)]

    outside = Outside(tests_may_reach_loopback=True, resolve=rebinding)
    async with answering(OK) as (port, heard):
        url = f"http://push.example:{port}/there?x=1"
        assert (await outside.fetch_public("POST", url, body=b"hello")).body == b"ok"
        with pytest.raises(NotPublic):
            await outside.fetch_public("POST", url)
    assert heard[0].startswith(b"POST /there?x=1 HTTP/1.1\r\n")
    assert f"Host: push.example:{port}".encode() in heard[0]
    assert len(heard) == 1


async def test_a_redirect_into_a_private_network_is_not_followed() -> None:
    async def names(host: str, _port: int) -> Sequence[IpAddress]:
        return [HERE if host == "front.example" else ipaddress.ip_address("169.254.169.254")]

    outside = Outside(tests_may_reach_loopback=True, resolve=names)
    moved = b"HTTP/1.1 307 Moved\r\nLocation: http://metadata.example/\r\nContent-Length: 0\r\n\r\n"
    async with answering(moved) as (port, heard):
        front = f"http://front.example:{port}/"
        assert (await outside.fetch_public("GET", front)).status == 307
        with pytest.raises(NotPublic):
            await outside.fetch_public("GET", front, redirects=1)
    assert len(heard) == 2


async def test_redirects_are_followed_as_often_as_was_said() -> None:
    async with answering(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n") as (port, heard):
        outside = Outside(tests_may_reach_loopback=True)
        answer = await outside.fetch_public("GET", f"http://127.0.0.1:{port}/", redirects=3)
    assert (answer.status, len(heard)) == (302, 4)


async def test_a_slow_answer_ends_in_time() -> None:
    async with answering(OK, delay_s=5) as (port, _heard):
        outside = Outside(tests_may_reach_loopback=True)
        with pytest.raises(NotFetched, match="too slow"):
            await outside.fetch_public("GET", f"http://127.0.0.1:{port}/", timeout_s=0.2)


@pytest.mark.parametrize("announced", [b"Content-Length: 100000\r\n\r\n", b"\r\n"])
async def test_a_large_answer_is_not_read_to_its_end(announced: bytes) -> None:
    async with answering(b"HTTP/1.1 200 OK\r\n" + announced + b"x" * 100_000) as (port, _heard):
        outside = Outside(tests_may_reach_loopback=True)
        with pytest.raises(NotFetched, match="too large"):
            await outside.fetch_public("GET", f"http://127.0.0.1:{port}/", most_bytes=1000)


async def test_what_is_no_http_is_a_failure_of_theirs() -> None:
    async with answering(b"220 mail.example ESMTP\r\n") as (port, _heard):
        outside = Outside(tests_may_reach_loopback=True)
        with pytest.raises(NotFetched):
            await outside.fetch_public("GET", f"http://127.0.0.1:{port}/")
