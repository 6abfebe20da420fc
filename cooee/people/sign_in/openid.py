"""What is said with a provider: OpenID Connect Core 1.0 §3.1, with PKCE (RFC 7636), by authlib and joserfc."""

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from cooee.kit.clock import Clock, to_ms
from cooee.kit.http import NotFetched, Outside
from cooee.people.sign_in import oauth
from cooee.people.sign_in.errors import ProviderFailed
from cooee.people.sign_in.providers import Flow, Identity, Provider, proposed_username

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client
    from joserfc.jwk import KeySetSerialization

_REMEMBERED = timedelta(hours=1)
_LEEWAY_S = 60
_SIGNED_BY = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "EdDSA"]
Json = dict[str, Any]


@dataclass
class Talk:
    """Talks with providers. What they say of themselves is remembered for an hour."""

    outside: Outside
    clock: Clock
    redirect_uri: str
    _documents: dict[str, tuple[datetime, Json]] = field(default_factory=dict)

    async def way_there(self, provider: Provider, flow: Flow, state: str) -> str:
        """Where somebody is sent.

        Raises:
            ProviderFailed: the provider does not say where.
        """
        about = await self._about(provider)
        async with self._client(provider) as client:
            url, _state = client.create_authorization_url(
                str(about["authorization_endpoint"]), state=state, nonce=flow.nonce, code_verifier=flow.verifier
            )
        return str(url)

    async def identity(self, provider: Provider, code: str, flow: Flow) -> Identity:
        """Who came back with this code.

        Raises:
            ProviderFailed: the provider does not say, or what it says does not hold.
        """
        about = await self._about(provider)
        try:
            async with self._client(provider) as client:
                token = await client.fetch_token(
                    str(about["token_endpoint"]),
                    code=code,
                    code_verifier=flow.verifier,
                    grant_type="authorization_code",
                )
                claims = await self._claims(provider, about, token["id_token"], flow.nonce)
                if "preferred_username" not in claims and "userinfo_endpoint" in about:
                    answer = await client.get(str(about["userinfo_endpoint"]))
                    more = answer.json() if answer.is_success else {}
                    # §5.3.2: what is said of somebody else is not to be used.
                    claims = {**more, **claims} if more.get("sub") == claims["sub"] else claims
        except ProviderFailed:
            raise
        # What comes from the network makes the libraries raise more than their own exceptions.
        except Exception as error:
            raise ProviderFailed from error
        return _identity(provider, claims)

    def _client(self, provider: Provider) -> "AsyncOAuth2Client":
        return oauth.client(provider, self.outside, self.redirect_uri)

    async def _claims(self, provider: Provider, about: Json, id_token: str, nonce: str) -> Json:
        from joserfc import jwt
        from joserfc.jwk import KeySet

        keys = KeySet.import_key_set(cast("KeySetSerialization", await self._document(str(about["jwks_uri"]))))
        claims = jwt.decode(id_token, keys, algorithms=_SIGNED_BY).claims
        jwt.JWTClaimsRegistry(
            now=to_ms(self.clock.now()) // 1000,
            leeway=_LEEWAY_S,
            iss={"essential": True, "value": str(about["issuer"])},
            aud={"essential": True, "value": provider.client_id},
            sub={"essential": True},
            exp={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(claims)
        if claims.get("azp", provider.client_id) != provider.client_id:
            raise ProviderFailed
        return claims

    async def _about(self, provider: Provider) -> Json:
        """OpenID Connect Discovery 1.0 §4."""
        about = await self._document(f"{provider.issuer.rstrip('/')}/.well-known/openid-configuration")
        needed = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
        if not all(isinstance(about.get(name), str) for name in needed):
            raise ProviderFailed
        # §4.3: whoever it says it is must be whom we asked.
        if about["issuer"].rstrip("/") != provider.issuer.rstrip("/"):
            raise ProviderFailed
        return about

    async def _document(self, url: str) -> Json:
        now = self.clock.now()
        known = self._documents.get(url)
        if known and now - known[0] < _REMEMBERED:
            return known[1]
        try:
            fetched = await self.outside.fetch_public("GET", url, timeout_s=oauth.PATIENCE_S)
            document = json.loads(fetched.body) if fetched.status == 200 else None
        except (NotFetched, ValueError) as error:
            raise ProviderFailed from error
        if not isinstance(document, dict):
            raise ProviderFailed
        self._documents[url] = (now, document)
        return document


def _identity(provider: Provider, claims: Json) -> Identity:
    username = proposed_username(claims.get("preferred_username"), claims.get("nickname"), claims.get("email"))
    name = str(claims.get("name") or claims.get("nickname") or "")[:50]
    return Identity(provider.issuer.rstrip("/"), str(claims["sub"]), username, name)
