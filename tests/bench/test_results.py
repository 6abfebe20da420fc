"""What `python -m bench` keeps, and what the README says of it."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import readme, results
from bench.__main__ import PARTS
from bench.figures import GOALS, Figure
from bench.known import IDS, part_of
from bench.readme import BEGIN, END, README, ROWS
from bench.results import Result

ROOT = Path(__file__).parents[2]
MORNING = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)
EVENING = datetime(2026, 3, 2, 21, 5, tzinfo=UTC)
KNOWN = {id for ids in IDS.values() for id in ids}


def figures(**values: float) -> list[Figure]:
    return [Figure(id, value, "s", "python -m bench product") for id, value in values.items()]


def everything(on: str = "2 cores, Abacus") -> list[Result]:
    return results.measured(figures(**dict.fromkeys(KNOWN, 1.0)), MORNING, on)


def test_a_part_measured_alone_leaves_all_other_figures_as_they_were(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    results.write(results.measured(figures(second_start=1.5, cpu_per_join=600), MORNING, "2 cores, Abacus"), kept)
    again = results.measured(figures(second_start=1.2), EVENING, "4 cores, Babbage")
    results.write(results.merged(results.read(kept), again), kept)
    assert {(one.id, one.value, one.at, one.on) for one in results.read(kept)} == {
        ("cpu_per_join", 600, "2026-03-01T09:30+00:00", "2 cores, Abacus"),
        ("second_start", 1.2, "2026-03-02T21:05+00:00", "4 cores, Babbage"),
    }


def test_figures_stand_in_one_order_and_those_that_are_no_more_are_left_out() -> None:
    before = results.measured(figures(second_start=1, horses_per_core=2), MORNING, "2 cores, Abacus")
    now = results.measured(figures(cpu_per_join=600), EVENING, "2 cores, Abacus")
    assert [one.id for one in results.merged(before, now)] == ["cpu_per_join", "second_start"]


def test_a_row_that_does_not_say_where_it_was_measured_is_not_kept(tmp_path: Path) -> None:
    kept = tmp_path / "results.json"
    kept.write_text('[{"id": "second_start", "value": 1, "unit": "s", "command": "x"}]', "utf-8")
    assert results.read(kept) == []


def test_no_figure_has_two_parts_and_every_part_and_goal_is_known() -> None:
    assert sorted(KNOWN) == sorted(id for ids in IDS.values() for id in ids)
    assert IDS.keys() == PARTS.keys()
    assert GOALS.keys() <= KNOWN


def test_what_the_browser_notes_is_known() -> None:
    script = (ROOT / "client/e2e/figures.bench.ts").read_text("utf-8")
    assert set(re.findall(r'note\("(\w+)"', script)) == set(IDS["browser"])


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.words)
def test_a_row_of_the_readme_is_of_figures_that_are_measured(row: readme.Row) -> None:
    assert set(row.ids) <= KNOWN
    assert row.filled({one.id: one for one in everything()})


def test_each_figure_in_the_readme_names_one_that_is_measured_and_its_part() -> None:
    lines = README.read_text("utf-8").split("## Figures")[1].split("\n## ")[0].splitlines()
    rows = [line for line in lines if line.startswith("| ") and not line.startswith("| figure ")]
    assert len(rows) > 10
    for row in rows:
        named = re.search(r"\| `(\w+)` of `(\w+)` \|$", row)
        assert named, row
        assert part_of(named[1]) == named[2], row


def test_a_table_of_the_readme_is_of_one_machine_and_says_which_goal_was_missed(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"before\n{BEGIN}\nold\n{END}\nafter\n", "utf-8")
    slow = results.measured(figures(second_start=3.6, resident_memory=130), MORNING, "2 cores, Abacus")
    quick = results.measured(figures(cpu_per_join=400), EVENING, "4 cores, Babbage")
    readme.update([*quick, *slow], page)
    text = page.read_text("utf-8")
    one, other = text.split("On 2 cores, Abacus (2026-03-01):")
    assert "On 4 cores, Babbage (2026-03-02):" in one
    assert "| engine CPU per join | 400 µs | ≤ 600 s | `cpu_per_join` of `engine` |" in one
    assert "| 3.6 s | ≤ 3 s: missed | `second_start` of `product` |" in other
    assert (text.startswith("before\n"), text.endswith("\nafter\n"), "old" in text) == (True, True, False)


def test_the_readme_says_what_was_measured_last() -> None:
    assert readme.tables(results.read()) in README.read_text("utf-8"), "python -m bench writes both; commit both"
