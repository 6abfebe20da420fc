"""What the routes of this domain are given by `app.py`, at `app.state.recordings`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from cooee.recordings.service import Archive
from cooee.recordings.tape import Tapes
from cooee.recordings.waiting import Waiting


@dataclass(frozen=True)
class Wiring:
    """The archive, where the engine writes, and a folder for what is made of it."""

    archive: Archive
    tapes: Tapes
    workshop: Path
    site_url: str
    waiting: Waiting
    clip_limit: str
    """Per account."""


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.recordings
    assert isinstance(found, Wiring)
    return found


Recordings = Annotated[Wiring, Depends(wiring)]
