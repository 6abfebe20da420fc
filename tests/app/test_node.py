"""The node as a whole: what it serves besides the API, and what its log says."""

import io
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from cooee import __version__
from cooee.app import create_app
from cooee.settings import Settings
from tests.visitor import ORIGIN, PASSWORD, Visitor

pytestmark = pytest.mark.anyio


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    (tmp_path / "cooee.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'cooee.db'}"


async def test_it_says_what_it_is(guest: Visitor) -> None:
    assert await guest.get("instance") == {
        "name": "Cooee",
        "version": __version__,
        "demo": False,
        "signup": "open",
        "invitations": "administrators",
        "mail": False,
        "providers": [],
        "host_min_followers": 600,
        "access": "everyone",
        "seats": 13,
        "captions": ["en"],
        "tickets": False,
    }


async def test_it_is_ready_only_between_start_and_stop(settings: Settings) -> None:
    app = create_app(settings)
    async with Visitor.of(app) as guest:
        assert await guest.refused("GET", "/readyz") == (503, "unavailable")
        assert await guest.get("/healthz") == {"status": "ok"}
        async with app.router.lifespan_context(app):
            assert await guest.get("/readyz") == {"status": "ready"}
        assert await guest.refused("GET", "/readyz") == (503, "unavailable")


async def test_a_node_starts_again_on_what_it_left(settings: Settings) -> None:
    for expected in (201, 409):
        app = create_app(settings)
        async with app.router.lifespan_context(app), Visitor.of(app) as guest:
            body = {"username": "ada", "display_name": "Ada", "password": PASSWORD}
            assert (await guest.send("POST", "accounts", json=body)).status_code == expected


async def test_what_was_being_made_when_it_died_is_gone_when_it_is_back(settings: Settings) -> None:
    torn = settings.data_dir / "making" / "tmp1" / "export.zip"
    torn.parent.mkdir(parents=True)
    torn.write_bytes(b"all of Ada's")
    app = create_app(settings)
    assert torn.exists(), "another node may run: only a start empties the folder"
    async with app.router.lifespan_context(app):
        assert not torn.parent.exists()


async def test_its_figures_name_routes_and_not_ids(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    await ada.get(f"people/{ada.id}/posts")
    await ada.send("BREW", "people/x/posts")
    figures = (await guest.send("GET", "/metrics")).text
    assert 'cooee_http_requests_total{method="GET",route="/people/{id}/posts",status="200"} 1.0' in figures
    assert ada.id not in figures
    assert "BREW" not in figures


async def test_whatever_is_not_there_is_a_problem_document(guest: Visitor) -> None:
    assert await guest.refused("GET", "nowhere") == (404, "not_found")
    assert await guest.refused("POST", "/nowhere") == (405, "method_not_allowed")
    assert await guest.refused("DELETE", "timeline") == (405, "method_not_allowed")


async def test_a_body_larger_than_any_route_wants_is_not_read(guest: Visitor) -> None:
    assert await guest.refused("POST", "sessions", content=b"x" * 300_000) == (413, "body_too_large")

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1024

    headers = {"content-type": "application/json"}
    assert await guest.refused("POST", "sessions", content=endless(), headers=headers) == (413, "body_too_large")


async def test_a_bug_answers_without_telling_anything(node: FastAPI, guest: Visitor, log_lines: io.StringIO) -> None:
    node.state.people = None
    answer = await guest.send("POST", "sessions", json={"username": "ada", "password": "hush hush"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "Assertion" not in answer.text
    assert "AssertionError" in log_lines.getvalue()
    assert "hush" not in log_lines.getvalue()


async def test_every_answer_protects_the_page(guest: Visitor) -> None:
    for path in ("/healthz", "/api/v1/instance", "/api/v1/nowhere"):
        headers = (await guest.send("GET", path, headers={"host": "cooee.lan:8000"})).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'; script-src 'self';" in policy
        assert "connect-src 'self' ws://cooee.lan:" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["permissions-policy"].startswith("microphone=(self)")
        assert "server" not in headers
    assert (await guest.send("GET", "instance")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize("host", ["", "[", "a b", "x\x7f", "::1", "[::1]:8000"])
async def test_a_strange_host_breaks_nothing(guest: Visitor, host: str) -> None:
    assert (await guest.send("GET", "instance", headers={"host": host})).status_code == 200


async def test_no_line_of_the_log_tells_who_or_what_opens_it(guest: Visitor, log_lines: io.StringIO) -> None:
    ada = await guest.sign_up("ada", "ada.lovelace@example.org")
    await ada.send("GET", "me?token=query-of-hers")
    await ada.send("PATCH", "me", json={"bio": "write to ada.lovelace@example.org"})
    await guest.send("POST", "sessions", json={"username": "ada", "password": "a wrong guess"})
    body = {"username": "ada", "password": PASSWORD, "cookie": True}
    cookie = (await guest.send("POST", "sessions", json=body, headers={"origin": ORIGIN})).cookies
    await guest.send("GET", "nowhere/203.0.113.7/ada@example.org?grant=abc", headers={"x-forwarded-for": "203.0.113.7"})
    said = log_lines.getvalue()
    assert said.count("\n") >= 6
    assert ada.token is not None
    secrets = [
        ada.token,
        PASSWORD,
        "a wrong guess",
        *cookie.values(),
        "query-of-hers",
        "grant=",
        "@example",
        "203.0.113",
    ]
    assert [secret for secret in secrets if secret in said] == []
    assert "127.0.0.1" not in said
    assert all(json.loads(line)["event"] for line in said.splitlines())


async def test_the_api_describes_itself(guest: Visitor) -> None:
    described = await guest.get("openapi.json")
    operations = [(path, way) for path, ways in described["paths"].items() for way in ways.values()]
    assert len(operations) > 30
    for path, operation in operations:
        successes = [status for status in operation["responses"] if status.startswith("2")]
        assert successes, path
        assert operation["summary"]
    assert described["components"]["schemas"]["Problem"]["required"] == ["type", "title", "status", "detail", "code"]
    me = described["components"]["schemas"]["Me"]["properties"]
    assert {"id", "username", "may_host", "followers"} <= me.keys()
    refused = described["paths"]["/api/v1/posts"]["post"]["responses"]["401"]
    assert refused["content"] == {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
