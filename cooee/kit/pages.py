"""Lists that are read page by page: a cursor names the last item seen, so that nothing is shown twice or skipped."""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar

from fastapi import Depends, Query
from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer

from cooee.kit.clock import from_ms
from cooee.kit.errors import BadCursor

Item = TypeVar("Item")

Timestamp = Annotated[
    datetime,
    PlainSerializer(lambda moment: rfc3339(moment), return_type=str, when_used="json"),
]
"""A time as it stands in JSON: RFC 3339, UTC, milliseconds."""


def rfc3339(moment: datetime) -> str:
    """`2026-11-21T10:00:00.000Z`"""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(given: object) -> object:
    if not isinstance(given, str):
        raise ValueError("a time is written as RFC 3339 has it")
    return given


# Bodies are strict, and JSON has no times: of what is no time itself, text alone is read as one.
AskedTime = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_text)]
"""A time in the body of a request."""


class Shape(BaseModel):
    """What goes over the wire. Shapes are values: made once, never changed."""

    model_config = ConfigDict(frozen=True)


class Asked(BaseModel):
    """What a request's body holds. What is unknown or of another type is refused, so that a mistake is seen."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Page(Shape, Generic[Item]):
    """One page of a list; `next` is the cursor of the page after it."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True)
class Asking:
    """Which page is asked for."""

    after: tuple[int, ...]
    """The numbers by which the last item seen is found again; empty for the first page."""
    limit: int

    def numbers(self, count: int) -> tuple[int, ...] | None:
        """The cursor's numbers, or None for the first page.

        Raises:
            BadCursor: it is the cursor of some other list.
        """
        if not self.after:
            return None
        if len(self.after) != count:
            raise BadCursor
        return self.after

    def moment(self) -> tuple[datetime, int] | None:
        """The cursor of a list in the order of time: a moment, and what tells apart those of one moment.

        Raises:
            BadCursor: it is the cursor of some other list.
        """
        numbers = self.numbers(2)
        if numbers is None:
            return None
        try:
            return from_ms(numbers[0]), numbers[1]
        except OverflowError:
            raise BadCursor from None


def asked_page(
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before")] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Asking:
    """The page that a request asks for: a dependency of routes."""
    return Asking(_decoded(cursor) if cursor else (), limit)


AskedPage = Annotated[Asking, Depends(asked_page)]
"""The page that a request asks for, as a parameter of a route."""


def cursor_of(*numbers: int) -> str:
    """The cursor that leads to what comes after the item with these numbers."""
    return base64.urlsafe_b64encode(",".join(map(str, numbers)).encode()).decode().rstrip("=")


def cut(rows: Sequence[Item], limit: int) -> tuple[Sequence[Item], Item | None]:
    """Of `limit + 1` rows that were asked for: the page, and its last row if there are more after it."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], rows[limit - 1]


def _decoded(cursor: str) -> tuple[int, ...]:
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        numbers = tuple(int(part) for part in text.split(","))
    except (ValueError, binascii.Error):
        raise BadCursor from None
    if not all(0 <= number < 1 << 63 for number in numbers):
        raise BadCursor
    return numbers
