"""Errors as problem documents (RFC 9457): whatever goes wrong in a request, the answer has the same shape."""

from collections.abc import Awaitable, Callable
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from cooee.kit.errors import (
    BodyTooLarge,
    Broken,
    InvalidRequest,
    JsonValue,
    Malformed,
    MethodNotAllowed,
    NotFound,
    Refusal,
    Unavailable,
    UnsupportedMediaType,
)

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger(__name__)


class Problem(BaseModel):
    """A problem document (RFC 9457). Some codes carry further members; docs/errors.md names them."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(examples=["/docs/errors#not_found"])
    title: str
    status: int
    detail: str
    code: str = Field(description="Stable: programs decide by it.", examples=["not_found"])


def refusals(*classes: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses=` of a route that may refuse so, for OpenAPI."""
    answers: dict[int | str, dict[str, Any]] = {}
    for status in sorted({refusal.status for refusal in classes}):
        codes = sorted({refusal.code for refusal in classes if refusal.status == status})
        answers[status] = {
            "description": ", ".join(codes),
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    return answers


def answer(refusal: Refusal) -> JSONResponse:
    """The HTTP answer for a refusal."""
    return JSONResponse(refusal.problem(), refusal.status, headers=dict(refusal.headers()), media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Has every error of `app` answered as a problem document."""
    app.add_exception_handler(Refusal, _handler(_as_refusal))
    app.add_exception_handler(RequestValidationError, _handler(_from_validation))
    app.add_exception_handler(HTTPException, _handler(_from_http))
    app.add_exception_handler(Exception, _handler(_from_bug))
    generate = app.openapi
    app.openapi = lambda: _described(generate())  # type: ignore[method-assign]


def _described(schema: dict[str, Any]) -> dict[str, Any]:
    """The API's description with problem documents wherever FastAPI describes its own kind of error."""
    schemas: dict[str, Any] = schema["components"]["schemas"]
    if "Problem" in schemas:
        return schema
    schemas["Problem"] = Problem.model_json_schema()
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    invalid = _documented(InvalidRequest)
    unreadable = _documented(Malformed, BodyTooLarge, InvalidRequest)
    for operation in (operation for ways in schema["paths"].values() for operation in ways.values()):
        answers = operation["responses"]
        if "HTTPValidationError" in str(answers.get("422")):
            answers.pop("422")
            answers |= invalid
        if "requestBody" in operation:
            operation["responses"] = unreadable | answers
    return schema


def _documented(*classes: type[Refusal]) -> dict[str, Any]:
    return {str(status): answer for status, answer in refusals(*classes).items()}


def _handler(
    translate: Callable[[Exception], Refusal],
) -> Callable[[Request, Exception], Awaitable[JSONResponse]]:
    async def handle(_request: Request, error: Exception) -> JSONResponse:
        return answer(translate(error))

    return handle


def _as_refusal(error: Exception) -> Refusal:
    assert isinstance(error, Refusal)
    return error


def _from_validation(error: Exception) -> Refusal:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if any(entry["type"] == "json_invalid" for entry in found):
        return Malformed("The body is not JSON.")
    places: list[JsonValue] = [
        {"at": ".".join(str(step) for step in entry["loc"]), "says": str(entry["msg"])} for entry in found
    ]
    first = found[0]
    return InvalidRequest(f"{first['loc'][-1] if first['loc'] else 'body'}: {first['msg']}", errors=places)


_BY_STATUS: dict[int, type[Refusal]] = {
    400: Malformed,
    404: NotFound,
    405: MethodNotAllowed,
    413: BodyTooLarge,
    415: UnsupportedMediaType,
    503: Unavailable,
}


def _from_http(error: Exception) -> Refusal:
    assert isinstance(error, HTTPException)
    return _BY_STATUS.get(error.status_code, Malformed if error.status_code < 500 else Broken)()


def _from_bug(error: Exception) -> Refusal:
    # Starlette raises the error again after our answer; the server's logger would write it a second time.
    _log.error("request.failed", exc_info=error)
    return Broken()
