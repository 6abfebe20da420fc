"""The client by which providers are spoken with: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636), by authlib."""

from typing import TYPE_CHECKING, Literal

from cooee.kit.http import Outside
from cooee.people.sign_in.providers import Provider

if TYPE_CHECKING:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

PATIENCE_S = 10
SaysSecret = Literal["client_secret_basic", "client_secret_post"]
"""Where we say the secret: in a header, or in the body."""


def client(
    provider: Provider, outside: Outside, redirect_uri: str, says_secret: SaysSecret = "client_secret_basic"
) -> "AsyncOAuth2Client":
    """Reaches public addresses only, and those that the operator named."""
    # Late: a node without providers does not load the library.
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    from cooee.kit.transport import PublicTransport

    return AsyncOAuth2Client(
        client_id=provider.client_id,
        client_secret=provider.client_secret,
        token_endpoint_auth_method=says_secret,
        scope=provider.scopes,
        redirect_uri=redirect_uri,
        code_challenge_method="S256",
        transport=PublicTransport(outside),
        timeout=PATIENCE_S,
        trust_env=False,
        follow_redirects=False,
    )
