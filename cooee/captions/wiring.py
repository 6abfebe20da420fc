"""What the routes of this domain are given by `app.py`, at `app.state.captions`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from sqlalchemy import Connection

from cooee.captions.live import Captioner
from cooee.people.ids import PersonId


@dataclass(frozen=True)
class Wiring:
    """The captions of this node."""

    captioner: Captioner
    forget: Callable[[Connection, PersonId], None]
    """Deletes somebody's words from what higher domains made of them."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.captions
    assert isinstance(found, Wiring)
    return found


Captions = Annotated[Wiring, Depends(wiring)]
"""The captions, for a route."""
