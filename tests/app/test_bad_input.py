"""Every address of the API, asked for nonsense: whatever comes, the answer is never a bug of ours."""

import re
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest

from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

IDS = ("0", "9" * 19, "9223372036854775808", "%00", "%F0%9F%99%82", "x" * 300, "1GdTjE1ILTsCQ", "g1GdTjE1ILTsCQ")
BODIES = (
    b"",
    b"null",
    b"[]",
    b"{}",
    b'"\\ud800"',
    b'{"text": "\\u0000", "title": "\\ud800", "emoji": 1, "muted": "perhaps", "username": {}}',
    b'{"title": "' + b"x" * 5000 + b'", "question": ["a"], "topics": "one", "attachment": []}',
    b'{"a":' * 2000,
    b"\xff\xfe\x00",
    b'{"muted": 1e400, "display_name": null, "password": -1}',
)
# Nobody is signed in after these.
ENDS = {("DELETE", "/api/v1/sessions/current"), ("DELETE", "/api/v1/me")}
QUERIES = ("", "?cursor=%00&limit=0", "?cursor=" + "9" * 90, "?limit=1e9&suggested=%F0", "?grant=..%00")


@pytest.fixture
def database_url(tmp_path: Path, sqlite_template: Path) -> str:
    (tmp_path / "cooee.db").write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{tmp_path / 'cooee.db'}"


async def addresses(guest: Visitor) -> list[tuple[str, str]]:
    described = await guest.get("openapi.json")
    return [(method.upper(), path) for path, ways in described["paths"].items() for method in ways]


def filled(path: str) -> Iterator[str]:
    if "{" not in path:
        yield path
        return
    for id in IDS:
        yield re.sub(r"\{\w+\}", id, path)


async def test_no_nonsense_breaks_anything(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    bodies, queries = cycle(BODIES), cycle(QUERIES)
    asked = 0
    for method, path in await addresses(guest):
        if (method, path) in ENDS:
            continue
        for target in filled(path):
            for _ in range(3):
                asked += 1
                headers = {"content-type": "application/json"}
                body = next(bodies)
                answer = await ada.send(method, target + next(queries), content=body, headers=headers)
                assert answer.status_code < 500, f"{method} {target} {body[:80]!r}: {answer.text}"
                if answer.status_code >= 400:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert answer.json()["status"] == answer.status_code
    assert asked > 500
    assert (await ada.get("me"))["username"] == "ada"


@pytest.mark.parametrize("authorization", ["Bearer", "Bearer ", "bearer \xff", "Basic YTpi", "Bearer " + "x" * 5000])
async def test_no_strange_token_breaks_anything(guest: Visitor, authorization: str) -> None:
    headers = {"authorization": authorization.encode("latin-1")}
    answer = await guest.send("GET", "me", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")


async def test_no_strange_cookie_breaks_anything(guest: Visitor) -> None:
    for cookie in (b"cooee_session_8000=", b"cooee_session_8000=\xff; ;=", b"=" * 4000):
        answer = await guest.send("GET", "me", headers={"cookie": cookie})
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
