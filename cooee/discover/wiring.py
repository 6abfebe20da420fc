"""What the routes of this domain are given by `app.py`, at `app.state.discover`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.discover.service import Guide


@dataclass(frozen=True)
class Wiring:
    """Whoever knows what there is."""

    guide: Guide


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.discover
    assert isinstance(found, Wiring)
    return found


Discover = Annotated[Wiring, Depends(wiring)]
