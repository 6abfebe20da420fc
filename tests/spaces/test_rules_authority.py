"""The rules are held to the table that was written by hand from the product."""

import pytest

from cooee.kit.errors import Refusal
from cooee.people.errors import BlockedByThem
from cooee.spaces.rules import decide, may_command
from cooee.spaces.rules.authority import as_hosts
from cooee.spaces.rules.gates import Gates, heeds_blocks, in_the_room, may_act, may_enter, may_see
from cooee.spaces.rules.giving_up import gives_up
from cooee.spaces.state import Space
from tests.spaces import rooms
from tests.spaces.authority import ACTORS, ALLOWED, BLOCKED, HERE, Row, table
from tests.spaces.deeds import COMMANDS, ENTRIES, INSIDE, READS_OF_HOSTS


def ask(space: Space, command: str, role: str) -> None:
    """Asks the rules that the command's route asks, in the same order."""
    actor, here = ACTORS[role], role in HERE
    if command == "see":
        may_see(space, actor)
        together(space, role)
    elif command in ENTRIES:
        may_enter(space, actor, known=here, access=True)
        together(space, role)
    else:
        if command in INSIDE:
            may_act(Gates(), space, actor, exempt=False)
            may_command(space, actor)
            in_the_room(space, actor, here=here)
        may_act(Gates(), space, actor, exempt=False)
        if command not in COMMANDS or not gives_up(COMMANDS[command]):
            together(space, role)
        may_command(space, actor)
        if command in READS_OF_HOSTS:
            as_hosts(space, actor)
        if command in COMMANDS:
            decide(space, COMMANDS[command], actor, rooms.OPENED)


def together(space: Space, role: str) -> None:
    if role in BLOCKED and heeds_blocks(space, ACTORS[role]):
        raise BlockedByThem


def answer(space: Space, row: Row) -> str:
    try:
        ask(space, row.command, row.role)
    except Refusal as refusal:
        return refusal.code
    return ALLOWED


@pytest.mark.parametrize(
    "row", [row for row in table() if row.role != "guest"], ids=lambda row: f"{row.role}-{row.command}"
)
def test_the_rules_answer_as_the_table_says(row: Row) -> None:
    assert answer(rooms.watched(), row) == row.answer


def test_a_guest_may_see_and_enter_a_public_space() -> None:
    assert [row.command for row in table() if row.role == "guest" and row.answer == ALLOWED] == ["see", "join"]
    may_see(rooms.watched(), None)
    may_enter(rooms.watched(), None, known=False, access=True)
