"""The node's secret, and files."""

import stat
from pathlib import Path

import pytest

from cooee.kit.blobs import Folder
from cooee.kit.secrets import Keys, hashed, secret_in


def test_the_secret_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    secret = secret_in(tmp_path)
    assert len(secret) == 32
    assert secret_in(tmp_path) == secret
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_no_two_purposes_share_a_key() -> None:
    keys = Keys(b"s" * 32)
    assert keys.derive("grants") == keys.derive("grants")
    assert keys.derive("grants") != keys.derive("guests")
    assert keys.derive("grants") != Keys(b"t" * 32).derive("grants")
    assert len(keys.derive("grants")) == 32


def test_a_stored_token_does_not_show_the_token() -> None:
    assert b"token" not in hashed("token")


def test_a_file_is_there_until_it_is_deleted(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    assert folder.read("pictures/a.webp") is None
    folder.put("pictures/a.webp", b"pixels")
    assert folder.read("pictures/a.webp") == b"pixels"
    assert [path.name for path in (tmp_path / "pictures").iterdir()] == ["a.webp"], "no draft is left behind"
    folder.delete("pictures/a.webp")
    folder.delete("pictures/a.webp")
    assert folder.read("pictures/a.webp") is None


@pytest.mark.parametrize("key", ["../secret.key", "pictures/../../secret.key", "/etc/passwd", "pictures/", "a/b/c"])
def test_no_key_leads_out_of_the_folder(tmp_path: Path, key: str) -> None:
    with pytest.raises(AssertionError):
        Folder(tmp_path).read(key)
