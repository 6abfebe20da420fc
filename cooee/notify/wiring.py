"""What the routes of this domain are given by `app.py`, at `app.state.notify`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.kit.mail import Mailer
from cooee.notify.pushing import Pusher
from cooee.notify.service import Desk
from cooee.notify.writing import Paper


@dataclass(frozen=True)
class Wiring:
    """Settings and tools."""

    desk: Desk
    pusher: Pusher
    mailer: Mailer
    paper: Paper
    push_limit: str
    """Changes of where one is pushed to, per account."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.notify
    assert isinstance(found, Wiring)
    return found


Notify = Annotated[Wiring, Depends(wiring)]
