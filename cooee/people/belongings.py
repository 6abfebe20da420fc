"""What each domain holds of a person: how it tells it to them, and how it erases it. `app.py` wires it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Connection

from cooee.kit.errors import JsonValue
from cooee.people.ids import PersonId

Told = Mapping[str, JsonValue]
"""Parts of a person's export: the name of each file, without its ending, and what it holds."""


Files = Mapping[str, str]
"""Files of a person's export: the name of each in it, and where the blobs keep it."""


def no_files(_tx: Connection, _person: PersonId) -> Files:
    """For domains that keep none."""
    return {}


def nothing(_tx: Connection, _person: PersonId) -> None:
    """For domains whose rows simply go."""


@dataclass(frozen=True)
class Belongings:
    """One domain's part."""

    tell: Callable[[Connection, PersonId], Told]
    """All that is the person's, and of others no more than they may see."""
    erase: Callable[[Connection, PersonId], None] = nothing
    """What is to be done before the rows that point at the person are deleted."""
    files: Callable[[Connection, PersonId], Files] = no_files
    """What is theirs and is no text: pictures, sound."""
    keeps: Sequence[Column[Any]] = ()
    """The columns that go on pointing at a person who was erased: at a row that says nothing of anybody."""
