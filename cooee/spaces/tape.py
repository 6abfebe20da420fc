"""What a recording is made with: asked by the live Spaces, answered by the domain of recordings."""

from typing import Protocol

from cooee.spaces.state import SpaceId


class Tape(Protocol):
    """All calls are short and may be made from any thread; what fails later, the engine tells."""

    def start(self, space: SpaceId, epoch: int) -> None:
        """Records a Space that this node carries at `epoch`, in place of a recording under way."""

    def stop(self, space: SpaceId) -> None:
        """Records it no longer."""

    def is_recording(self, space: SpaceId) -> bool:
        """Whether what was started goes on, as far as is known."""

    def ended(self, space: SpaceId, folder: str) -> bool:
        """The engine has written all of a recording; whether nobody had stopped it."""
