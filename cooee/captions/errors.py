"""The refusals of captions."""

from cooee.kit.errors import Refusal


class NoCaptions(Refusal):
    """This site writes nothing down: the operator switched captions off, or has no recogniser."""

    code = "no_captions"
    status = 409
    title = "There are no captions here."
