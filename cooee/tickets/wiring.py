"""What the routes of this domain are given by `app.py`, at `app.state.tickets`."""

from typing import Annotated

from fastapi import Depends, Request

from cooee.tickets.live import Desk


def desk(request: Request) -> Desk:
    """The cash desk: a dependency of routes."""
    found = request.app.state.tickets
    assert isinstance(found, Desk)
    return found


Till = Annotated[Desk, Depends(desk)]
