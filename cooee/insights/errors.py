"""What the rules about feedback refuse."""

from cooee.kit.errors import Refusal


class NothingSaid(Refusal):
    """Feedback has stars, or words, or both."""

    code = "nothing_said"
    status = 422
    title = "Say something, or choose a star."
