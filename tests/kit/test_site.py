"""The built client as it is served."""

import gzip
from pathlib import Path

import pytest
from fastapi import Request, Response

from cooee.kit.errors import NotFound
from cooee.kit.site import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "assets").mkdir()
    (tmp_path / ".vite").mkdir()
    (tmp_path / "index.html").write_text("<title>Cooee</title>" * 50)
    (tmp_path / "service-worker.js").write_text("self")
    (tmp_path / "assets/index-abc.js").write_text("let sound = 1;" * 100)
    (tmp_path / "assets/inter-abc.woff2").write_bytes(bytes(range(256)))
    (tmp_path / ".vite/manifest.json").write_text("{}")
    return Site(tmp_path)


def ask(site: Site, path: str, **headers: str) -> Response:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return site.answer(path, Request({"type": "http", "headers": raw}))


def test_what_is_named_by_its_content_is_kept_for_ever(site: Site) -> None:
    answer = ask(site, "assets/index-abc.js")
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["", "index.html", "service-worker.js", "spaces/abc", "@ada"])
def test_the_rest_is_asked_for_each_time_and_told_unchanged(site: Site, path: str) -> None:
    first = ask(site, path, accept="text/html")
    assert (first.status_code, first.headers["cache-control"]) == (200, "no-cache")
    again = ask(site, path, accept="text/html", if_none_match=first.headers["etag"])
    assert (again.status_code, again.body) == (304, b"")


def test_every_page_that_the_client_draws_is_its_first_page(site: Site) -> None:
    assert b"<title>" in ask(site, "spaces/1GdTjE1ILTsCQ", accept="text/html,*/*").body


@pytest.mark.parametrize("path", ["favicon.ico", "assets/gone.js", ".vite/manifest.json", "../secret.key", "a/../b.js"])
def test_a_file_that_is_not_there_is_not_found(site: Site, path: str) -> None:
    with pytest.raises(NotFound):
        ask(site, path, accept="*/*")


def test_a_program_that_wants_json_gets_no_page(site: Site) -> None:
    with pytest.raises(NotFound):
        ask(site, "spaces/abc", accept="application/json")


def test_text_is_compressed_for_those_who_can_read_it(site: Site) -> None:
    plain = ask(site, "assets/index-abc.js")
    packed = ask(site, "assets/index-abc.js", accept_encoding="br, gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(packed.body)) == plain.body
    assert packed.headers["vary"] == plain.headers["vary"] == "Accept-Encoding"
    assert "content-encoding" not in ask(site, "assets/inter-abc.woff2", accept_encoding="gzip").headers


def test_without_a_build_there_is_nothing(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        ask(Site(tmp_path / "absent"), "", accept="text/html")
