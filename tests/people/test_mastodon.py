"""Coming in by a Mastodon server, which speaks OAuth 2.0 without OpenID Connect."""

import asyncio
import base64
import hashlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import uvicorn
from fastapi import FastAPI, HTTPException, Request

from tests.visitor import ORIGIN, Visitor

pytestmark = pytest.mark.anyio

OWN = {"origin": ORIGIN}
SECRET = "s3cret"
CALLBACK = "http://localhost:8000/api/v1/provider-flows/callback"


@dataclass
class Mastodon:
    """As docs.joinmastodon.org describes it; whoever comes is @ada."""

    socket: socket.socket
    challenges: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    account: dict[str, str] = field(default_factory=lambda: {"id": "17", "username": "ada", "display_name": "Ada"})

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.socket.getsockname()[1]}"

    def agree(self, url: str) -> str:
        """Somebody says yes there: where the browser is sent back to."""
        assert url.startswith(f"{self.issuer}/oauth/authorize?")
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        assert (asked["response_type"], asked["scope"], asked["redirect_uri"]) == ("code", "read:accounts", CALLBACK)
        assert asked["code_challenge_method"] == "S256"
        self.challenges["code-1"] = asked["code_challenge"]
        return f"{asked['redirect_uri']}?code=code-1&state={asked['state']}"

    def app(self) -> FastAPI:
        app = FastAPI()

        @app.post("/oauth/token")
        async def token(request: Request) -> dict[str, str]:
            asked = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
            challenge = self.challenges.pop(asked["code"], None)
            digest = hashlib.sha256(asked["code_verifier"].encode()).digest()
            if challenge != base64.urlsafe_b64encode(digest).decode().rstrip("="):
                raise HTTPException(400)
            if (asked["client_id"], asked["client_secret"], asked["redirect_uri"]) != ("cooee", SECRET, CALLBACK):
                raise HTTPException(401)
            self.tokens.add("token-1")
            return {"access_token": "token-1", "token_type": "Bearer", "scope": "read:accounts"}

        @app.get("/api/v1/accounts/verify_credentials")
        async def verify(request: Request) -> dict[str, str]:
            if request.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
                raise HTTPException(401)
            return self.account

        @app.post("/oauth/revoke")
        async def revoke(request: Request) -> dict[str, str]:
            asked = parse_qs((await request.body()).decode())
            self.tokens.discard(asked["token"][0])
            return {}

        return app


@pytest.fixture
async def mastodon() -> AsyncIterator[Mastodon]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        server = Mastodon(taken)
        running = uvicorn.Server(uvicorn.Config(server.app(), log_config=None, lifespan="off"))
        task = asyncio.create_task(running.serve([taken]))
        yield server
        running.should_exit = True
        await task


@pytest.fixture
def changed_settings(mastodon: Mastodon) -> dict[str, Any]:
    about = {"id": "elephants", "name": "Elephants", "kind": "mastodon", "issuer": mastodon.issuer}
    return {"providers": [{**about, "client_id": "cooee", "client_secret": SECRET}]}


async def way_there(guest: Visitor) -> str:
    answer = await guest.send("POST", "provider-flows", json={"provider": "elephants", "next": "/"}, headers=OWN)
    assert answer.is_success, answer.text
    return str(answer.json()["url"])


async def back(guest: Visitor, location: str) -> str:
    answer = await guest.client.get(location)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


async def test_a_newcomer_from_a_mastodon_server_is_known_the_next_time(guest: Visitor, mastodon: Mastodon) -> None:
    assert await back(guest, mastodon.agree(await way_there(guest))) == "/welcome"
    arrived = await guest.get("provider-arrivals/current")
    assert (arrived["username"], arrived["display_name"]) == ("ada", "Ada")
    body = {"username": "ada", "display_name": "Ada"}
    settled = await guest.send("POST", "provider-arrivals/current", json=body, headers=OWN)
    assert settled.status_code == 201, settled.text
    guest.client.cookies.clear()
    mastodon.account["username"] = "ada_renamed"
    assert await back(guest, mastodon.agree(await way_there(guest))) == "/"
    assert (await guest.get("me"))["username"] == "ada"


async def test_the_token_is_given_back_at_once(guest: Visitor, mastodon: Mastodon) -> None:
    await back(guest, mastodon.agree(await way_there(guest)))
    assert mastodon.tokens == set()


async def test_a_code_that_the_server_did_not_give_opens_nothing(guest: Visitor) -> None:
    state = parse_qs(urlsplit(await way_there(guest)).query)["state"][0]
    made_up = f"{CALLBACK}?state={state}&code=made-up"
    assert await back(guest, made_up) == "/sign-in?refused=provider_failed"
