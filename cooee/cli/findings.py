"""What `cooee doctor` says."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is."""

    fine = 0
    warning = 1
    problem = 2


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at."""

    severity: Severity
    what: str
    remedy: str = ""


def fine(what: str) -> Finding:
    return Finding(Severity.fine, what)


def warning(what: str, remedy: str) -> Finding:
    return Finding(Severity.warning, what, remedy)


def problem(what: str, remedy: str) -> Finding:
    return Finding(Severity.problem, what, remedy)
