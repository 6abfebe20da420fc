"""What a crash leaves of files that were being made."""

from pathlib import Path

from cooee.kit import drafts


def test_what_a_crash_left_goes_when_a_node_starts_and_what_another_works_on_stays(tmp_path: Path) -> None:
    folder, beside = tmp_path / "making", tmp_path / "files"
    for private in (folder / "tmp1" / "export.zip", folder / "clip.ogg", beside / "kept"):
        private.parent.mkdir(parents=True, exist_ok=True)
        private.write_bytes(b"mine")
    first = drafts.begin(folder)
    assert list(folder.iterdir()) == []
    assert (beside / "kept").exists()

    at_work = folder / "tmp2"
    at_work.mkdir()
    second = drafts.begin(folder)
    first.close()
    third = drafts.begin(folder)
    assert at_work.exists(), "the second still works in it"
    second.close()
    third.close()
    drafts.begin(folder).close()
    assert not at_work.exists()
