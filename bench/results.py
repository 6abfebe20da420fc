"""`bench/results.json`: what was measured last, each figure with when and on which machine."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from bench.figures import Figure
from bench.known import IDS

RESULTS = Path(__file__).parent / "results.json"


@dataclass(frozen=True)
class Result:
    """A figure that was measured."""

    id: str
    value: float
    unit: str
    command: str
    at: str
    """RFC 3339, to the minute."""
    on: str
    """Cores and processor."""


def measured(figures: Iterable[Figure], now: datetime, machine: str) -> list[Result]:
    at = now.isoformat(timespec="minutes")
    return [Result(figure.id, figure.value, figure.unit, figure.command, at, machine) for figure in figures]


def merged(before: Iterable[Result], new: Iterable[Result]) -> list[Result]:
    """What was measured now in the place of what was before, and all else as it was; what is no figure now goes."""
    by_id = {result.id: result for result in (*before, *new)}
    return [by_id[id] for ids in IDS.values() for id in ids if id in by_id]


def read(path: Path = RESULTS) -> list[Result]:
    """Rows that do not say when and where they were measured are worth nothing."""
    rows = json.loads(path.read_text("utf-8")) if path.exists() else []
    return [Result(**row) for row in rows if {"at", "on"} <= row.keys()]


def write(results: Iterable[Result], path: Path = RESULTS) -> None:
    rows = [asdict(result) for result in results]
    path.write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n", "utf-8")


def machine() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text("utf-8").splitlines() if info.exists() else []
    models = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return f"{os.cpu_count()} cores, {next(models, platform.machine())}"
