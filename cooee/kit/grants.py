"""Signed addresses: a grant opens one thing, for a short time, without asking the database.

See docs/protocol.md, "The door".
"""

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cooee.kit.clock import from_ms, to_ms
from cooee.kit.errors import GrantExpired, Unauthenticated

PURPOSE = "grants"
"""What the signing key is derived for."""

LIFETIME = timedelta(seconds=60)
_VERSION = 1


@dataclass(frozen=True)
class Grant:
    """What may be opened: the `door` of `topic`, by `participant`, once grants of `epoch` still count."""

    topic: str
    participant: str
    door: str
    audiences: tuple[str, ...]
    epoch: int
    expires: datetime
    """Whole seconds count."""
    device: str = ""
    """To which of the participant's devices it was given, where that matters."""


def sign(key: bytes, grant: Grant) -> str:
    """The grant as it stands in an address."""
    body = {
        "v": _VERSION,
        "topic": grant.topic,
        "participant": grant.participant,
        "door": grant.door,
        "audiences": list(grant.audiences),
        "epoch": grant.epoch,
        "expires": to_ms(grant.expires) // 1000,
    } | ({"device": grant.device} if grant.device else {})
    payload = json.dumps(body, separators=(",", ":")).encode()
    return f"{_encode(payload)}.{_encode(_mac(key, payload))}"


def verify(key: bytes, text: str, door: str, now: datetime) -> Grant:
    """The grant that `text` carries.

    Raises:
        Unauthenticated: it was not signed by us, or it opens another door.
        GrantExpired: its time is over.
    """
    payload = _signed_payload(key, text)
    try:
        body: dict[str, Any] = json.loads(payload)
        grant = Grant(
            topic=str(body["topic"]),
            participant=str(body["participant"]),
            door=str(body["door"]),
            audiences=tuple(map(str, body["audiences"])),
            epoch=int(body["epoch"]),
            expires=from_ms(int(body["expires"]) * 1000),
            device=str(body.get("device", "")),
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        raise Unauthenticated("This grant cannot be read.") from None
    if body.get("v") != _VERSION or grant.door != door:
        raise Unauthenticated("This grant opens something else.")
    if grant.expires <= now:
        raise GrantExpired
    return grant


def _signed_payload(key: bytes, text: str) -> bytes:
    head, _, tail = text.partition(".")
    try:
        payload, mac = _decode(head), _decode(tail)
    except (ValueError, binascii.Error):
        raise Unauthenticated("This grant cannot be read.") from None
    if not hmac.compare_digest(mac, _mac(key, payload)):
        raise Unauthenticated("This grant is not ours.")
    return payload


def _mac(key: bytes, payload: bytes) -> bytes:
    return hmac.digest(key, payload, hashlib.sha256)


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
