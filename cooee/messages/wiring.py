"""What the routes of this domain are given by `app.py`, at `app.state.messages`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.messages.service import Post


@dataclass(frozen=True)
class Wiring:
    """Settings and wired answers."""

    post: Post
    message_limit: str
    """Per account, e.g. `60 per minute`; empty means none."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.messages
    assert isinstance(found, Wiring)
    return found


Messages = Annotated[Wiring, Depends(wiring)]
