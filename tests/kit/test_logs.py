"""What a log may not say."""

import io
import json
import logging

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from cooee.kit import logs


@pytest.mark.parametrize(
    "telling",
    [
        "203.0.113.7",
        "peer 203.0.113.7:50000 gone",
        "2001:db8::7",
        "[2001:db8:1:2:3:4:5:6]:8001",
        "::ffff:203.0.113.7",
        "mail to ada.lovelace+cooee@example.org",
        "Bearer abc123",
        "wss://host/edge/feed?grant=eyJ2IjoxfQ.c2ln",
        "Ok42QY7lqRCkasnGKXju4coBiI4yTWa9nqqBc8fmFB8",
        "eyJ2IjoxLCJ0b3BpYyI6InNwYWNlOmFiYyIsInBhcnRpY2lwYW50Ijoi.c2lnbmF0dXJlLW9mLWEtZ3JhbnQ",
    ],
)
def test_what_identifies_or_opens_is_blotted_out(telling: str) -> None:
    hidden = logs.hide(None, "info", {"event": telling})["event"]
    assert "<" in hidden
    for secret in ("203.0.113.7", "2001:db8", "ada", "abc123", "eyJ2", "Ok42"):
        assert secret not in hidden


@pytest.mark.parametrize(
    "plain",
    [
        "request",
        "/api/v1/spaces/1GdTjE1ILTsCQ/people/249755056617013718/mute",
        "2026-11-21T04:37:25.491290Z",
        "took 1.234 s, 10:00:00",
        "cooee.kit.db::Database",
        "schema 0001 to 0002",
    ],
)
def test_what_helps_stays(plain: str) -> None:
    assert logs.hide(None, "info", {"event": plain})["event"] == plain


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_passes(address: object) -> None:
    assert str(address) not in str(logs.hide(None, "info", {"event": f"from {address}."})["event"])


@given(st.ip_addresses(v=6).filter(lambda address: str(address) != "::"))
def test_no_ipv6_address_passes(address: object) -> None:
    assert str(address) not in str(logs.hide(None, "info", {"event": f"from {address}."})["event"])


def test_every_line_is_json_whoever_writes_it(log_lines: io.StringIO) -> None:
    structlog.get_logger("ours").info("said", who="ours")
    logging.getLogger("theirs").warning("said by %s at %s", "theirs", "203.0.113.7")
    logging.getLogger("uvicorn.access").info('127.0.0.1 - "GET /feed?grant=secret"')
    ours, theirs = (json.loads(line) for line in log_lines.getvalue().splitlines())
    assert (ours["event"], ours["who"], ours["level"]) == ("said", "ours", "info")
    assert theirs["event"] == "said by theirs at <address>"


def test_a_traceback_is_blotted_out_too(log_lines: io.StringIO) -> None:
    try:
        raise ValueError("token=abcdef sent by ada@example.org")
    except ValueError:
        structlog.get_logger("ours").exception("failed")
    (line,) = log_lines.getvalue().splitlines()
    assert "ValueError" in json.loads(line)["exception"]
    assert "abcdef" not in line
    assert "ada@" not in line
