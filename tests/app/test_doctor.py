"""`cooee doctor` at the addresses that browsers open: a proxy of every bad kind stands in front of the node."""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from threading import Thread

import pytest

from cooee.cli import outside
from cooee.cli.doctor import edge_ports, held
from cooee.cli.findings import Finding, Severity
from cooee.settings import Settings

OK = b'{"status":"ok"}'


@contextmanager
def proxy(path: str, status: int, body: bytes = b"", location: str = "") -> Iterator[int]:
    """Answers one path so, and all others 404; its port."""

    class Proxy(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            right = self.path == path
            self.send_response(status if right else 404)
            if right and location:
                self.send_header("location", location)
            self.end_headers()
            self.wfile.write(body if right else b"")

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Proxy)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def examined(**settings: str) -> Finding:
    (finding,) = outside.examine(Settings.model_validate(settings))
    return finding


@pytest.mark.parametrize(
    ("status", "body", "location", "severity", "said"),
    [
        (200, OK, "", Severity.fine, "is this program"),
        (200, b"<html>", "", Severity.problem, "not as Cooee does"),
        (502, b"", "", Severity.problem, "answers 502"),
        (301, b"", "https://www.example.org/healthz", Severity.problem, "to https://www.example.org/healthz"),
    ],
)
def test_the_site_is_opened_by_its_public_address(
    status: int, body: bytes, location: str, severity: Severity, said: str
) -> None:
    with proxy("/healthz", status, body, location) as port:
        finding = examined(public_url=f"http://127.0.0.1:{port}")
    assert (finding.severity, said in finding.what) == (severity, True), finding
    assert bool(finding.remedy) == (severity == Severity.problem)


@pytest.mark.parametrize(
    ("status", "severity", "said"),
    [
        (101, Severity.fine, "is the feed"),
        (426, Severity.problem, "not as a WebSocket"),
        (200, Severity.problem, "answers 200 and is no feed"),
        (404, Severity.problem, "answers 404 and is no feed"),
    ],
)
def test_the_feed_is_opened_where_browsers_are_told_to(status: int, severity: Severity, said: str) -> None:
    with proxy("/edge/feed", status) as port:
        finding = examined(edge_public_url=f"ws://127.0.0.1:{port}/edge")
    assert (finding.severity, said in finding.what) == (severity, True), finding
    assert bool(finding.remedy) == (severity == Severity.problem)


def test_an_address_where_nobody_listens_or_that_speaks_no_tls_is_a_problem() -> None:
    with proxy("/healthz", 200, OK) as port:
        deaf = examined(public_url=f"https://127.0.0.1:{port}")
    gone = examined(public_url=f"http://127.0.0.1:{port}")
    assert (deaf.severity, "does not speak https" in deaf.what) == (Severity.problem, True), deaf
    assert (gone.severity, "nobody listens" in gone.what) == (Severity.problem, True), gone


def test_without_anything_in_front_nothing_is_opened() -> None:
    assert list(outside.examine(Settings())) == []


@pytest.mark.parametrize(
    ("why", "severity", "said"),
    [
        (errno.EADDRINUSE, Severity.fine, "holds UDP"),
        (errno.EADDRNOTAVAIL, Severity.problem, "no address of this machine"),
        (errno.EACCES, Severity.problem, "this user may not"),
        (0, Severity.problem, "Nobody listens"),
    ],
)
def test_only_a_port_that_is_taken_is_held_by_the_edge(why: int, severity: Severity, said: str) -> None:
    finding = held(why, "203.0.113.7", 8001)
    assert (finding.severity, said in finding.what) == (severity, True), finding


def test_an_address_of_another_machine_is_not_said_to_be_in_use() -> None:
    with socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    found = list(edge_ports(Settings(edge_host="203.0.113.7", edge_port=port), running=False))
    assert [finding.severity for finding in found] == [Severity.problem, Severity.problem]
    assert all("no address of this machine" in finding.what for finding in found)
    assert all("COOEE_EDGE_HOST=::" in finding.remedy for finding in found)
