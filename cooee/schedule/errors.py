"""The refusals of scheduling; those that `POST /spaces` answers are in `spaces.errors`."""

from cooee.kit.errors import Refusal


class AlreadyStarted(Refusal):
    """What is changed or canceled before a Space begins can be no more."""

    code = "already_started"
    status = 409
    title = "This Space has begun."
