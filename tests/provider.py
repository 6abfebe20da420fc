"""A real OpenID Connect provider for tests, in a process of its own: whoever says who they are is believed."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class TestProvider:
    """Its address is its issuer."""

    __test__ = False
    issuer: str

    def knows(self, subject: str, **claims: str) -> None:
        """Has the provider say more of somebody."""
        httpx.put(f"{self.issuer}/users/{subject}", json=claims, verify=False).raise_for_status()

    def answer(self, url: str, subject: str | None) -> str:
        """Somebody says there who they are, or (None) would rather not: where the browser is sent back to."""
        body = {"sub": subject} if subject else {"action": "deny"}
        answer = httpx.post(url, data=body, verify=False)
        assert answer.is_redirect, answer.text
        return answer.headers["location"]


@contextmanager
def open_provider() -> Iterator[TestProvider]:
    """A provider on a free port of this machine."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce", "true"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        provider = TestProvider(f"http://localhost:{port}")
        try:
            _await_answer(provider, process)
            yield provider
        finally:
            process.terminate()


def _await_answer(provider: TestProvider, process: "subprocess.Popen[bytes]") -> None:
    for _ in range(600):
        assert process.poll() is None, "the provider stopped at once"
        try:
            httpx.get(f"{provider.issuer}/.well-known/openid-configuration", verify=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider does not answer")
