"""What the routes of this domain are given by `app.py`, at `app.state.analytics`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, Request

from cooee.analytics.live import Counting


@dataclass(frozen=True)
class Wiring:
    """What this node counts, and how long it is kept."""

    counting: Counting
    keep: timedelta


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.analytics
    assert isinstance(found, Wiring)
    return found


Analysed = Annotated[Wiring, Depends(wiring)]
"""The wiring, as a parameter of a route."""
