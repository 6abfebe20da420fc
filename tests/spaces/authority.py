"""The table of who may do what, as both the rules and the HTTP surface are held to it."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ALLOWED = "allowed"
ROLES = ("host", "cohost", "speaker", "listener", "removed", "guest")


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
