"""Files in a bucket of an S3-compatible store: the same keys as in a folder, so that one can become the other."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import obstore
from obstore.exceptions import NotFoundError
from obstore.store import S3Store

from cooee.kit.blobs import CHUNK, valid

if TYPE_CHECKING:
    from obstore.store import S3Config

_ANSWERS = timedelta(seconds=10)
"""A store that is silent for so long is away: who looks at a page waits for it, and so does a thread of the node."""
_TAKES = timedelta(minutes=2)
"""It may be silent for as long while a piece of a long file is on its way to it."""
_WHOLE = timedelta(minutes=10)
"""A recording of hours is many megabytes, and the way to the store may be slow."""
_RETRIES = 2


@dataclass(frozen=True)
class Place:
    """Which bucket, and how it is reached. Without an endpoint it is Amazon's; without keys, the machine's own role."""

    bucket: str
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = None
    secret_key: str | None = None
    prefix: str = ""


class Bucket:
    """Files in a bucket. What has to be on this machine for a while lies in `scratch`."""

    def __init__(self, place: Place, scratch: Path, answers: timedelta = _ANSWERS) -> None:
        """`answers`: how long the store may be silent, but while it is sent a long file."""
        self._scratch = scratch
        self._prefix = f"{place.prefix.strip('/')}/" if place.prefix.strip("/") else ""
        config: S3Config = {"region": place.region}
        if place.endpoint:
            config["endpoint"] = place.endpoint
        if place.access_key and place.secret_key:
            config["access_key_id"], config["secret_access_key"] = place.access_key, place.secret_key
        self._store = _store(place, config, answers)
        self._patient = _store(place, config, max(answers, _TAKES))

    def put(self, key: str, data: bytes) -> None:
        obstore.put(self._store, self._path(key), data)

    def put_file(self, key: str, path: Path) -> None:
        # In pieces, which the store is told to throw away if one of them fails: one by one, so that then none is on its
        # way yet, and stays.
        obstore.put(self._patient, self._path(key), path, max_concurrency=1)
        path.unlink()

    def read(self, key: str) -> bytes | None:
        try:
            return bytes(obstore.get(self._store, self._path(key)).bytes())
        except (NotFoundError, FileNotFoundError):
            return None

    def size(self, key: str) -> int | None:
        try:
            return obstore.head(self._store, self._path(key))["size"]
        except (NotFoundError, FileNotFoundError):
            return None

    def part(self, key: str, first: int, length: int) -> Iterator[bytes]:
        if length <= 0:
            return
        found = obstore.get(self._store, self._path(key), options={"range": (first, first + length)})
        for piece in found.stream(min_chunk_size=CHUNK):
            yield bytes(piece)

    @contextmanager
    def local(self, key: str) -> Iterator[Path | None]:
        self._scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self._scratch) as folder:
            path = Path(folder) / "file"
            try:
                found = obstore.get(self._store, self._path(key))
            except (NotFoundError, FileNotFoundError):
                yield None
                return
            with path.open("wb") as file:
                for piece in found.stream(min_chunk_size=16 * CHUNK):
                    file.write(piece)
            yield path

    def delete(self, key: str) -> None:
        obstore.delete(self._store, self._path(key))

    def _path(self, key: str) -> str:
        assert valid(key), "keys are made by us, not by the network"
        return self._prefix + key


def _store(place: Place, config: "S3Config", silent: timedelta) -> S3Store:
    return S3Store(
        place.bucket,
        config=config,
        client_options={
            "allow_http": (place.endpoint or "").startswith("http://"),
            "connect_timeout": silent,
            "read_timeout": silent,
            "timeout": _WHOLE,
        },
        retry_config={"max_retries": _RETRIES, "retry_timeout": 2 * silent},
    )
