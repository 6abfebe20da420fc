"""`python -m bench [PART…]`: measures, prints a table, and brings `bench/results.json` and the README up to date."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from bench import browser, captions, engine, product, readme, results, social
from bench.figures import GOALS, Figure
from bench.known import IDS

PARTS: dict[str, Callable[[], list[Figure]]] = {
    "engine": engine.measure,
    "product": product.measure,
    "social": social.measure,
    "captions": captions.measure,
    "browser": browser.measure,
}
WIDTH = 150
"""Of the table, in a file or a pipe."""


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
            found = PARTS[name]()
        except Exception as error:
            failed = True
            console.print(f"[red]✗[/] {name}: {error}", markup=True)
            continue
        if odd := {figure.id for figure in found} ^ set(IDS[name]):
            failed = True
            console.print(f"[red]✗[/] {name}: bench/known.py and what was measured differ in {', '.join(sorted(odd))}")
        _keep(found)
        figures += found
    console.print(_table(figures))
    return int(failed)


def _keep(figures: list[Figure]) -> None:
    """After each part, so that what breaks later takes nothing along."""
    new = results.measured(figures, datetime.now(UTC), results.machine())
    known = results.merged(results.read(), new)
    results.write(known)
    readme.update(known)


def _table(figures: list[Figure]) -> Table:
    table = Table(title=f"Cooee on {results.machine()}")
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
