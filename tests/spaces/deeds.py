"""What each row of the table of authority is, as a command to the rules and as a request over HTTP."""

from typing import Any

from cooee.spaces.rules import Command
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
from cooee.spaces.state import SpaceId
from tests.spaces import rooms

STRANGER, REMOVED = rooms.STRANGER, rooms.REMOVED

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
    "remove_moderator": Remove(rooms.MODERATOR),
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

# What is no command, since it changes nothing in the aggregate: coming in, reads, and what the engine alone carries.
ENTRIES = {"join", "listen"}
READS = {"read_stream_key"}
READS_OF_HOSTS = {"list_removed", "read_log", "read_analytics"}
READS_INSIDE = {"react", "read_messages", "read_posts", "read_captions"}

# What is for those in the room alone.
INSIDE = READS_INSIDE | {"write_message", "write_to_host", "share_post"}

Call = tuple[str, str, dict[str, Any]]
"""A method, a path (without a slash before it, of the API), and what goes with it."""

OFFER = {"content": b"v=0\r\n", "headers": {"content-type": "application/sdp"}}


def json(**body: Any) -> dict[str, Any]:
    return {"json": body}


CALLS: dict[str, Call] = {
    "see": ("GET", "", {}),
    "join": ("POST", "/join", {}),
    "leave": ("POST", "/leave", {}),
    "end": ("POST", "/end", {}),
    "set_title": ("PATCH", "", json(title="Evening")),
    "set_topics": ("PATCH", "", json(topics=["music"])),
    "set_policy": ("PATCH", "", json(policy="everyone")),
    "set_guests": ("PATCH", "", json(guests=False)),
    "lock": ("PATCH", "", json(locked=True)),
    "request": ("POST", "/requests", json(question="May I?")),
    "take_back_request": ("DELETE", "/requests/me", {}),
    "accept_request": ("POST", f"/requests/{rooms.ASKER}/accept", {}),
    "decline_request": ("POST", f"/requests/{rooms.ASKER}/decline", {}),
    "invite": ("POST", f"/invitations/{STRANGER}", {}),
    "invite_removed": ("POST", f"/invitations/{REMOVED}", {}),
    "invite_by_message": ("POST", "/message-invitations", json(people=[STRANGER])),
    "take_back_invitation": ("DELETE", f"/invitations/{rooms.INVITED}", {}),
    "accept_invitation": ("POST", "/invitations/me/accept", {}),
    "decline_invitation": ("POST", "/invitations/me/decline", {}),
    "step_down": ("DELETE", "/stage/me", {}),
    "open_microphone": ("PUT", "/me/microphone", json(muted=False)),
    "close_microphone": ("PUT", "/me/microphone", json(muted=True)),
    "mute_host": ("POST", f"/people/{rooms.HOST}/mute", {}),
    "mute_cohost": ("POST", f"/people/{rooms.COHOST}/mute", {}),
    "mute_other_cohost": ("POST", f"/people/{rooms.OTHER_COHOST}/mute", {}),
    "mute_other_speaker": ("POST", f"/people/{rooms.OTHER_SPEAKER}/mute", {}),
    "mute_listener": ("POST", f"/people/{STRANGER}/mute", {}),
    "mute_all": ("POST", "/mute-all", {}),
    "ask_other_speaker_to_unmute": ("POST", f"/people/{rooms.OTHER_SPEAKER}/ask-to-unmute", {}),
    "ask_host_to_unmute": ("POST", f"/people/{rooms.HOST}/ask-to-unmute", {}),
    "ask_cohost_to_unmute": ("POST", f"/people/{rooms.COHOST}/ask-to-unmute", {}),
    "ask_other_cohost_to_unmute": ("POST", f"/people/{rooms.OTHER_COHOST}/ask-to-unmute", {}),
    "ask_listener_to_unmute": ("POST", f"/people/{STRANGER}/ask-to-unmute", {}),
    "move_host": ("DELETE", f"/stage/{rooms.HOST}", {}),
    "move_other_cohost": ("DELETE", f"/stage/{rooms.OTHER_COHOST}", {}),
    "move_other_speaker": ("DELETE", f"/stage/{rooms.OTHER_SPEAKER}", {}),
    "move_listener": ("DELETE", f"/stage/{STRANGER}", {}),
    "remove_host": ("POST", f"/people/{rooms.HOST}/remove", {}),
    "remove_other_cohost": ("POST", f"/people/{rooms.OTHER_COHOST}/remove", {}),
    "remove_other_speaker": ("POST", f"/people/{rooms.OTHER_SPEAKER}/remove", {}),
    "remove_listener": ("POST", f"/people/{STRANGER}/remove", {}),
    "remove_moderator": ("POST", f"/people/{rooms.MODERATOR}/remove", {}),
    "let_back": ("DELETE", f"/removed/{REMOVED}", {}),
    "list_removed": ("GET", "/removed", {}),
    "pass_on": ("PUT", f"/host/{rooms.SPEAKER}", {}),
    "pass_on_to_listener": ("PUT", f"/host/{STRANGER}", {}),
    "read_log": ("GET", "/log", {}),
    "read_analytics": ("GET", "/analytics", {}),
    "record": ("PUT", "/recording", json(on=True)),
    "stop_recording": ("PUT", "/recording", json(on=False)),
    "set_slow_mode": ("PATCH", "", json(slow_mode_s=30)),
    "read_messages": ("GET", "/messages", {}),
    "write_message": ("POST", "/messages", json(text="Good evening")),
    "write_to_host": ("POST", "/messages", json(text="May I?", to_host=True)),
    "remove_message_of_host": ("DELETE", "/messages/{message}", {}),
    "remove_message_of_other_speaker": ("DELETE", "/messages/{message}", {}),
    "release_message": ("POST", "/messages/{message}/release", {}),
    "read_stream_key": ("GET", "/stream-key", {}),
    "make_stream_key": ("POST", "/stream-key", {}),
    "revoke_stream_key": ("DELETE", "/stream-key", {}),
    "read_posts": ("GET", "/posts", {}),
    "share_post": ("POST", "/posts", json(text="Good evening")),
    "take_out_post_of_host": ("DELETE", "/posts/{post}", {}),
    "take_out_post_of_other_speaker": ("DELETE", "/posts/{post}", {}),
    "pin_post": ("PUT", "/posts/{post}/pin", {}),
    "unpin_post": ("DELETE", "/posts/{post}/pin", {}),
    "read_captions": ("GET", "/captions", {}),
    "name_cohost": ("PUT", f"/cohosts/{rooms.OTHER_COHOST}", {}),
    "name_removed": ("PUT", f"/cohosts/{REMOVED}", {}),
    "withdraw_cohost": ("DELETE", f"/cohosts/{rooms.OTHER_COHOST}", {}),
    "react": ("POST", "/reactions", json(emoji="💜")),
}


def call(command: str, id: SpaceId) -> Call:
    """The request; `{post}` and `{message}` stand for something that is in the room."""
    if command in ("speak", "listen"):
        return "POST", f"/{'whip' if command == 'speak' else 'whep'}/{id}", OFFER
    method, path, parts = CALLS[command]
    return method, f"spaces/{id}{path}", parts
