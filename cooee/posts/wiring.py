"""What the routes of this domain are given by `app.py`, at `app.state.posts`."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.people.cards import Attachments
from cooee.posts.questions import OnStage


@dataclass(frozen=True)
class Wiring:
    """Settings and wired answers."""

    asks: Attachments
    on_stage: OnStage
    post_limit: str
    """Per account, e.g. `30 per 10 minutes`; empty means none."""
    mark_limit: str
    """Likes and bookmarks, each, per account."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.posts
    assert isinstance(found, Wiring)
    return found


Posts = Annotated[Wiring, Depends(wiring)]
