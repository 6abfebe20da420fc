"""What the routes of this domain are given by `app.py`, at `app.state.notify`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.notify.service import Desk


@dataclass(frozen=True)
class Wiring:
    """Settings and tools."""

    desk: Desk


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.notify
    assert isinstance(found, Wiring)
    return found


Notify = Annotated[Wiring, Depends(wiring)]
