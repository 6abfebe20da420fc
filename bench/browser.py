"""The whole product, as people at browsers meet it; Playwright plays them."""

import json
import os
import subprocess
import tempfile
from pathlib import Path

from bench.figures import Figure
from tests.live.template import ROOT

COMMAND = "python -m bench browser"


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory(prefix="cooee-bench-") as folder:
        results = Path(folder) / "figures.jsonl"
        subprocess.run(
            ["npx", "playwright", "test", "--config", "playwright.bench.config.ts"],
            cwd=ROOT / "client",
            env={**os.environ, "COOEE_BENCH_RESULTS": str(results)},
            check=True,
            timeout=900,
        )
        lines = [json.loads(line) for line in results.read_text("utf-8").splitlines()]
    return [Figure(line["id"], line["value"], line["unit"], COMMAND) for line in lines]
