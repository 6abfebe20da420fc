"""The media engine under thousands of listeners; `cooee-load` measures, with real ICE, DTLS and SRTP sessions."""

import json
import subprocess

from bench.figures import Figure
from tests.live.node import ROOT

_PROGRAM = ROOT / "target/ci/cooee-load"
_COMMAND = "target/ci/cooee-load engine"


def measure() -> list[Figure]:
    done = subprocess.run([_PROGRAM, "engine", "--json"], cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=900)
    return [Figure(line["id"], line["value"], line["unit"], _COMMAND) for line in json.loads(done.stdout)]
