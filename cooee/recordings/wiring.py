"""What the routes of this domain are given by `app.py`, at `app.state.recordings`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from cooee.recordings.service import Archive
from cooee.recordings.tape import Tapes
from cooee.recordings.waiting import Waiting
from cooee.spaces.state import SpaceId


@dataclass(frozen=True)
class Wiring:
    """The archive, where the engine writes, and a folder for what is made of it."""

    archive: Archive
    tapes: Tapes
    workshop: Path
    site_url: str
    site_name: str
    waiting: Waiting
    is_still_said: Callable[[SpaceId], bool]
    """Whether last words of a Space are written down just now: no longer than for a few seconds."""
    is_one_of_many: bool
    """Whether other nodes may work on the same database: what is not here may be there."""
    clip_limit: str
    """Per account."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.recordings
    assert isinstance(found, Wiring)
    return found


Recordings = Annotated[Wiring, Depends(wiring)]
