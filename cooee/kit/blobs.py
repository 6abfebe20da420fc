"""Where files are kept: pictures now, recordings and evidence later."""

import os
import re
from pathlib import Path
from typing import Protocol

_KEY = re.compile(r"[a-z]+/[0-9A-Za-z._-]+")


class Blobs(Protocol):
    """Files by key: `kind/name`, never overwritten with other content. All calls block: use a thread."""

    def put(self, key: str, data: bytes) -> None:
        """Stores `data`, whole or not at all."""

    def read(self, key: str) -> bytes | None:
        """The content, or None if there is no such file."""

    def delete(self, key: str) -> None:
        """Removes the file, if it is there."""


class Folder:
    """Files in a folder of this machine."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def put(self, key: str, data: bytes) -> None:
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        draft.write_bytes(data)
        draft.replace(path)

    def read(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        assert _KEY.fullmatch(key), "keys are made by us, not by the network"
        return self._root / key
