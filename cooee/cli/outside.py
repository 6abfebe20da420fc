"""Opens a running node as browsers do: by the addresses that people type and are told."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from cooee.cli.findings import Finding, fine, problem, warning
from cooee.settings import Settings

_PATIENCE_S = 5.0
_MOST = 4096
_UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "Y29vZWUgZG9jdG9yIGNhbA==",
}
"""RFC 6455 §4.1. Without a grant the feed opens, and closes at once."""


@dataclass(frozen=True)
class _Answer:
    status: int
    body: bytes
    location: str


def examine(settings: Settings) -> Iterator[Finding]:
    """What stands in front of the node, where something does."""
    if settings.public_url:
        yield _site(f"{settings.site_url}/healthz")
    if settings.edge_public_url and settings.edge_public_url.startswith(("ws://", "wss://")):
        yield _feed(f"{settings.edge_public_url.rstrip('/')}/feed", settings.edge_port)


def _site(address: str) -> Finding:
    answer = _ask(address, {})
    if isinstance(answer, Finding):
        return answer
    if answer.status == 200 and _is_ours(answer.body):
        return fine(f"{address} is this program.")
    if answer.location:
        return problem(
            f"{address} leads elsewhere, to {answer.location}.",
            "Set COOEE_PUBLIC_URL to the address at which people end up.",
        )
    return problem(
        f"{address} answers {answer.status}, and not as Cooee does.",
        "Look at what the proxy sends to COOEE_HTTP_PORT: all paths but /edge/* (deploy/Caddyfile).",
    )


def _feed(address: str, port: int) -> Finding:
    answer = _ask(address, _UPGRADE)
    if isinstance(answer, Finding):
        return answer
    if answer.status == 101:
        return fine(f"{address} is the feed.")
    if answer.status == 426:
        return problem(
            f"{address} reaches the edge, but not as a WebSocket: nobody's page hears what happens.",
            "Let the proxy pass on the headers Connection and Upgrade, by HTTP/1.1.",
        )
    return problem(
        f"{address} answers {answer.status} and is no feed: nobody's page hears what happens.",
        f"Proxy /edge/* to TCP {port} (deploy/Caddyfile), or set COOEE_EDGE_PUBLIC_URL to where that is.",
    )


def _ask(address: str, headers: Mapping[str, str]) -> _Answer | Finding:
    """What it answers, or why it does not. Nobody is followed elsewhere."""
    url = urlsplit(address)
    kind = HTTPSConnection if url.scheme in ("https", "wss") else HTTPConnection
    with closing(kind(url.hostname or "", url.port, timeout=_PATIENCE_S)) as connection:
        try:
            connection.request("GET", url.path, headers=dict(headers))
            answer = connection.getresponse()
            return _Answer(answer.status, answer.read(_MOST), answer.getheader("location", ""))
        except ssl.SSLCertVerificationError as error:
            return problem(
                f"{address}: browsers refuse its certificate ({error.verify_message}).",
                "Caddy brings one by itself (deploy/Caddyfile); else renew the one that the proxy has.",
            )
        except socket.gaierror:
            return problem(
                f"{address}: nobody knows {url.hostname}.",
                "Point the name's A and AAAA records to this machine, or mend the name.",
            )
        except ConnectionRefusedError:
            return problem(f"{address}: nobody listens there.", "Start the proxy (deploy/Caddyfile), or mend the port.")
        except (HTTPException, ssl.SSLError) as error:
            return problem(
                f"{address}: what answers does not speak {url.scheme} ({type(error).__name__}).",
                "Look at the port, and at whether TLS ends in the proxy there.",
            )
        except OSError as error:
            port = url.port or (443 if kind is HTTPSConnection else 80)
            return warning(
                f"{address} does not answer from here: {error.strerror or error}.",
                f"Open TCP {port} in the firewall. Behind a NAT that leads nobody back in, try it from elsewhere.",
            )


def _is_ours(body: bytes) -> bool:
    try:
        return bool(json.loads(body) == {"status": "ok"})
    except ValueError:
        return False
