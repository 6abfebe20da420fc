"""A town of people who may all host, and time that passes when a test says so."""

from typing import Any

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from tests.notify.told import Town
from tests.visitor import Visitor


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone"}


@pytest.fixture
def town(node: FastAPI, guest: Visitor, clock: SettableClock) -> Town:
    return Town(node, guest, clock)
