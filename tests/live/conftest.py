from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.node import Node, running
from tests.live.sound import Sound, load

SPEECH = Path(__file__).parent / "speech"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path / "node") as node:
        yield node


@pytest.fixture(scope="session")
def novel() -> Sound:
    return load(SPEECH / "novel.flac")


@pytest.fixture(scope="session")
def numbers() -> Sound:
    return load(SPEECH / "numbers.flac")
