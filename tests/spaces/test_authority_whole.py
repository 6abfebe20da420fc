"""The table of who may do what is whole: every command and every route of a Space is in it, or here with its test."""

import re
import sys
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages

import pytest

import cooee.spaces
from cooee.app import create_app
from cooee.settings import Settings
from cooee.spaces.rules import Command
from cooee.spaces.rules.gates import Return
from cooee.spaces.rules.streams import BeginToStream
from cooee.spaces.state import SpaceId
from cooee.wiring import API
from tests.spaces.authority import table
from tests.spaces.deeds import CALLS, COMMANDS, ENTRIES, READS, READS_INSIDE, READS_OF_HOSTS, call

TESTS = Path(__file__).parent.parent

COMMANDS_ELSEWHERE: dict[type, str] = {
    Return: "spaces/test_rules_presence.py",  # nobody asks for it: it follows when the owner joins
    BeginToStream: "spaces/test_streams.py",  # of a program, which comes with a key and not with a role
}

_AHEAD = "schedule/test_schedule.py"  # of Spaces that are not live
_OVER = "recordings/test_recordings.py"  # of Spaces that are over
_SOLD = "tickets/test_buying.py"  # has roles of its own: who sells, who bought, who waits

ROUTES_ELSEWHERE = {
    "PATCH /whip/{id}/{resource}": "spaces/test_doors.py",  # belongs to whoever knows the session's address
    "DELETE /whip/{id}/{resource}": "spaces/test_doors.py",
    "GET /spaces/{id}/summary": "spaces/test_afterwards.py",  # of Spaces that are over
    "PUT /spaces/{id}/feedback": "spaces/test_afterwards.py",  # of all who were there, in whatever role
    "GET /spaces/{id}/analytics/minutes.csv": "analytics/test_analytics.py",  # asks as `read_analytics` does
    "GET /spaces/{id}/analytics/sources.csv": "analytics/test_analytics.py",
    "PATCH /spaces/{id}/schedule": _AHEAD,
    "POST /spaces/{id}/cancel": _AHEAD,
    "POST /spaces/{id}/start": _AHEAD,
    "PUT /spaces/{id}/reminder": _AHEAD,
    "DELETE /spaces/{id}/reminder": _AHEAD,
    "GET /spaces/{id}/calendar.ics": _AHEAD,
    "GET /spaces/{id}/replay": _OVER,
    "DELETE /spaces/{id}/replay": "recordings/test_ends.py",
    "GET /spaces/{id}/replay/audio": _OVER,
    "GET /spaces/{id}/replay/captions": "recordings/test_words.py",
    "GET /spaces/{id}/replay/tracks/{user_id}": _OVER,
    "POST /spaces/{id}/clips": "recordings/test_clips.py",
    "GET /spaces/{id}/tickets": _SOLD,
    "PUT /spaces/{id}/tickets": _SOLD,
    "DELETE /spaces/{id}/tickets": _SOLD,
    "POST /spaces/{id}/tickets": _SOLD,
    "DELETE /spaces/{id}/tickets/mine": _SOLD,
    "PUT /spaces/{id}/tickets/line": _SOLD,
    "DELETE /spaces/{id}/tickets/line": _SOLD,
    "GET /spaces/{id}/tickets/sold": _SOLD,
    "POST /spaces/{id}/tickets/sold/{sale_id}/refund": _SOLD,
    "POST /spaces/{id}/tickets/given": _SOLD,
    "PUT /spaces/{id}/tickets/codes/{code}": _SOLD,
    "DELETE /spaces/{id}/tickets/codes/{code}": _SOLD,
    "POST /spaces/{id}/tips": "tickets/test_tips.py",
}


def commands() -> set[type]:
    """Every command that a node loads, wherever it is defined, and all that lie among the Spaces."""
    for found in walk_packages(cooee.spaces.__path__, "cooee.spaces."):
        import_module(found.name)
    loaded = [module for name, module in list(sys.modules.items()) if name.startswith("cooee.")]
    return {
        thing
        for module in loaded
        for thing in vars(module).values()
        if isinstance(thing, type) and callable(getattr(thing, "decide", None)) and thing is not Command
    }


@pytest.fixture(scope="module")
def routes(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """`POST /spaces/{id}/join`: every operation upon a Space, and those of its doors."""
    paths = create_app(Settings(data_dir=tmp_path_factory.mktemp("node"))).openapi()["paths"]
    return {
        f"{method.upper()} {path.removeprefix(API)}"
        for path, operations in paths.items()
        if re.match(rf"{API}/spaces/{{|/wh[ie]p/{{", path)
        for method in operations
        if method in ("get", "put", "post", "patch", "delete", "head")
    }


def answering(method: str, path: str, routes: set[str]) -> str:
    """The route that a request comes to: of those that fit, the one with the fewest parameters."""
    pattern = {route: re.sub(r"{\w+}", "[^/]+", route) for route in routes}
    fitting = [route for route in routes if re.fullmatch(pattern[route], f"{method} /{path.removeprefix('/')}")]
    assert fitting, (method, path)
    return min(fitting, key=lambda route: route.count("{"))


def test_every_row_is_a_command_or_a_read_and_a_request() -> None:
    rows = {row.command for row in table()}
    reads = {"see"} | ENTRIES | READS | READS_OF_HOSTS | READS_INSIDE
    assert rows == reads | COMMANDS.keys()
    assert rows == CALLS.keys() | {"speak", "listen"}
    assert not reads & COMMANDS.keys()


def test_every_command_has_a_row() -> None:
    in_rows = {type(command) for command in COMMANDS.values()}
    assert commands() - in_rows == COMMANDS_ELSEWHERE.keys()
    assert in_rows <= commands()


def test_every_route_of_a_space_has_a_row(routes: set[str]) -> None:
    requests = [call(row.command, SpaceId("s1")) for row in table() if row.role == "host"]
    in_rows = {answering(method, path, routes) for method, path, _parts in requests}
    assert routes - in_rows == ROUTES_ELSEWHERE.keys()


@pytest.mark.parametrize("command", COMMANDS_ELSEWHERE, ids=lambda command: command.__name__)
def test_a_command_without_a_row_is_given_in_the_test_that_is_named(command: type) -> None:
    assert f"{command.__name__}()" in (TESTS / COMMANDS_ELSEWHERE[command]).read_text("utf-8")


@pytest.mark.parametrize("route", ROUTES_ELSEWHERE)
def test_a_route_without_a_row_is_asked_in_the_test_that_is_named(route: str) -> None:
    method, path = route.split(" ")
    text = (TESTS / ROUTES_ELSEWHERE[route]).read_text("utf-8")
    word = "location" if path.startswith("/wh") else [part for part in path.split("/") if "{" not in part][-1]
    assert re.search(rf'(\.{method.lower()}\(|"{method}").*\b{word}\b', text)
