"""`python -m bench [PART…]`: measures, prints a table, and writes `bench/results.json`."""

import json
import os
import platform
import sys
from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench import browser, captions, engine, product, social
from bench.figures import GOALS, Figure

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "engine": engine.measure,
    "product": product.measure,
    "social": social.measure,
    "captions": captions.measure,
    "browser": browser.measure,
}
WIDTH = 150
"""Of the table, in a file or a pipe."""
RESULTS = Path(__file__).parent / "results.json"


def main(names: list[str]) -> int:
    console = Console() if sys.stdout.isatty() else Console(width=WIDTH)
    unknown = set(names) - set(PARTS)
    if unknown:
        console.print(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        return 2
    figures: list[Figure] = []
    failed = False
    for name in names or PARTS:
        console.rule(name)
        try:
            figures += PARTS[name]()
        except Exception as error:
            failed = True
            console.print(f"[red]✗[/] {name}: {error}", markup=True)
    RESULTS.write_text(json.dumps([figure.as_json() for figure in figures], indent=2) + "\n", "utf-8")
    console.print(_table(figures))
    return int(failed)


def _table(figures: list[Figure]) -> Table:
    table = Table(title=f"Cooee on {_machine()}")
    table.add_column("figure", no_wrap=True)
    table.add_column("value", justify="right")
    table.add_column("unit")
    table.add_column("goal", justify="right")
    table.add_column("", justify="center")
    command = ""
    for figure in figures:
        if figure.command != command:
            command = figure.command
            table.add_section()
            table.add_row(f"[dim]{command}[/]")
        goal = GOALS.get(figure.id)
        mark = "" if goal is None else "[green]✓[/]" if goal.reached(figure.value) else "[red]✗[/]"
        table.add_row(figure.id, f"{figure.value:,g}", figure.unit, str(goal or ""), mark)
    return table


def _machine() -> str:
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").exists() else []
    model = next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine()
    )
    return f"{os.cpu_count()} cores, {model}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
