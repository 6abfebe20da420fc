"""A node on its own, by `cooee serve` and by `make run`: how soon it answers, and what it weighs."""

import subprocess
import tempfile
from pathlib import Path
from statistics import median

from bench.figures import Figure
from tests.live.node import Node
from tests.live.template import ROOT

COMMAND = "python -m bench product"
ROUNDS = 3
_SETTINGS = {"COOEE_DEMO": "1", "COOEE_EDGE_HOST": "127.0.0.1"}


class _ByMake(Node):
    """A node as a newcomer starts it: the setup looks at everything first."""

    def _begin(self) -> subprocess.Popen[bytes]:
        with (self.folder / "serve.log").open("ab") as said:
            # It hands SIGTERM on to what it runs.
            return subprocess.Popen(["make", "run"], cwd=ROOT, env=self._environment(), stdout=said, stderr=said)


def measure() -> list[Figure]:
    first, second, weight = _starts(Node)
    _, by_make, _ = _starts(_ByMake)
    return [
        Figure("first_start", round(first, 2), "s", COMMAND),
        Figure("second_start", round(second, 2), "s", COMMAND),
        Figure("second_make_run", round(by_make, 2), "s", COMMAND),
        Figure("resident_memory", round(weight), "MB", COMMAND),
    ]


def _starts(kind: type[Node]) -> tuple[float, float, float]:
    """The first start in an empty folder, the middle one of those that follow, and what the node weighs then, in MB."""
    with tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        node = kind(Path(folder), _SETTINGS)
        try:
            first = node.start()
            later = median(_restarted(node) for _ in range(ROUNDS))
            return first, later, node.resident_bytes() / 1e6
        finally:
            node.stop()


def _restarted(node: Node) -> float:
    node.stop()
    return node.start()
