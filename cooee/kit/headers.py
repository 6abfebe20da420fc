"""The headers by which a browser protects a page of ours."""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from cooee.kit.web import Scope


def security_headers(scope: Scope, *, https: bool, may_connect_to: Collection[str]) -> Mapping[str, str]:
    """For every answer. `may_connect_to` are the origins besides ours that the page's scripts open."""
    headers = {
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "cross-origin-opener-policy": "same-origin",
        "permissions-policy": "microphone=(self), camera=(), geolocation=(), payment=()",
        "content-security-policy": _content_security_policy(may_connect_to, anywhere=_is_for_others(scope)),
    }
    if scope["path"].startswith("/api/"):
        headers["cache-control"] = "no-store"
    if https:
        headers["strict-transport-security"] = "max-age=31536000"
    return headers


def _is_for_others(scope: Scope) -> bool:
    """The player that other sites put into their pages. It knows nobody, and does nothing but play."""
    return str(scope["path"]).startswith("/embed/")


def host_of(scope: Scope) -> str:
    """The name under which the page was asked for, ready to stand in an address."""
    host = dict(scope["headers"]).get(b"host", b"localhost").decode("latin-1")
    try:
        name = urlsplit(f"//{host}").hostname or "localhost"
    except ValueError:
        return "localhost"
    return f"[{name}]" if ":" in name else name


def _content_security_policy(may_connect_to: Collection[str], *, anywhere: bool) -> str:
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            # The interface sets colours and sizes of single elements (`style="--s: 40px"`).
            "style-src-attr 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "media-src 'self' blob: mediastream:",
            " ".join(("connect-src 'self'", *may_connect_to)),
            "worker-src 'self'",
            "manifest-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors *" if anywhere else "frame-ancestors 'none'",
        )
    )
