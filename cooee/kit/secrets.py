"""The node's secret, and the keys that are derived from it."""

import hashlib
import hmac
import os
from pathlib import Path

_LENGTH = 32


class Keys:
    """Derives one key per purpose from a secret, so that no two purposes share one."""

    def __init__(self, secret: bytes) -> None:
        assert len(secret) >= _LENGTH, "settings refuse a shorter secret"
        self._secret = secret

    def derive(self, purpose: str) -> bytes:
        """32 bytes that only this secret and this purpose give (HKDF-SHA-256's expand, RFC 5869 §2.3, one block)."""
        return hmac.digest(self._secret, b"cooee:" + purpose.encode() + b"\x01", hashlib.sha256)


def secret_in(folder: Path) -> bytes:
    """The secret kept in `folder`, readable by its owner only; made at the first call."""
    path = folder / "secret.key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return bytes.fromhex(path.read_text("ascii"))
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        secret = os.urandom(_LENGTH)
        file.write(secret.hex())
        file.flush()
        os.fsync(file.fileno())
    return secret


def hashed(token: str) -> bytes:
    """What is stored of a token: it has 256 random bits, so a plain hash tells nobody anything."""
    return hashlib.sha256(token.encode()).digest()
