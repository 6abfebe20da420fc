"""Does in the engine what was decided: opens stages, says who may be heard, and starts and stops the tape."""

from cooee.media.engine import Media
from cooee.spaces import events, views
from cooee.spaces.house import Change
from cooee.spaces.state import Space, SpaceId
from cooee.spaces.tape import Tape


class Stagehand:
    """One per node. Permissions are level-triggered: what was said once may be said again."""

    def __init__(self, media: Media, tape: Tape) -> None:
        self._media = media
        self._tape = tape
        self._epochs: dict[SpaceId, int] = {}

    def take(self, space: Space, epoch: int) -> None:
        """Carries the Space on this node from now on, at this epoch."""
        self._open(space.id, epoch)
        self.permit(space)
        if space.recording_since is not None:
            # Before anybody hears of it: who does, takes it for granted.
            self._tape.start(space.id, epoch)

    def follow(self, change: Change) -> None:
        """In the writing thread, in the order of commits: what must not wait."""
        space = change.after
        if change.before is None:
            self._open(space.id, 1)
        self.permit(space)
        self.record(change.before, space)
        if space.ended:
            self._epochs.pop(space.id, None)
        for event in change.events:
            if isinstance(event, events.Removed | events.TicketTaken):
                self._media.close_participant(space.id, event.person, "removed")

    def permit(self, space: Space) -> None:
        """Says who may be heard."""
        self._media.set_stage(space.id, space.version, views.permissions(space), space.access_epoch)

    def record(self, before: Space | None, space: Space) -> None:
        """After permissions: what is recorded was opened under REC."""
        was_on = before is not None and before.recording_since is not None
        if was_on != (space.recording_since is not None):
            if was_on:
                self._tape.stop(space.id)
            else:
                self._tape.start(space.id, self._epochs.get(space.id, 1))

    def _open(self, id: SpaceId, epoch: int) -> None:
        self._media.open_space(id, epoch)
        self._epochs[id] = epoch
