"""People who may all host."""

from typing import Any

import pytest


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "follow_limit": "", "block_limit": ""}
