"""By what Spaces are found: the words of their title, and their topics."""

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Connection, Table, and_, delete, exists, insert, true
from sqlalchemy.sql.elements import SQLColumnExpression

from cooee.kit.words import begins_with, folded, words

TOPIC = "#"
"""The key of a topic begins with it, and that of a word never does."""

Keys = Mapping[str, str | None]
"""By what a Space is found: words, and topics with their spelling."""


def keys(title: str, topics: Iterable[str]) -> Keys:
    """The words of title and topics, and each topic as a whole."""
    spelt = tuple(topics)
    said = [word for text in (title, *spelt) for word in words(text)]
    return {**dict.fromkeys(said), **{topic_key(topic): topic for topic in spelt}}


def topic_key(topic: str) -> str:
    """What stands for a topic, however it is spelt."""
    return TOPIC + " ".join(folded(topic).split())


def note(tx: Connection, table: Table, space: str, found_by: Keys) -> None:
    """Has a Space found by these keys and no others; `table` is one of words, spellings and Spaces."""
    tx.execute(delete(table).where(table.c.space_id == space))
    if found_by:
        rows = [{"word": key, "space_id": space, "spelling": spelling} for key, spelling in found_by.items()]
        tx.execute(insert(table), rows)


def matches(
    table: Table, space: SQLColumnExpression[str], question: str, topic: str | None
) -> ColumnElement[bool] | None:
    """Whether each word of the question begins a word of the Space, and it has the topic. None: nothing can match."""
    asked = words(question)
    if question.strip() and not asked:
        return None
    wanted = [_has(table, space, begins_with(table.c.word, word)) for word in asked]
    if topic is not None:
        wanted.append(_has(table, space, table.c.word == topic_key(topic)))
    return and_(true(), *wanted)


def _has(table: Table, space: SQLColumnExpression[str], said: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(table.c.space_id == space, said).correlate_except(table)
