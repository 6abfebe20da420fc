"""What the routes of this domain are given by `app.py`, at `app.state.schedule`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.schedule.service import Ahead


@dataclass(frozen=True)
class Wiring:
    """The service, and where people open the site."""

    ahead: Ahead
    site_url: str


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.schedule
    assert isinstance(found, Wiring)
    return found


Schedule = Annotated[Wiring, Depends(wiring)]
