"""Nodes forked from a process that has loaded everything: `tests/node_template.py`, one for each run of pytest."""

import atexit
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import IO, cast

ROOT = Path(__file__).parents[2]


@dataclass
class Forked:
    """A process that is not our child, as far as `subprocess.Popen` is one; what it ended with, nobody learns."""

    pid: int

    def poll(self) -> int | None:
        """Zero once it is gone."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def send_signal(self, how: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, how)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float = 60) -> int:
        until = time.monotonic() + timeout
        while self.poll() is None:
            if time.monotonic() > until:
                raise subprocess.TimeoutExpired("a forked node", timeout)
            time.sleep(0.02)
        return 0


class Template:
    """The process that is forked: started when a node is first asked for, ended with the run."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._one_at_a_time = Lock()

    def fork(self, environment: Mapping[str, str], folder: Path, log: Path) -> Forked:
        """Starts a node."""
        wanted = {"environment": environment, "folder": str(folder), "log": str(log)}
        with self._one_at_a_time:
            process = self._process or self._start()
            said, answers = cast(IO[str], process.stdin), cast(IO[str], process.stdout)
            said.write(json.dumps(wanted) + "\n")
            said.flush()
            return Forked(int(answers.readline()))

    def _start(self) -> "subprocess.Popen[str]":
        command = [sys.executable, "-m", "tests.node_template"]
        self._process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        atexit.register(self._process.communicate)
        return self._process


TEMPLATE = Template()
