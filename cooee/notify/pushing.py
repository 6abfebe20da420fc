"""Web Push: encrypts what a browser shows (RFC 8291), signs who sends it (RFC 8292), hands it over (RFC 8030)."""

import asyncio
import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import cached_property
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from cooee.kit.clock import Clock
from cooee.kit.http import NotFetched, NotPublic, Outside
from cooee.kit.web import origin_of
from cooee.notify.devices import Device, Keys

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

PURPOSE = "vapid"
# Together below the lease of a job.
PATIENCE_S = 10.0
_PROOF = timedelta(hours=12)
# The order of the group of P-256 (SEC 2, §2.4.2).
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
_POINT_BYTES, _AUTH_BYTES = 65, 16
_LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Message:
    """What is pushed. Of two with the same topic that wait at the push service, the later replaces the earlier."""

    body: bytes
    topic: str
    urgent: bool
    lasts: timedelta
    """A device that is reached later hears nothing of it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """The push service took it."""


@dataclass(frozen=True, slots=True)
class Gone:
    """The subscription is no more."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will not be taken, now or later."""

    status: int


@dataclass(frozen=True, slots=True)
class Busy:
    """It may be taken later; `wait` is what the push service asks for."""

    wait: timedelta | None


Outcome = Reached | Gone | Refused | Busy


def outcome(status: int, retry_after: str | None, now: datetime) -> Outcome:
    """What an answer of a push service means (RFC 8030 §5, §7.3, §8.4)."""
    if 200 <= status < 300:
        return Reached()
    if status in (404, 410):
        return Gone()
    if status == 429 or status >= 500:
        return Busy(_wait(retry_after, now))
    return Refused(status)


def wrong_with(endpoint: str, keys: Keys) -> Literal["endpoint", "keys"] | None:
    """What of a subscription cannot be, if anything."""
    try:
        host = urlsplit(endpoint).hostname
    except ValueError:
        return "endpoint"
    # The library signs for no address that is written in IPv6.
    if not host or ":" in host:
        return "endpoint"
    point, auth = _decoded(keys.p256dh), _decoded(keys.auth)
    if point is None or auth is None or len(auth) != _AUTH_BYTES:
        return "keys"
    if len(point) != _POINT_BYTES or not _is_on_curve(point):
        return "keys"
    return None


class Pusher:
    """Speaks to push services. There is one per node; its key is the instance's."""

    def __init__(self, seed: bytes, contact: str, outside: Outside, clock: Clock) -> None:
        """`seed` has 32 bytes; `contact` is an https: or mailto: address of the operator's."""
        self._seed = seed
        self._contact = contact
        self._outside = outside
        self._clock = clock

    @cached_property
    def public_key(self) -> str:
        """By which browsers know this instance (`applicationServerKey`), in base64url."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        point = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return base64.urlsafe_b64encode(point).decode().rstrip("=")

    @cached_property
    def _key(self) -> "EllipticCurvePrivateKey":
        from cryptography.hazmat.primitives.asymmetric import ec

        # Never 0, and as good as evenly spread.
        return ec.derive_private_key(int.from_bytes(self._seed) % (_ORDER - 1) + 1, ec.SECP256R1())

    async def check_endpoint(self, endpoint: str) -> None:
        """Looks where an endpoint leads, before it is kept.

        Raises:
            NotFetched: nowhere, or to a network that is not public.
        """
        try:
            parts = urlsplit(endpoint)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise NotFetched("no address") from None
        if parts.scheme != "https" and not (self._outside.tests_may_reach_loopback and parts.scheme == "http"):
            raise NotPublic("only https")
        await self._outside.addresses(parts.hostname or "", port)

    async def send(self, device: Device, message: Message, patience_s: float = PATIENCE_S) -> Outcome:
        """Hands a message over; a push service that does not answer in time is busy."""
        now = self._clock.now()
        # The library takes a second to load, and encryption is work.
        body, headers = await asyncio.to_thread(self._sealed, device, message, now)
        try:
            answer = await self._outside.fetch_public(
                "POST", device.endpoint, headers=headers, body=body, timeout_s=patience_s
            )
        except NotPublic:
            return Gone()
        except NotFetched:
            return Busy(None)
        return outcome(answer.status, answer.headers.get("retry-after"), self._clock.now())

    def _sealed(self, device: Device, message: Message, now: datetime) -> tuple[bytes, dict[str, str]]:
        from py_vapid import Vapid02
        from pywebpush import WebPusher

        keys = {"p256dh": device.keys.p256dh, "auth": device.keys.auth}
        sealed = WebPusher({"endpoint": device.endpoint, "keys": keys}).encode(message.body)
        claims = {
            "aud": origin_of(device.endpoint),
            "exp": int((now + _PROOF).timestamp()),
            "sub": self._contact,
        }
        signed = Vapid02(self._key, conf={"no-strict": True}).sign(claims)
        headers = {
            "authorization": str(signed["Authorization"]),
            "content-encoding": "aes128gcm",
            "content-type": "application/octet-stream",
            "ttl": str(int(message.lasts.total_seconds())),
            "topic": topic_header(message.topic),
            "urgency": "high" if message.urgent else "normal",
        }
        return bytes(sealed["body"]), headers


def topic_header(topic: str) -> str:
    """32 characters of base64url that tell the push service nothing (RFC 8030 §5.4)."""
    return base64.urlsafe_b64encode(hashlib.sha256(topic.encode()).digest()).decode()[:32]


def _wait(retry_after: str | None, now: datetime) -> timedelta | None:
    if retry_after is None:
        return None
    try:
        wait = timedelta(seconds=int(retry_after))
    except (ValueError, OverflowError):
        try:
            wait = parsedate_to_datetime(retry_after) - now
        except (ValueError, TypeError):
            return None
    return min(max(wait, timedelta(seconds=1)), _LONGEST_WAIT)


def _decoded(text: str) -> bytes | None:
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def _is_on_curve(point: bytes) -> bool:
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        return False
    return True
