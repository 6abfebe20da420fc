"""A store that refuses in the middle of a long file, or hangs: a gate stands before a real S3 server."""

import http.client
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from obstore.exceptions import BaseError

from cooee.kit.bucket import Bucket, Place
from tests.s3 import Store, serving

LONG = 12 * 1024 * 1024
"""Sent in three pieces."""
KEY = "recordings/a.ogg"
SILENT = timedelta(milliseconds=300)


@dataclass
class Gate:
    """Lets requests through to a store, but for some."""

    store: Store
    refused: str = ""
    """Requests whose address has this are answered 403."""
    hangs: bool = False
    opened: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    def place(self) -> Place:
        """An empty bucket behind the gate."""
        return replace(self.store.bucket(), endpoint=f"http://127.0.0.1:{self.port}")

    def answer(self, request: BaseHTTPRequestHandler, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        if self.hangs:
            self.opened.wait(20)
            return 503, [], b""
        asked = f"{request.command} {request.path}"
        if self.refused and all(part in asked for part in self.refused.split()):
            return 403, [], b""
        to = urlsplit(self.store.url)
        connection = http.client.HTTPConnection(to.hostname or "", to.port)
        connection.request(request.command, request.path, body, dict(request.headers))
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()


def handler(gate: Gate) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def pass_on(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            status, headers, said = gate.answer(self, body)
            try:
                self.send_response(status)
                for name, value in headers:
                    if name.lower() not in ("transfer-encoding", "connection"):
                        self.send_header(name, value)
                if not any(name.lower() == "content-length" for name, _ in headers):
                    self.send_header("content-length", str(len(said)))
                self.end_headers()
                self.wfile.write(said)
                self.wfile.flush()
            except OSError:
                # Whoever asked has gone.
                self.close_connection = True

        def log_message(self, format: str, *args: Any) -> None:
            pass

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = pass_on

    return Handler


@pytest.fixture
def gate() -> Iterator[Gate]:
    with serving() as store:
        gate = Gate(store)
        with ThreadingHTTPServer(("127.0.0.1", 0), handler(gate)) as server:
            gate.port = server.server_port
            serves = threading.Thread(target=server.serve_forever)
            serves.start()
            try:
                yield gate
            finally:
                gate.opened.set()
                server.shutdown()
                serves.join()


@pytest.mark.parametrize("refused", ["PUT partNumber=2", "POST uploadId="])
def test_of_a_file_that_the_store_refuses_in_the_middle_no_part_stays(gate: Gate, tmp_path: Path, refused: str) -> None:
    place, draft = gate.place(), tmp_path / "draft"
    bucket = Bucket(place, tmp_path / "scratch")
    draft.write_bytes(os.urandom(LONG))
    gate.refused = refused
    with pytest.raises(BaseError):
        bucket.put_file(KEY, draft)
    assert draft.exists(), "it is tried again"
    assert gate.store.keys(place.bucket) == []
    assert gate.store.unfinished(place.bucket) == []
    gate.refused = ""
    bucket.put_file(KEY, draft)
    assert bucket.size(KEY) == LONG
    assert not draft.exists()
    assert gate.store.unfinished(place.bucket) == []


def test_nobody_waits_for_long_for_a_store_that_hangs(gate: Gate, tmp_path: Path) -> None:
    bucket = Bucket(gate.place(), tmp_path / "scratch", answers=SILENT)
    bucket.put("pictures/a.webp", b"here")
    gate.hangs = True
    for ask in (bucket.read, bucket.size, bucket.delete, lambda key: list(bucket.part(key, 0, 4))):
        before = time.monotonic()
        with pytest.raises(BaseError):
            ask("pictures/a.webp")
        assert time.monotonic() - before < 10
    gate.hangs = False
    gate.opened.set()
    assert bucket.read("pictures/a.webp") == b"here"
