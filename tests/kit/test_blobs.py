"""Files by key: in a folder, and in a bucket of a real S3 server; the same answers from both."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from cooee.kit.blobs import CHUNK, Blobs, Folder
from cooee.kit.bucket import Bucket
from tests.s3 import Store, serving

BIG = 12 * 1024 * 1024
"""More than is sent in one piece."""


@pytest.fixture(scope="module")
def store() -> Iterator[Store]:
    with serving() as store:
        yield store


@pytest.fixture(params=["folder", "bucket"])
def blobs(request: pytest.FixtureRequest, tmp_path: Path) -> Blobs:
    if request.param == "folder":
        return Folder(tmp_path / "files")
    store: Store = request.getfixturevalue("store")
    return Bucket(store.bucket(), tmp_path / "scratch")


def test_what_was_put_is_read_whole_and_in_parts_until_it_is_deleted(blobs: Blobs) -> None:
    data = os.urandom(3 * CHUNK + 5)
    blobs.put("pictures/a.webp", data)
    assert blobs.read("pictures/a.webp") == data
    assert blobs.size("pictures/a.webp") == len(data)
    assert b"".join(blobs.part("pictures/a.webp", 10, 20)) == data[10:30]
    assert b"".join(blobs.part("pictures/a.webp", len(data) - 3, 100)) == data[-3:]
    assert b"".join(blobs.part("pictures/a.webp", 0, len(data))) == data
    assert list(blobs.part("pictures/a.webp", 0, 0)) == []
    with blobs.local("pictures/a.webp") as path:
        assert path is not None
        assert path.read_bytes() == data
    blobs.delete("pictures/a.webp")
    blobs.delete("pictures/a.webp")
    assert blobs.read("pictures/a.webp") is None
    assert blobs.size("pictures/a.webp") is None
    with blobs.local("pictures/a.webp") as path:
        assert path is None


def test_a_long_file_is_moved_in_whole(blobs: Blobs, tmp_path: Path) -> None:
    draft, data = tmp_path / "draft", os.urandom(BIG)
    draft.write_bytes(data)
    blobs.put_file("recordings/a.ogg", draft)
    assert not draft.exists()
    assert blobs.size("recordings/a.ogg") == BIG
    assert b"".join(blobs.part("recordings/a.ogg", BIG - CHUNK, CHUNK)) == data[-CHUNK:]
    with blobs.local("recordings/a.ogg") as path:
        assert path is not None
        assert path.read_bytes() == data
    assert not path.parent.exists() or path.parent.name == "recordings", "a copy does not stay"


def test_a_bucket_is_shared_under_a_name_of_ones_own(store: Store, tmp_path: Path) -> None:
    place = store.bucket()
    Bucket(place, tmp_path).put("clips/a.ogg", b"x")
    assert store.keys(place.bucket) == ["site/clips/a.ogg"]


def test_a_bucket_that_is_not_there_fails_aloud(store: Store, tmp_path: Path) -> None:
    place = store.bucket()
    nowhere = Bucket(type(place)("nowhere-at-all", place.endpoint, access_key="a", secret_key="b"), tmp_path)
    with pytest.raises(Exception, match=r"nowhere-at-all|bucket"):
        nowhere.put("clips/a.ogg", b"x")


def test_a_file_comes_from_another_disk_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    draft, replace = tmp_path / "draft", Path.replace
    draft.write_bytes(b"x")

    def far(self: Path, target: Path) -> Path:
        if self == draft:
            raise OSError(errno.EXDEV, "another disk")
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", far)
    Folder(tmp_path / "files").put_file("clips/a.ogg", draft)
    assert (tmp_path / "files/clips/a.ogg").read_bytes() == b"x"
    assert [path.name for path in (tmp_path / "files/clips").iterdir()] == ["a.ogg"]
    assert not draft.exists()
