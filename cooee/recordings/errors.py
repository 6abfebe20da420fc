"""The refusals of recordings."""

from cooee.kit.errors import Refusal


class ReplayNotFound(Refusal):
    """It was not recorded, or what was recorded is no longer kept."""

    code = "replay_not_found"
    status = 404
    title = "There is no replay of this Space."


class ReplayNotReady(Refusal):
    """The files are being put together; that takes seconds."""

    code = "replay_not_ready"
    status = 409
    title = "The replay is being made. Try again in a moment."


class ClipNotFound(Refusal):
    """No such clip, or not for the one who asks."""

    code = "clip_not_found"
    status = 404
    title = "There is no such clip."


class ClipOutside(Refusal):
    """A clip lies within its replay."""

    code = "clip_outside"
    status = 422
    title = "This lies outside of the replay."
