"""What the rules about notices refuse."""

from cooee.kit.errors import Refusal


class NotOffered(Refusal):
    """Messages are read where messages are, and are no notices in the app."""

    code = "notice_not_offered"
    status = 409
    title = "This kind of notice cannot come in this way."


class EndpointRefused(Refusal):
    """The push endpoint is no public https address."""

    code = "push_endpoint_refused"
    status = 422
    title = "Nothing can be pushed to this address."


class PushKeysUnreadable(Refusal):
    """The keys of a push subscription are not what browsers make."""

    code = "push_keys_unreadable"
    status = 422
    title = "These are not the keys of a push subscription."


class UnsubscribeLinkInvalid(Refusal):
    """The link that ends letters is none of ours, or was cut."""

    code = "unsubscribe_link_invalid"
    status = 422
    title = "This link is not valid."
