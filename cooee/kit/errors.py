"""What a rule says when it says no: a stable code, listed in docs/errors.md and translated in the client."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

TYPE_PREFIX = "/docs/errors#"

JsonValue = str | int | float | bool | None | list["JsonValue"] | dict[str, "JsonValue"]


class Refusal(Exception):
    """A rule said no. Subclasses name the rule; further `fields` go into the problem document as they are."""

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(self, detail: str | None = None, **fields: JsonValue) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.fields = fields

    def headers(self) -> Mapping[str, str]:
        """What the HTTP answer carries besides the problem document."""
        return {}

    def problem(self) -> dict[str, JsonValue]:
        """The problem document (RFC 9457 §3)."""
        return {
            "type": TYPE_PREFIX + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail or self.title,
            "code": self.code,
            **self.fields,
        }


class InvalidRequest(Refusal):
    """The request does not have the shape that the API describes; `errors` says where."""

    code = "invalid_request"
    status = 422
    title = "The request is not valid."


class Malformed(Refusal):
    """The body cannot be read at all."""

    code = "malformed_body"
    status = 400
    title = "The body could not be read."


class BadCursor(Refusal):
    """A `cursor` that this list never gave out."""

    code = "bad_cursor"
    status = 400
    title = "This is not a cursor of this list."


class Unauthenticated(Refusal):
    """Nobody is signed in, or the token means nothing."""

    code = "unauthenticated"
    status = 401
    title = "Sign in first."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class GrantExpired(Refusal):
    """A grant whose time to be used is over."""

    code = "grant_expired"
    status = 401
    title = "This address has expired. Ask for a new one."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class ForeignOrigin(Refusal):
    """An unsafe request by cookie that does not come from our own pages."""

    code = "foreign_origin"
    status = 403
    title = "This request came from another site."


class NotFound(Refusal):
    """No such address."""

    code = "not_found"
    status = 404
    title = "There is nothing here."


class MethodNotAllowed(Refusal):
    """The address exists, and does not do that."""

    code = "method_not_allowed"
    status = 405
    title = "This address does not do that."


class BodyTooLarge(Refusal):
    """More bytes than this address takes."""

    code = "body_too_large"
    status = 413
    title = "This is too large."


class UnsupportedMediaType(Refusal):
    """The body is of a kind that this address does not take."""

    code = "unsupported_media_type"
    status = 415
    title = "This kind of content is not accepted here."


class TooManyRequests(Refusal):
    """A rate limit; `retry_after` is in whole seconds."""

    code = "too_many_requests"
    status = 429
    title = "Too many attempts. Wait a little."

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"Try again in {retry_after} seconds.", retry_after=retry_after)
        self.retry_after = retry_after

    def headers(self) -> Mapping[str, str]:
        return {"Retry-After": str(self.retry_after)}


class Broken(Refusal):
    """A bug of ours: the answer says no more than that."""

    code = "internal"
    status = 500
    title = "Something broke on our side."


class Unavailable(Refusal):
    """Something that this needs is away for the moment."""

    code = "unavailable"
    status = 503
    title = "This is not available right now. Try again."


def every_refusal(root: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All refusals that were imported so far, in the order of their definition."""
    for child in root.__subclasses__():
        if "code" in vars(child):
            yield child
        yield from every_refusal(child)
