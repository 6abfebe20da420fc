"""What is written down of requests."""

import pytest
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from cooee.kit.clock import SystemClock
from cooee.kit.shell import Figures, Journal
from cooee.kit.web import Message, Receive, Scope, Send

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/whip/aSpace/node.secret", "/whip/aSpace/…"),
        ("/whep/aSpace/node.secret", "/whep/aSpace/…"),
        ("/whep/aSpace", "/whep/aSpace"),
        ("/api/v1/spaces/aSpace/join", "/api/v1/spaces/aSpace/join"),
        ("/", "/"),
    ],
)
async def test_the_journal_names_no_media_session(path: str, shown: str) -> None:
    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def receive() -> Message:
        return {}

    async def send(_message: Message) -> None:
        return

    journal = Journal(answer, clock=SystemClock(), figures=Figures(CollectorRegistry()))
    with capture_logs() as lines:
        await journal({"type": "http", "method": "DELETE", "path": path}, receive, send)
    assert [line["path"] for line in lines] == [shown]
