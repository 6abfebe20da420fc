"""A real node, `cooee serve` in a process of its own, for the tests that speak and listen."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.live.template import ROOT, TEMPLATE, Forked
from tests.ports import free_port

_SERVE = "import sys; from cooee.cli import main; sys.argv = ['cooee', 'serve']; main()"
_PATIENCE_S = 180
"""For a first answer: nodes that start together with browsers share two cores."""


@dataclass
class Node:
    """A node on ports and in a folder of its own, which it keeps when it is killed and started again."""

    folder: Path
    settings: dict[str, str] = field(default_factory=dict)
    http_port: int = field(default_factory=free_port)
    edge_port: int = field(default_factory=free_port)
    forked: bool = False
    """Whether it first comes from a process that has loaded everything, and hashes passwords cheaply: `TEMPLATE`."""
    _process: subprocess.Popen[bytes] | Forked | None = None

    @property
    def address(self) -> str:
        return f"http://localhost:{self.http_port}"

    @property
    def log(self) -> str:
        return (self.folder / "serve.log").read_text("utf-8", errors="replace")

    def start(self) -> float:
        """Starts it; how many seconds it took until it answered."""
        self.folder.mkdir(parents=True, exist_ok=True)
        began = time.monotonic()
        self._process = self._begin()
        patience = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None:
                raise RuntimeError(f"the node stopped at once:\n{self.log}")
            if time.monotonic() > patience:
                raise RuntimeError(f"the node does not answer:\n{self.log}")
            time.sleep(0.05)
        return time.monotonic() - began

    def kill(self) -> None:
        """As a crash does: SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        self._end(signal.SIGTERM)

    def resident_bytes(self) -> int:
        assert self._process is not None
        pages = Path(f"/proc/{self._process.pid}/statm").read_text("ascii").split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def _begin(self) -> "subprocess.Popen[bytes] | Forked":
        log = self.folder / "serve.log"
        if self.forked:
            # What is killed and started again is started as people do.
            self.forked = False
            return TEMPLATE.fork(self._environment(), self.folder, log)
        command = [sys.executable, "-c", _SERVE]
        with log.open("ab") as said:
            return subprocess.Popen(command, cwd=self.folder, env=self._environment(), stdout=said, stderr=said)

    def _answers(self) -> bool:
        with suppress(httpx.TransportError):
            # Without the system's certificates, which take a quarter of a second to read.
            address = f"http://127.0.0.1:{self.http_port}/api/v1/instance"
            return httpx.get(address, verify=False, trust_env=False, timeout=2).status_code == 200
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None

    def _environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COOEE_")}
        own = {
            "PYTHONPATH": str(ROOT),
            "COOEE_DATA_DIR": str(self.folder / "data"),
            "COOEE_HTTP_PORT": str(self.http_port),
            "COOEE_EDGE_PORT": str(self.edge_port),
            "COOEE_HOST_MIN_FOLLOWERS": "0",
            "COOEE_SIGN_UP_LIMIT": "",
            "COOEE_SPACE_LIMIT": "",
        }
        return {**kept, **own, **self.settings}


@contextmanager
def running(folder: Path, **settings: str) -> Iterator[Node]:
    node = Node(folder, settings, forked=True)
    try:
        node.start()
        yield node
    finally:
        node.stop()
