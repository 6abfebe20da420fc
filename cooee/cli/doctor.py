"""Looks at a node as a peer would, and says for each finding what helps."""

import errno
import ipaddress
import os
import resource
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from sqlalchemy.exc import SQLAlchemyError

from cooee import migrations
from cooee.cli import outside
from cooee.cli.findings import Finding, fine, problem, warning
from cooee.kit.db import Database
from cooee.settings import Settings, is_loopback

_PATIENCE_S = 2.0
_FEW_FILES = 4096
_WILDCARDS = frozenset({"0.0.0.0", "::", ""})


def examine(settings: Settings) -> Iterator[Finding]:
    """Everything, most basic first."""
    yield from data_folder(settings)
    yield from database(settings)
    running = _answers(settings)
    if running:
        yield fine(f"The node answers at {_http_target(settings)}.")
    else:
        yield warning(
            f"No node answers at {_http_target(settings)}; ports are looked at as if it were about to start.",
            "Run `cooee doctor` again while `cooee serve` runs.",
        )
        yield from _free(settings.http_host, settings.http_port, socket.SOCK_STREAM, "COOEE_HTTP_PORT")
    yield from edge_ports(settings, running=running)
    yield from advertised(settings, _default_address())
    yield from secure_context(settings)
    yield from feed_address(settings)
    if running:
        yield from outside.examine(settings)
    yield from limits()


def data_folder(settings: Settings) -> Iterator[Finding]:
    """Whether the data folder can be used, and its secret is one."""
    folder = settings.data_dir
    if folder.exists() and not os.access(folder, os.W_OK | os.X_OK):
        yield problem(f"The data folder {folder} cannot be written.", f"chown it to the user who runs cooee: {folder}")
        return
    yield fine(f"The data folder is {folder.resolve()}.")
    key = folder / "secret.key"
    if key.exists() and stat.S_IMODE(key.stat().st_mode) & 0o077:
        yield problem("Others on this machine can read the secret key.", f"chmod 600 {key}")


def database(settings: Settings) -> Iterator[Finding]:
    """Whether the database answers and has this program's schema."""
    if not settings.database_url and not (settings.data_dir / "cooee.db").exists():
        yield fine("The database is SQLite, and will be made at the first start.")
        return
    database = Database(settings.database)
    try:
        found = migrations.version(database)
    except SQLAlchemyError as error:
        yield problem(f"The database does not answer ({type(error).__name__}).", "Look at COOEE_DATABASE_URL.")
        return
    finally:
        database.close()
    kind = "SQLite" if database.is_sqlite else "PostgreSQL"
    if found == migrations.HEAD:
        yield fine(f"The database ({kind}) has this program's schema ({found}).")
    else:
        yield problem(f"The database ({kind}) has schema {found or 'none'}, not {migrations.HEAD}.", "cooee migrate")


def edge_ports(settings: Settings, *, running: bool) -> Iterator[Finding]:
    """The edge's TCP port must answer, and its UDP port be held by the node; else both must be free."""
    host, port = settings.edge_host, settings.edge_port
    if not running:
        yield from _free(host, port, socket.SOCK_DGRAM, "COOEE_EDGE_PORT")
        yield from _free(host, port, socket.SOCK_STREAM, "COOEE_EDGE_PORT")
        return
    target = _reachable(host)
    try:
        with socket.create_connection((target, port), _PATIENCE_S):
            yield fine(f"The edge takes TCP connections at {target}:{port} (the feed).")
    except OSError as error:
        yield problem(
            f"The edge does not take TCP connections at {target}:{port}: {error.strerror or error}.",
            f"Look at COOEE_EDGE_HOST and COOEE_EDGE_PORT, and at a firewall for TCP {port}.",
        )
    yield held(_why_unbound(host, port, socket.SOCK_DGRAM), host, port)


def held(why: int, host: str, port: int) -> Finding:
    """What it means for a node that runs that `why` (an errno; 0: nothing) kept us from binding its UDP port."""
    if why == errno.EADDRINUSE:
        return fine(f"The edge holds UDP {host}:{port} (sound). A firewall has to let UDP {port} in.")
    if why:
        return _unbindable("UDP", host, port, why, "COOEE_EDGE_PORT")
    return problem(
        f"Nobody listens on UDP {host}:{port}: no sound can arrive.",
        "Look at the log of `cooee serve` for edge errors, and at COOEE_EDGE_HOST and COOEE_EDGE_PORT.",
    )


def advertised(settings: Settings, own: str | None) -> Iterator[Finding]:
    """Whether peers are told addresses at which they can reach the edge.

    `own`: the address from which this machine reaches others.
    """
    public = not is_loopback(urlsplit(settings.site_url).hostname or "")
    addresses = settings.edge_advertise
    if public and is_loopback(settings.edge_host):
        yield problem(
            f"The site is {settings.site_url}, but the edge is bound to {settings.edge_host}: nobody outside hears.",
            "Set COOEE_EDGE_HOST=:: and COOEE_EDGE_ADVERTISE to this machine's public address.",
        )
    for entry in addresses:
        yield _advertised(entry, public=public)
    if settings.edge_host == "0.0.0.0" and any(_without_port(entry).count(":") > 1 for entry in addresses):
        yield problem(
            "Peers are told an IPv6 address, but the edge is bound to 0.0.0.0, which is IPv4 only.",
            "Set COOEE_EDGE_HOST=::, which is both.",
        )
    if not addresses and settings.edge_host in _WILDCARDS:
        yield _own_addresses(own, public=public)
    elif not addresses and not public and is_loopback(settings.edge_host):
        yield warning(
            f"Peers are told {settings.edge_host}:{settings.edge_port}, where Firefox hears nothing: it checks no "
            "loopback addresses.",
            "Set COOEE_EDGE_HOST=0.0.0.0; the site itself stays on loopback.",
        )
    elif not addresses:
        yield fine(f"Peers are told {settings.edge_host}:{settings.edge_port}.")


def secure_context(settings: Settings) -> Iterator[Finding]:
    """Browsers give microphones to secure contexts only."""
    host = urlsplit(settings.site_url).hostname or ""
    if settings.is_secure or is_loopback(host):
        yield fine(f"{settings.site_url} is a secure context: browsers will offer the microphone.")
    else:
        yield problem(
            f"{settings.site_url} is no secure context: browsers will not offer the microphone.",
            "Put TLS in front (deploy/Caddyfile) and set COOEE_PUBLIC_URL=https://…",
        )


def feed_address(settings: Settings) -> Iterator[Finding]:
    """A page that came by https may open a WebSocket by wss only."""
    if settings.edge_public_url and not settings.edge_public_url.startswith(("ws://", "wss://")):
        yield problem("COOEE_EDGE_PUBLIC_URL is no WebSocket address.", "It looks like wss://host/edge.")
    elif settings.is_secure and not (settings.edge_public_url or "").startswith("wss://"):
        yield problem(
            "The site is https, but the feed is not reached by wss: browsers refuse to open it.",
            f"Proxy /edge to TCP {settings.edge_port} and set COOEE_EDGE_PUBLIC_URL=wss://<host>/edge.",
        )


def limits() -> Iterator[Finding]:
    """Each feed is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < _FEW_FILES:
        yield warning(
            f"This process may open {soft} files: about as many people can have a feed.",
            f"ulimit -n {hard}, or LimitNOFILE= in the systemd unit",
        )


def _advertised(entry: str, *, public: bool) -> Finding:
    address = _without_port(entry)
    if public and is_loopback(address):
        return problem(f"Peers are told {entry}, which is their own machine.", "Set COOEE_EDGE_ADVERTISE.")
    if not _why_unbound(address, 0, socket.SOCK_DGRAM):
        return fine(f"Peers are told {entry}, which is an address of this machine.")
    return warning(
        f"Peers are told {entry}, which is no address of this machine.",
        "That is right behind a NAT that forwards the edge's UDP and TCP port here; else set COOEE_EDGE_ADVERTISE.",
    )


def _own_addresses(own: str | None, *, public: bool) -> Finding:
    """The edge is bound to all addresses, and peers are told each of them."""
    if own is None:
        return warning(
            "The edge is bound to all addresses, and this machine is in no network: peers are told its loopback "
            "addresses, where Firefox hears nothing.",
            "Connect it to a network, or set COOEE_EDGE_ADVERTISE.",
        )
    if public and not ipaddress.ip_address(own).is_global:
        return warning(
            f"Peers are told this machine's own addresses, of which {own} is private: who is not in its network "
            "hears nothing.",
            "Set COOEE_EDGE_ADVERTISE to the address under which this machine is reached, e.g. 203.0.113.7.",
        )
    return fine(f"Peers are told this machine's own addresses, {own} among them.")


def _default_address() -> str | None:
    """The address from which this machine reaches others; None if it reaches nobody. Nothing is sent."""
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))
            return str(probe.getsockname()[0])
    return None


def _without_port(entry: str) -> str:
    """The address of `addr`, `addr:port`, `v6` or `[v6]:port`."""
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry if entry.count(":") > 1 else entry.partition(":")[0]


def _answers(settings: Settings) -> bool:
    connection = HTTPConnection(_reachable(settings.http_host), settings.http_port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _free(host: str, port: int, kind: socket.SocketKind, setting: str) -> Iterator[Finding]:
    name = "UDP" if kind == socket.SOCK_DGRAM else "TCP"
    why = _why_unbound(host, port, kind)
    yield _unbindable(name, host, port, why, setting) if why else fine(f"{name} {host}:{port} is free.")


def _unbindable(name: str, host: str, port: int, why: int, setting: str) -> Finding:
    what = f"{name} {host}:{port} cannot be bound"
    if why == errno.EADDRINUSE:
        return problem(
            f"{what}: another program has it.",
            f"`ss -lnp | grep :{port}` names the program; {setting} chooses another.",
        )
    if why in (errno.EACCES, errno.EPERM):
        return problem(f"{what}: this user may not.", f"{setting} of 1024 or more, or AmbientCapabilities in systemd.")
    if why == errno.EADDRNOTAVAIL:
        setting = setting.replace("_PORT", "_HOST")
        return problem(f"{what}: {host} is no address of this machine.", f"{setting}=:: is all of its addresses.")
    return problem(f"{what}: {os.strerror(why)}.", f"Look at {setting} and {setting.replace('_PORT', '_HOST')}.")


def _why_unbound(host: str, port: int, kind: socket.SocketKind) -> int:
    """The errno for which it cannot be bound; 0 if it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.socket(family, kind) as probe:
            if kind == socket.SOCK_STREAM:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except socket.gaierror:
        return errno.EADDRNOTAVAIL
    except OSError as error:
        return error.errno or errno.EIO
    return 0


def _reachable(host: str) -> str:
    """Where a program on this machine reaches what is bound to `host`."""
    return {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "::1"}.get(host, host)


def _http_target(settings: Settings) -> str:
    return f"{settings.http_host}:{settings.http_port}"
