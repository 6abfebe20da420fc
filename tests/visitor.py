"""Somebody who uses the API as a program does: by bearer token, over ASGI."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Self

from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient, Response

ORIGIN = "http://localhost:8000"
PASSWORD = "correct horse"


@dataclass(frozen=True)
class Visitor:
    """A client, and the token it sends, if any. Everybody of one node shares the client but not the cookies."""

    client: AsyncClient
    token: str | None = None
    id: str = ""
    username: str = ""

    @classmethod
    @asynccontextmanager
    async def of(cls, node: FastAPI) -> AsyncIterator[Self]:
        """A guest of this node."""
        transport = ASGITransport(node, raise_app_exceptions=False)
        async with AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield cls(client)

    async def sign_up(self, username: str, display_name: str | None = None) -> "Visitor":
        """Somebody else, who has just signed up."""
        body = {"username": username, "display_name": display_name or username.title(), "password": PASSWORD}
        answer = await self.client.post("/api/v1/accounts", json=body)
        assert answer.status_code == 201, answer.text
        account = answer.json()["account"]
        return Visitor(self.client, answer.json()["token"], account["id"], username)

    async def send(self, method: str, path: str, **parts: Any) -> Response:
        """Sends a request; paths that begin without a slash are the API's."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= parts.pop("headers", {})
        return await self.client.request(method, _full(path), headers=headers, **parts)

    async def get(self, path: str, **query: Any) -> Any:
        """The JSON answer of a GET that must succeed."""
        return _good(await self.send("GET", path, params=query))

    async def post(self, path: str, body: Any = None) -> Any:
        """The JSON answer of a POST that must succeed."""
        return _good(await self.send("POST", path, json=body))

    async def put(self, path: str, body: Any = None) -> Any:
        """The JSON answer of a PUT that must succeed."""
        return _good(await self.send("PUT", path, json=body))

    async def patch(self, path: str, body: Any = None) -> Any:
        """The JSON answer of a PATCH that must succeed."""
        return _good(await self.send("PATCH", path, json=body))

    async def delete(self, path: str) -> Any:
        """The JSON answer of a DELETE that must succeed."""
        return _good(await self.send("DELETE", path))

    async def refused(self, method: str, path: str, **parts: Any) -> tuple[int, str]:
        """Status and code of a request that must be refused with a problem document."""
        answer = await self.send(method, path, **parts)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem = answer.json()
        assert problem["status"] == answer.status_code
        return answer.status_code, problem["code"]


def _full(path: str) -> str:
    return path if path.startswith("/") else f"/api/v1/{path}"


def _good(answer: Response) -> Any:
    assert answer.is_success, f"{answer.status_code}: {answer.text}"
    return answer.json() if answer.content else None
