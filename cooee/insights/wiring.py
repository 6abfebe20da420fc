"""What the routes of this domain are given by `app.py`, at `app.state.insights`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request


@dataclass(frozen=True)
class Wiring:
    """Settings."""

    feedback_limit: str
    """Per account, e.g. `20 per day`."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.insights
    assert isinstance(found, Wiring)
    return found


Insights = Annotated[Wiring, Depends(wiring)]
"""The wiring, as a parameter of a route."""
