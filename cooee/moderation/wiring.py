"""What the routes of this domain are given by `app.py`, at `app.state.moderation`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.moderation.service import Bench


@dataclass(frozen=True)
class Wiring:
    """Settings and tools."""

    bench: Bench
    report_limit: str
    """Per account, e.g. `20 per day`."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.moderation
    assert isinstance(found, Wiring)
    return found


Moderation = Annotated[Wiring, Depends(wiring)]
"""The wiring, as a parameter of a route."""
