"""The rules are held to the table that was written by hand from the product."""

import pytest

from cooee.kit.errors import Refusal
from cooee.people.ids import PersonId
from cooee.spaces.rules import Command, decide
from cooee.spaces.rules.gates import may_enter, may_see
from cooee.spaces.rules.invitations import Admit
from cooee.spaces.rules.messages import ReleaseMessage, RemoveMessage, WriteMessage
from cooee.spaces.rules.microphone import AskToUnmute, BeginToSpeak, Mute, MuteAll, SetMicrophone
from cooee.spaces.rules.posts import PinPost, SharePost, TakePostOut
from cooee.spaces.rules.recording import Record, StopRecording
from cooee.spaces.rules.requests import AcceptRequest, AskToSpeak, DeclineRequest, TakeBackRequest
from cooee.spaces.rules.room import Change, End, Leave, LetBackIn, PassOn, Remove
from cooee.spaces.rules.stage import (
    AcceptInvitation,
    DeclineInvitation,
    Invite,
    MoveToAudience,
    NameCohost,
    StepDown,
    TakeBackInvitation,
    WithdrawCohost,
)
from cooee.spaces.rules.streams import MakeStreamKey, StopStream
from cooee.spaces.state import Space
from tests.spaces import rooms
from tests.spaces.authority import ALLOWED, Row, table

ACTORS = {
    "host": rooms.HOST,
    "cohost": rooms.COHOST,
    "speaker": rooms.SPEAKER,
    "listener": rooms.LISTENER,
    "removed": rooms.REMOVED,
}

COMMANDS: dict[str, Command] = {
    "leave": Leave(),
    "end": End(),
    "set_title": Change(title="Evening"),
    "set_topics": Change(topics=("music",)),
    "set_policy": Change(policy="everyone"),
    "lock": Change(locked=True),
    "set_guests": Change(guests=False),
    "request": AskToSpeak(),
    "take_back_request": TakeBackRequest(),
    "accept_request": AcceptRequest(rooms.ASKER),
    "decline_request": DeclineRequest(rooms.ASKER),
    "invite": Invite(rooms.STRANGER),
    "invite_removed": Invite(rooms.REMOVED),
    "invite_by_message": Admit(rooms.STRANGER),
    "take_back_invitation": TakeBackInvitation(rooms.INVITED),
    "accept_invitation": AcceptInvitation(),
    "decline_invitation": DeclineInvitation(),
    "step_down": StepDown(),
    "open_microphone": SetMicrophone(muted=False),
    "close_microphone": SetMicrophone(muted=True),
    "speak": BeginToSpeak(),
    "mute_host": Mute(rooms.HOST),
    "mute_cohost": Mute(rooms.COHOST),
    "mute_other_cohost": Mute(rooms.OTHER_COHOST),
    "mute_other_speaker": Mute(rooms.OTHER_SPEAKER),
    "mute_listener": Mute(rooms.STRANGER),
    "mute_all": MuteAll(),
    "ask_other_speaker_to_unmute": AskToUnmute(rooms.OTHER_SPEAKER),
    "ask_host_to_unmute": AskToUnmute(rooms.HOST),
    "ask_cohost_to_unmute": AskToUnmute(rooms.COHOST),
    "ask_other_cohost_to_unmute": AskToUnmute(rooms.OTHER_COHOST),
    "ask_listener_to_unmute": AskToUnmute(rooms.STRANGER),
    "move_host": MoveToAudience(rooms.HOST),
    "move_other_cohost": MoveToAudience(rooms.OTHER_COHOST),
    "move_other_speaker": MoveToAudience(rooms.OTHER_SPEAKER),
    "move_listener": MoveToAudience(rooms.STRANGER),
    "remove_host": Remove(rooms.HOST),
    "remove_other_cohost": Remove(rooms.OTHER_COHOST),
    "remove_other_speaker": Remove(rooms.OTHER_SPEAKER),
    "remove_listener": Remove(rooms.STRANGER),
    "let_back": LetBackIn(rooms.REMOVED),
    "pass_on": PassOn(rooms.SPEAKER),
    "pass_on_to_listener": PassOn(rooms.STRANGER),
    "record": Record(),
    "stop_recording": StopRecording(),
    "set_slow_mode": Change(slow_mode_s=30),
    "write_message": WriteMessage(),
    "write_to_host": WriteMessage(to_host=True),
    "remove_message_of_host": RemoveMessage(rooms.HOST),
    "remove_message_of_other_speaker": RemoveMessage(rooms.OTHER_SPEAKER),
    "release_message": ReleaseMessage(),
    "make_stream_key": MakeStreamKey(),
    "revoke_stream_key": StopStream(),
    "share_post": SharePost(),
    "take_out_post_of_host": TakePostOut(rooms.HOST),
    "take_out_post_of_other_speaker": TakePostOut(rooms.OTHER_SPEAKER),
    "pin_post": PinPost(),
    "unpin_post": PinPost(),
    "name_cohost": NameCohost(rooms.OTHER_COHOST),
    "name_removed": NameCohost(rooms.REMOVED),
    "withdraw_cohost": WithdrawCohost(rooms.OTHER_COHOST),
}

# What changes nothing in the aggregate: reads, and what only the engine carries.
READS = {"see", "join", "listen", "react", "list_removed", "read_messages", "read_posts", "read_stream_key", "read_log"}
# Reads that a command of the hosts stands for.
LIKE = dict.fromkeys(("list_removed", "read_log"), LetBackIn(rooms.REMOVED))


def answer(space: Space, command: str, actor: PersonId | None) -> str:
    try:
        if command == "see":
            may_see(space, actor)
        elif command in READS - LIKE.keys():
            may_enter(space, actor, known=True, access=True)
        else:
            assert actor is not None
            decide(space, (COMMANDS | LIKE)[command], actor, rooms.OPENED)
    except Refusal as refusal:
        return refusal.code
    return ALLOWED


@pytest.mark.parametrize(
    "row", [row for row in table() if row.role != "guest"], ids=lambda row: f"{row.role}-{row.command}"
)
def test_the_rules_answer_as_the_table_says(row: Row) -> None:
    assert answer(rooms.busy(), row.command, ACTORS[row.role]) == row.answer


def test_a_guest_may_see_and_enter_a_public_space() -> None:
    guest = [row for row in table() if row.role == "guest" and row.answer == ALLOWED]

    assert [answer(rooms.busy(), row.command, None) for row in guest] == [ALLOWED, ALLOWED]


def test_every_command_has_a_row() -> None:
    assert {row.command for row in table()} == READS | COMMANDS.keys()
