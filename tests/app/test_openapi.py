"""Every operation of the OpenAPI description, with whatever it allows and whatever it forbids, on both databases."""

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck
from hypothesis import settings as examples
from schemathesis.checks import not_a_server_error
from schemathesis.config import (
    ChecksConfig,
    GenerationConfig,
    ProjectConfig,
    ProjectsConfig,
    SchemathesisConfig,
)
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from cooee.app import create_app
from cooee.settings import Settings
from tests.conftest import KINDS
from tests.live.node import Node
from tests.postgresql import Cluster

PASSWORD = "correct horse"
EXAMPLES = 50
REFUSALS = ["400", "401", "403", "404", "405", "406", "409", "413", "415", "422", "428", "429", "5xx"]
"""What may become of a request that the description forbids; that it is no 5xx is another check's. Of what is too long
some is too large."""
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
]


def _description() -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        return create_app(Settings(data_dir=Path(folder))).openapi()


def _config() -> SchemathesisConfig:
    generation = GenerationConfig(max_examples=EXAMPLES, deterministic=True)
    checks = ChecksConfig.from_dict({"negative_data_rejection": {"expected-statuses": REFUSALS}})
    return SchemathesisConfig(projects=ProjectsConfig(default=ProjectConfig(generation=generation, checks=checks)))


@schemathesis.serializer("application/sdp", "application/trickle-ice-sdpfrag")
def _as_text(_context: schemathesis.SerializationContext, value: Any) -> bytes:
    return str(value).encode()


SCHEMA = schemathesis.openapi.from_dict(_description(), config=_config())


@dataclass
class Inhabited:
    """A node in which there is something to find."""

    node: Node
    known: dict[str, str] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    client: httpx.Client = field(default_factory=lambda: httpx.Client(verify=False, trust_env=False, timeout=30))
    """Without the system's certificates, which take a quarter of a second to read."""
    session: requests.Session = field(default_factory=lambda: _session())

    @property
    def api(self) -> str:
        return f"{self.node.address}/api/v1"

    def settle(self) -> None:
        """Somebody lives here who wrote a post and hosts a Space."""
        token = self.sign_up("resident")
        me = self._asked("GET", "me", token)
        post = self._asked("POST", "posts", token, {"text": "Good evening"})
        space = self._asked("POST", "spaces", token, {"title": "Evening", "policy": "everyone"})
        self.known = {"user_id": me["id"], "username": "resident", "post": post["id"], "space": space["id"]}

    def sign_up(self, name: str) -> str:
        return str(
            self._asked("POST", "accounts", None, {"username": name, "display_name": name, "password": PASSWORD})[
                "token"
            ]
        )

    def token(self, operation: str) -> str:
        """Of a person whom this operation alone concerns: it may sign them out."""
        if operation not in self.tokens:
            self.tokens[operation] = self.sign_up(f"p{len(self.tokens)}")
        return self.tokens[operation]

    def known_to(self, path: str, name: str) -> str | None:
        """What there is under this name of a path's parameter."""
        if name == "id":
            return self.known.get("space" if "/spaces/" in path or path.startswith("/wh") else path.split("/")[3][:-1])
        return self.known.get(name)

    def _asked(self, method: str, path: str, token: str | None, body: Any = None) -> Any:
        headers = {"authorization": f"Bearer {token}"} if token else {}
        answer = self.client.request(method, f"{self.api}/{path}", json=body, headers=headers)
        assert answer.is_success, answer.text
        return answer.json()


def _session() -> requests.Session:
    """One connection for all that is asked; each request stands for itself, so no cookie is kept."""
    session = requests.Session()
    session.trust_env = False
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return session


@pytest.fixture(scope="module")
def sites(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Inhabited]]:
    """One on each kind of database."""
    with ExitStack() as open_sites:
        yield {kind: open_sites.enter_context(_inhabited(kind, request, tmp_path_factory)) for kind in KINDS}


@contextmanager
def _inhabited(
    kind: str, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Inhabited]:
    settings = {"COOEE_HOSTING": "everyone"}
    settings |= {
        f"COOEE_{name}_LIMIT": ""
        for name in (
            "SIGN_UP",
            "SIGN_IN",
            "SIGN_IN_ADDRESS",
            "POST",
            "JOIN",
            "JOIN_ADDRESS",
            "REACTION",
            "ROOM_MESSAGE",
        )
    }
    if kind == "postgresql":
        cluster: Cluster = request.getfixturevalue("cluster")
        settings["COOEE_DATABASE_URL"] = cluster.copy_of_template()
    node = Node(tmp_path_factory.mktemp("node"), settings, forked=True)
    site = Inhabited(node)
    node.start()
    try:
        site.settle()
        yield site
    finally:
        node.stop()
        site.client.close()
        site.session.close()


@SCHEMA.parametrize()
@examples(deadline=None, suppress_health_check=list(HealthCheck), max_examples=EXAMPLES, derandomize=True)
def test_every_operation_answers_as_it_is_described(
    case: "schemathesis.Case[Any]", sites: Mapping[str, Inhabited]
) -> None:
    # To think of a request takes longer than to answer it: both are asked the same.
    thought_of = dict(case.path_parameters or {})
    for kind, site in sites.items():
        if case.meta and case.meta.generation.mode.is_positive:
            for name in thought_of:
                case.path_parameters[name] = site.known_to(case.path, name) or thought_of[name]
        headers = {"authorization": f"Bearer {site.token(case.operation.label)}"}
        try:
            case.call_and_validate(base_url=site.node.address, session=site.session, headers=headers, checks=CHECKS)
        except BaseException as wrong:
            wrong.add_note(f"on {kind}")
            raise
