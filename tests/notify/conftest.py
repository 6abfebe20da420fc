"""A town of people who may all host."""

from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from cooee.notify import push_jobs
from tests.notify.told import Town
from tests.visitor import Visitor


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has much to do is no slow push service."""
    monkeypatch.setattr(push_jobs, "_HURRY_S", 60.0)


@pytest.fixture
def town(node: FastAPI, guest: Visitor, clock: SettableClock) -> Town:
    return Town(node, guest, clock)
