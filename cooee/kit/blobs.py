"""Where files are kept: pictures, recordings, evidence later."""

import errno
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

_KEY = re.compile(r"[a-z]+/[0-9A-Za-z._-]+")
CHUNK = 64 * 1024


class Blobs(Protocol):
    """Files by key: `kind/name`, never overwritten with other content. All calls block: use a thread."""

    def put(self, key: str, data: bytes) -> None:
        """Stores `data`, whole or not at all."""

    def put_file(self, key: str, path: Path) -> None:
        """Stores a file of this machine, whole or not at all. It may be gone afterwards."""

    def read(self, key: str) -> bytes | None:
        """The content, or None if there is no such file."""

    def size(self, key: str) -> int | None:
        """How many bytes there are, or None if there is no such file."""

    def part(self, key: str, first: int, length: int) -> Iterator[bytes]:
        """`length` bytes from `first` on, in pieces; fewer if there are not so many."""

    def local(self, key: str) -> AbstractContextManager[Path | None]:
        """The file on this machine, for as long as the context lasts; None if there is no such file."""

    def delete(self, key: str) -> None:
        """Removes the file, if it is there."""


class Folder:
    """Files in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        draft = self._draft(key)
        draft.write_bytes(data)
        draft.replace(self._path(key))

    def put_file(self, key: str, path: Path) -> None:
        target = self._path(key)
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            # In one step, so that no crash leaves anything beside it.
            path.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            draft = self._draft(key)
            shutil.move(path, draft)
            draft.replace(target)

    def read(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def size(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def part(self, key: str, first: int, length: int) -> Iterator[bytes]:
        with self._path(key).open("rb") as file:
            file.seek(first)
            while length > 0 and (piece := file.read(min(CHUNK, length))):
                length -= len(piece)
                yield piece

    @contextmanager
    def local(self, key: str) -> Iterator[Path | None]:
        path = self._path(key)
        yield path if path.exists() else None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _draft(self, key: str) -> Path:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")

    def _path(self, key: str) -> Path:
        assert valid(key), "keys are made by us, not by the network"
        return self._root / key


def valid(key: str) -> bool:
    """Whether this can be a key."""
    return _KEY.fullmatch(key) is not None
