"""What the rules about notices refuse."""

from cooee.kit.errors import Refusal


class NotOffered(Refusal):
    """Messages are read where messages are, and are no notices in the app."""

    code = "notice_not_offered"
    status = 409
    title = "This kind of notice cannot come in this way."
