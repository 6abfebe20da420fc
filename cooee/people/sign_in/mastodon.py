"""What is said with a Mastodon server, which speaks OAuth 2.0 without OpenID Connect (docs.joinmastodon.org).

Who somebody is there is asked with the token, once; then the token is given back.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cooee.kit.http import Outside
from cooee.people.sign_in import oauth
from cooee.people.sign_in.errors import ProviderFailed
from cooee.people.sign_in.providers import Flow, Identity, Provider, proposed_username

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

_MOST_NAME = 50


@dataclass(frozen=True)
class Talk:
    """Talks with Mastodon servers."""

    outside: Outside
    redirect_uri: str

    async def way_there(self, provider: Provider, flow: Flow, state: str) -> str:
        """Where somebody is sent."""
        async with self._client(provider) as client:
            there = _at(provider, "/oauth/authorize")
            url, _state = client.create_authorization_url(there, state=state, code_verifier=flow.verifier)
        return str(url)

    async def identity(self, provider: Provider, code: str, flow: Flow) -> Identity:
        """Who came back with this code.

        Raises:
            ProviderFailed: the server does not say.
        """
        try:
            async with self._client(provider) as client:
                await client.fetch_token(
                    _at(provider, "/oauth/token"),
                    code=code,
                    code_verifier=flow.verifier,
                    grant_type="authorization_code",
                )
                answer = await client.get(_at(provider, "/api/v1/accounts/verify_credentials"))
                answer.raise_for_status()
                await self._give_back(client, provider)
                return _identity(provider, answer.json())
        # What comes from the network makes the library raise more than its own exceptions.
        except Exception as error:
            raise ProviderFailed from error

    def _client(self, provider: Provider) -> "AsyncOAuth2Client":
        return oauth.client(provider, self.outside, self.redirect_uri, "client_secret_post")

    async def _give_back(self, client: "AsyncOAuth2Client", provider: Provider) -> None:
        """Such tokens never expire by themselves. If it is not taken back, it is still kept nowhere here."""
        with suppress(Exception):
            await client.revoke_token(_at(provider, "/oauth/revoke"), token=client.token["access_token"])


def _at(provider: Provider, path: str) -> str:
    return provider.issuer.rstrip("/") + path


def _identity(provider: Provider, account: dict[str, Any]) -> Identity:
    name = str(account.get("display_name") or account.get("username") or "")[:_MOST_NAME]
    return Identity(provider.issuer.rstrip("/"), str(account["id"]), proposed_username(account.get("username")), name)
