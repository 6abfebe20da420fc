"""An S3 server of the tests' own, on this machine."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any
from xml.etree import ElementTree as ET

import httpx
from moto.server import ThreadedMotoServer

from cooee.kit.bucket import Place

_names = count(1)
KEYS = ("a key", "a secret key")


@dataclass(frozen=True)
class Store:
    """Makes buckets, and looks into them."""

    url: str

    def bucket(self) -> Place:
        """An empty one."""
        name = f"cooee-{os.getpid()}-{next(_names)}"
        httpx.put(f"{self.url}/{name}", trust_env=False).raise_for_status()
        return Place(name, self.url, access_key=KEYS[0], secret_key=KEYS[1], prefix="site")

    def keys(self, bucket: str) -> list[str]:
        """What is in a bucket: anybody may look."""
        told = httpx.get(f"{self.url}/{bucket}?list-type=2", trust_env=False).raise_for_status()
        return sorted(str(each.text) for each in ET.fromstring(told.content).iterfind(".//{*}Contents/{*}Key"))

    def unfinished(self, bucket: str) -> list[str]:
        """Of which files parts lie there that belong to no file yet."""
        told = httpx.get(f"{self.url}/{bucket}?uploads", trust_env=False).raise_for_status()
        return [str(each.text) for each in ET.fromstring(told.content).iterfind(".//{*}Upload/{*}Key")]


def settings(place: Place) -> dict[str, Any]:
    """What an operator sets."""
    return {
        "s3_bucket": place.bucket,
        "s3_endpoint": place.endpoint,
        "s3_prefix": place.prefix,
        "s3_access_key": place.access_key,
        "s3_secret_key": place.secret_key,
    }


@contextmanager
def serving() -> Iterator[Store]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        yield Store(f"http://{host}:{port}")
    finally:
        server.stop()
