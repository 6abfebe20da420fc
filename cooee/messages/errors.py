"""What the rules about messages refuse."""

from cooee.kit.errors import Refusal, TooManyRequests


class ConversationNotFound(Refusal):
    """There is no such conversation, or one is not in it."""

    code = "conversation_not_found"
    status = 404
    title = "There is no such conversation."


class MessageNotFound(Refusal):
    """There is no such message, or one is not in its conversation."""

    code = "message_not_found"
    status = 404
    title = "There is no such message."


class MessageEmpty(Refusal):
    """Neither text nor attachment."""

    code = "message_empty"
    status = 422
    title = "A message needs text or an attachment."


class NotYourMessage(Refusal):
    """Only the sender deletes a message."""

    code = "not_your_message"
    status = 403
    title = "This is somebody else's message."


class CannotMessageYourself(Refusal):
    """One writes to others."""

    code = "cannot_message_yourself"
    status = 409
    title = "You cannot write to yourself."


class MessagesNotTaken(Refusal):
    """The other does not take messages from this person. A block and a setting are not told apart."""

    code = "messages_not_taken"
    status = 403
    title = "You cannot write to this person."


class RequestWaiting(Refusal):
    """A stranger writes once, and again when the other has accepted."""

    code = "request_waiting"
    status = 409
    title = "This person has not answered your first message yet."


class CorrespondentGone(Refusal):
    """The other has deleted the account."""

    code = "correspondent_gone"
    status = 410
    title = "This account was deleted."


class CorrespondentSuspended(Refusal):
    """Moderators have suspended the other's account."""

    code = "correspondent_suspended"
    status = 409
    title = "This account is suspended."


class TooManyStrangers(TooManyRequests):
    """A new account wrote to as many strangers as it may in a day; `retry_after` is in whole seconds."""

    code = "too_many_strangers"
    status = 429
    title = "New accounts can write to only a few people a day who do not follow them."
