from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from tests.live.node import Node, running
from tests.live.peers import Peers
from tests.live.people import Person, sign_up
from tests.live.sound import Sound, load

People = Callable[[str], Person]

SPEECH = Path(__file__).parent / "speech"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with running(tmp_path / "node") as node:
        yield node


@pytest.fixture
def people(node: Node) -> Iterator[People]:
    """Makes accounts on the node."""
    made: list[Person] = []

    def make(username: str) -> Person:
        made.append(sign_up(node, username))
        return made[-1]

    yield make
    for person in made:
        person.http.close()


@pytest.fixture
async def peers() -> AsyncIterator[Peers]:
    peers = Peers()
    yield peers
    await peers.close()


@pytest.fixture(scope="session")
def novel() -> Sound:
    return load(SPEECH / "novel.flac")


@pytest.fixture(scope="session")
def numbers() -> Sound:
    return load(SPEECH / "numbers.flac")
