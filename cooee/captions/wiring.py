"""What the routes of this domain are given by `app.py`, at `app.state.captions`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.captions.live import Captioner


@dataclass(frozen=True)
class Wiring:
    """The captions of this node."""

    captioner: Captioner


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.captions
    assert isinstance(found, Wiring)
    return found


Captions = Annotated[Wiring, Depends(wiring)]
"""The captions, for a route."""
