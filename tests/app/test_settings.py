"""What an operator may set, and what is refused at once."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from cooee.settings import Settings, is_loopback


@pytest.fixture(autouse=True)
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_any_setting_nobody_else_reaches_the_node() -> None:
    settings = Settings()
    assert (settings.http_host, settings.edge_host, settings.demo) == ("127.0.0.1", "127.0.0.1", False)
    assert (settings.site_url, settings.cookie_name) == ("http://localhost:8000", "cooee_session_8000")
    assert settings.database == f"sqlite:///{Path.cwd() / 'data/cooee.db'}"


def test_the_environment_comes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "cooee.toml").write_text('http_port = 9000\nname = "From the file"\nedge_advertise = ["10.0.0.1"]\n')
    monkeypatch.setenv("COOEE_HTTP_PORT", "9001")
    settings = Settings()
    assert (settings.http_port, settings.name, settings.edge_advertise) == (9001, "From the file", ["10.0.0.1"])


def test_countries_are_codes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOEE_PAYOUT_COUNTRIES", "de, FR,de")
    assert Settings().payout_countries == ["DE", "FR"]
    monkeypatch.setenv("COOEE_PAYOUT_COUNTRIES", "Germany")
    with pytest.raises(ValidationError, match="GERMANY is no ISO 3166 code"):
        Settings()


def test_lists_are_separated_by_commas_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COOEE_EDGE_ADVERTISE", "203.0.113.7, [2001:db8::7]:8001,")
    assert Settings().edge_advertise == ["203.0.113.7", "[2001:db8::7]:8001"]


def test_an_empty_variable_is_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("COOEE_PUBLIC_URL", "COOEE_DATABASE_URL", "COOEE_EDGE_PUBLIC_URL", "COOEE_EDGE_ADVERTISE"):
        monkeypatch.setenv(name, "")
    assert Settings().public_url is None


@pytest.mark.parametrize(
    ("public_url", "cookie_name", "secure"),
    [
        ("https://cooee.example", "cooee_session_443", True),
        ("https://cooee.example:8443/", "cooee_session_8443", True),
        ("http://localhost:9000", "cooee_session_9000", False),
    ],
)
def test_the_cookie_follows_the_public_address(public_url: str, cookie_name: str, secure: bool) -> None:
    settings = Settings(public_url=public_url)
    assert (settings.cookie_name, settings.is_secure) == (cookie_name, secure)


@pytest.mark.parametrize(
    "wrong",
    [
        {"secret_key": "short"},
        {"database_url": "mysql://localhost/cooee"},
        {"sign_in_limit": "often"},
        {"http_port": 70_000},
        {"demo": True, "http_host": "0.0.0.0"},
        {"demo": True, "http_host": "192.168.1.5"},
        {"demo": True, "public_url": "https://cooee.example"},
        {"colour": "violet"},
    ],
)
def test_what_cannot_work_or_is_not_safe_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Settings(**wrong)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "[::1]", "localhost"])
def test_a_demo_stays_on_this_machine(host: str) -> None:
    assert is_loopback(host)
    assert Settings(demo=True, http_host=host).demo


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "cooee.example", "", "localhost.evil.example"])
def test_no_other_address_counts_as_this_machine(host: str) -> None:
    assert not is_loopback(host)
