"""Wanting less than one has: to be silent, off the stage, or gone, is refused to nobody, whoever blocked whom."""

from cooee.spaces.rules import Command
from cooee.spaces.rules.microphone import SetMicrophone
from cooee.spaces.rules.requests import TakeBackRequest
from cooee.spaces.rules.room import Leave
from cooee.spaces.rules.stage import DeclineInvitation, StepDown


def gives_up(command: Command) -> bool:
    """Whether the actor wants less than they have."""
    if isinstance(command, SetMicrophone):
        return command.muted
    return isinstance(command, Leave | StepDown | TakeBackRequest | DeclineInvitation)
