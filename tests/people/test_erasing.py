"""What is left of somebody who was erased: nothing, in any table, but for what `fates.csv` gives a reason to keep."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from cooee.app import BELONGINGS
from cooee.kit.db import Database, metadata
from cooee.people import erasing
from cooee.people.ids import PersonId
from tests.people.everything import PLANTED, held, plant
from tests.people.settled import NOW, settle

Fates = dict[tuple[str, str], tuple[str, str]]


def _fates() -> Fates:
    """What becomes of each column about a person, and why: `erase`, `anonymise` or `keep`."""
    with (Path(__file__).parent / "fates.csv").open(newline="") as file:
        return {(row["table"], row["column"]): (row["fate"], row["why"]) for row in csv.DictReader(file)}


def test_every_column_has_a_fate_and_what_is_kept_has_a_reason() -> None:
    """A new column fails here: write down in `fates.csv` what becomes of it when a person is erased."""
    columns = {(table.name, column.name) for table in metadata.sorted_tables for column in table.columns}
    fates = _fates()
    assert columns == fates.keys()
    assert {fate for fate, _ in fates.values()} == {"erase", "anonymise", "keep"}
    assert [column for column, (fate, why) in fates.items() if fate == "keep" and not why] == []


def test_what_goes_on_pointing_at_people_is_listed_as_kept() -> None:
    kept = {(column.table.name, column.name) for domain in BELONGINGS for column in domain.keeps}
    fates = _fates()
    assert {name: fates[name][0] for name in kept} == dict.fromkeys(kept, "keep")
    gone = {(table.name, column.name) for table, column in erasing.pointing()} - kept
    assert {name: fates[name][0] for name in gone} == dict.fromkeys(gone, "erase")


@pytest.fixture
def ada(database: Database) -> PersonId:
    """Somebody of whom every table holds something."""

    def work(tx: Connection) -> PersonId:
        ada, bob = settle(tx, "ada_lovelace", "bob")
        plant(tx, ada, bob)
        return ada

    return database.write_now(work)


def _erase(database: Database, person: PersonId) -> None:
    database.write_now(lambda tx: erasing.erase(tx, person, BELONGINGS, NOW))


def _rows(database: Database) -> list[tuple[str, Mapping[str, Any]]]:
    """Every row of every table, but for the work that deletes files."""
    rows = database.read_now(lambda tx: list(held(tx)))
    return [(table.name, row) for table, row in rows if table.name != "outbox"]


def test_nothing_in_any_table_says_anything_of_whoever_was_erased(database: Database, ada: PersonId) -> None:
    before = _rows(database)
    pointing = {(table.name, column.name) for table, column in erasing.pointing()}
    assert {(table, name) for table, row in before for name, value in row.items() if value == ada} >= pointing
    _erase(database, ada)
    rows = _rows(database)
    said = [(table, row) for table, row in rows if PLANTED in str(row) or "lovelace" in str(row).lower()]
    assert said == []
    assert [(table, row) for table, row in rows if ada in row.values() and table != "people"] == []
    ghost, bob = sorted((row for table, row in rows if table == "people"), key=lambda row: int(row["id"]))
    assert ghost["username"] == f"-{ada}"
    assert {name for name, value in ghost.items() if value} == {
        *("id", "username", "language", "created_at", "protected"),
    }
    assert (bob["username"], bob["followers"], bob["following"]) == ("bob", -1, -1)


def test_erasing_twice_is_erasing_once(database: Database, ada: PersonId) -> None:
    _erase(database, ada)
    once = _rows(database)
    _erase(database, ada)
    assert _rows(database) == once
