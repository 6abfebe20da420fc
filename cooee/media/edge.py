"""Where browsers find the edge."""

from urllib.parse import urlsplit


def feed_url(edge_public_url: str | None, edge_port: int, host: str, grant: str) -> str:
    """The address of a feed: behind the proxy, where there is one, else the edge's own port on the site's host.

    `host`: the `Host` of the request.
    """
    if edge_public_url:
        return f"{edge_public_url.rstrip('/')}/feed?grant={grant}"
    name = urlsplit(f"//{host}").hostname or "localhost"
    return f"ws://{f'[{name}]' if ':' in name else name}:{edge_port}/feed?grant={grant}"
