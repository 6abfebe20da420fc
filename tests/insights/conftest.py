"""A node where everybody may host."""

from typing import Any

import pytest


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "feedback_limit": "3 per day"}
