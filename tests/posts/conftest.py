"""A town, for what posts tell people."""

import pytest
from fastapi import FastAPI

from cooee.kit.clock import SettableClock
from tests.notify.told import Town
from tests.visitor import Visitor


@pytest.fixture
def town(node: FastAPI, guest: Visitor, clock: SettableClock) -> Town:
    return Town(node, guest, clock)
