"""The refusals of scheduling; those that `POST /spaces` answers are in `spaces.errors`."""

from cooee.kit.errors import Refusal


class AlreadyStarted(Refusal):
    """What is changed or canceled before a Space begins can be no more."""

    code = "already_started"
    status = 409
    title = "This Space has begun."


class AudienceFixed(Refusal):
    """There are tickets: it stays open to those who buy one."""

    code = "audience_fixed"
    status = 409
    title = "Tickets are on sale: whoever buys one must find this Space. Take them off first."
