"""People who use the HTTP interface as a program does."""

from dataclasses import dataclass
from typing import Any

import httpx

from tests.live.node import Node

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Person:
    """Somebody with an account and a token."""

    id: str
    username: str
    site: str
    http: httpx.Client

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._answer(self.http.post(path, json=body or {}))

    def put(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._answer(self.http.put(path, json=body or {}))

    def get(self, path: str) -> Any:
        return self._answer(self.http.get(path))

    def delete(self, path: str) -> Any:
        return self._answer(self.http.delete(path))

    def start_space(self, title: str) -> str:
        """Starts a Space in which everyone may speak; its id."""
        return str(self.post("/spaces", {"title": title, "policy": "everyone"})["id"])

    def join(self, space: str) -> dict[str, Any]:
        """Comes in; the Door."""
        door: dict[str, Any] = self.post(f"/spaces/{space}/join")
        return door

    def go_on_stage(self, space: str) -> dict[str, Any]:
        """Asks for a seat, gets it at once (everyone may speak here), and joins again for the way to speak."""
        self.join(space)
        self.post(f"/spaces/{space}/requests")
        return self.join(space)

    def open_microphone(self, space: str) -> None:
        self.put(f"/spaces/{space}/me/microphone", {"muted": False})

    def _answer(self, response: httpx.Response) -> Any:
        response.raise_for_status()
        return response.json() if response.content else None


def sign_up(node: Node, username: str) -> Person:
    http = httpx.Client(base_url=f"http://127.0.0.1:{node.http_port}/api/v1", verify=False, timeout=10)
    who = {"username": username, "display_name": username.title(), "password": PASSWORD}
    answer = http.post("/accounts", json=who).raise_for_status().json()
    http.headers["Authorization"] = f"Bearer {answer['token']}"
    return Person(answer["account"]["id"], username, node.address, http)
