"""Single facts about this instance, by name: whether it is a demo, what an administrator chose."""

from sqlalchemy import Column, Connection, Table, Text, delete, select

from cooee.kit.columns import text_id
from cooee.kit.db import metadata

facts = Table("facts", metadata, Column("name", text_id(), primary_key=True), Column("value", Text, nullable=False))


def fact(tx: Connection, name: str) -> str | None:
    """What was written down under `name`, if anything."""
    return tx.execute(select(facts.c.value).where(facts.c.name == name)).scalar_one_or_none()


def write_down(tx: Connection, name: str, value: str) -> None:
    """Remembers `value` under `name`, in place of what was there."""
    forget(tx, name)
    tx.execute(facts.insert().values(name=name, value=value))


def forget(tx: Connection, name: str) -> None:
    """Forgets what was written down under `name`."""
    tx.execute(delete(facts).where(facts.c.name == name))
