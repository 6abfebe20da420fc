"""The table of who may do what, as both the rules and the HTTP surface are held to it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.spaces import rooms

ALLOWED = "allowed"

ACTORS = {
    "host": rooms.HOST,
    "cohost": rooms.COHOST,
    "speaker": rooms.SPEAKER,
    "listener": rooms.LISTENER,
    "moderator": rooms.MODERATOR,
    "outsider": rooms.OUTSIDER,
    "blocked": rooms.BLOCKED,
    "removed": rooms.REMOVED,
}
"""Who has an account. The moderator looks into the room upon a report; the outsider never came in."""

ROLES = (*ACTORS, "guest")

HERE = {"listener", "moderator"}
"""Who is in the room without a seat."""

BLOCKED = {"blocked", "moderator"}
"""Whom the host has blocked. That a moderator is in the room all the same is what the column shows."""


class Row(NamedTuple):
    command: str
    role: str
    answer: str
    """`allowed`, or the code of the refusal."""


def table() -> Iterator[Row]:
    with (Path(__file__).parent / "authority.csv").open(newline="") as file:
        for line in csv.DictReader(file):
            for role in ROLES:
                yield Row(line["command"], role, line[role])
