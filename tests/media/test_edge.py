"""Where browsers find the feed."""

import pytest

from cooee.media.edge import feed_url


@pytest.mark.parametrize(
    ("public", "host", "url"),
    [
        (None, "localhost:8000", "ws://localhost:8001/feed?grant=x"),
        (None, "cooee.example", "ws://cooee.example:8001/feed?grant=x"),
        (None, "[::1]:8000", "ws://[::1]:8001/feed?grant=x"),
        (None, "", "ws://localhost:8001/feed?grant=x"),
        ("wss://cooee.example/edge", "elsewhere", "wss://cooee.example/edge/feed?grant=x"),
        ("wss://cooee.example/edge/", "elsewhere", "wss://cooee.example/edge/feed?grant=x"),
    ],
)
def test_the_feed_is_on_the_sites_host_or_behind_its_proxy(public: str | None, host: str, url: str) -> None:
    assert feed_url(public, 8001, host, "x") == url
