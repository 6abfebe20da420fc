"""Column types that mean the same on SQLite and PostgreSQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Dialect, Integer, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

from cooee.kit.clock import from_ms, to_ms

_LARGEST = (1 << 63) - 1


class UtcTime(TypeDecorator[datetime]):
    """A UTC time, stored as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        return None if value is None else to_ms(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        return None if value is None else from_ms(value)


class DecimalId(TypeDecorator[str]):
    """A decimal id: text in Python and JSON, a number in the database, so that it sorts by time.

    Text that is no such id is compared as a number that nobody has: it is found nowhere.
    """

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | None:
        if value is None:
            return None
        if not value.isascii() or not value.isdecimal() or len(value) > 19 or int(value) > _LARGEST:
            return -1
        return int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


class Words(TypeDecorator[str]):
    """Words as `cooee.kit.words.words` gives them, with spaces between: what a full-text index is made of."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name != "postgresql":
            return dialect.type_descriptor(Text())
        # Late, so that a node on SQLite does not spend a tenth of a second of its start on it.
        from sqlalchemy.dialects.postgresql import TSVECTOR

        return dialect.type_descriptor(TSVECTOR())


def text_id() -> TypeEngine[str]:
    """A text id that sorts by bytes everywhere."""
    return Text().with_variant(Text(collation="C"), "postgresql")


def row_number() -> TypeEngine[int]:
    """A number that the database gives; SQLite does so for `INTEGER` only."""
    return BigInteger().with_variant(Integer, "sqlite")
