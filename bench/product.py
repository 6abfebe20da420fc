"""A node on its own: how soon it answers, and what it weighs."""

import tempfile
from pathlib import Path

from bench.figures import Figure
from tests.live.node import Node

COMMAND = "python -m bench product"


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        node = Node(Path(folder), {"COOEE_DEMO": "1"})
        try:
            first = node.start()
            node.stop()
            second = min(_restarted(node) for _ in range(3))
            weight = node.resident_bytes() / 1e6
        finally:
            node.stop()
    return [
        Figure("first_start", round(first, 2), "s", COMMAND),
        Figure("second_start", round(second, 2), "s", COMMAND),
        Figure("resident_memory", round(weight), "MB", COMMAND),
    ]


def _restarted(node: Node) -> float:
    node.stop()
    return node.start()
