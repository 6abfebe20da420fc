"""What an invitation, a proof and a device are. Pure."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

SignupMode = Literal["open", "invite", "closed"]
Inviters = Literal["administrators", "everyone"]

FRESH = timedelta(minutes=10)
"""How long after a proof sensitive things may be done."""

_NOTE_USE_AFTER = timedelta(minutes=5)
# The first that is found: each later one is also in the words of the earlier ones.
_BROWSERS = (
    ("Edge", re.compile(r"\bEdgA?(?:iOS)?/")),
    ("Opera", re.compile(r"\bOPR/")),
    ("Samsung Internet", re.compile(r"\bSamsungBrowser/")),
    ("Firefox", re.compile(r"\b(?:Firefox|FxiOS)/")),
    ("Chrome", re.compile(r"\b(?:HeadlessChrome|Chrome|CriOS|Chromium)/")),
    ("Safari", re.compile(r"\bVersion/\S+.* Safari/")),
)
_SYSTEMS = (
    ("iPhone", re.compile(r"\biPhone\b")),
    ("iPad", re.compile(r"\biPad\b")),
    ("Android", re.compile(r"\bAndroid\b")),
    ("ChromeOS", re.compile(r"\bCrOS\b")),
    ("Windows", re.compile(r"\bWindows\b")),
    ("macOS", re.compile(r"\bMac OS X\b")),
    ("Linux", re.compile(r"\bLinux\b")),
)


@dataclass(frozen=True)
class Device:
    """What a device says of itself; None where it says nothing that we know."""

    browser: str | None = None
    system: str | None = None


def device(user_agent: str) -> Device:
    """The browser and the system that a `User-Agent` names. No more of it is kept."""
    return Device(_first(_BROWSERS, user_agent), _first(_SYSTEMS, user_agent))


def is_fresh(confirmed_at: datetime, now: datetime) -> bool:
    """Whether the proof is young enough for sensitive things."""
    return now - confirmed_at < FRESH


def worth_noting(last_used_at: datetime, now: datetime) -> bool:
    """Whether a use of a session should be written down: not with every request."""
    return now - last_used_at >= _NOTE_USE_AFTER


def may_invite(*, admin: bool, mode: SignupMode, inviters: Inviters) -> bool:
    """Whether somebody may invite people to sign up."""
    return mode != "closed" and (admin or inviters == "everyone")


def may_lose_one(*, password: bool, passkeys: int, providers: int) -> bool:
    """Whether an account with these ways in may lose one passkey or provider: something has to open it afterwards."""
    return password or passkeys + providers > 1


def _first(words: tuple[tuple[str, re.Pattern[str]], ...], user_agent: str) -> str | None:
    return next((word for word, pattern in words if pattern.search(user_agent)), None)
