"""A node where everybody may host."""

from typing import Any

import pytest


@pytest.fixture
def changed_settings() -> dict[str, Any]:
    return {"hosting": "everyone", "reaction_limit": "", "join_limit": "", "join_address_limit": ""}
