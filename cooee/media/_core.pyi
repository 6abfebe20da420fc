"""The media engine, as Python sees it. All calls are thread-safe, take microseconds to a millisecond, and release
the GIL.
"""

from typing import Self, final

__all__ = [
    "Answer",
    "Engine",
    "EngineError",
    "Event",
    "LogLine",
    "Voice",
    "cut_recording",
    "join_recordings",
    "take_logs",
]

class EngineError(Exception):
    """A call could not be carried out: `args[0]` is the stable code, `args[1]` a sentence for people.

    Codes: `sdp_malformed`, `sdp_no_audio`, `sdp_no_opus`, `sdp_no_rtcp_mux`, `sdp_no_fingerprint`, `sdp_passive`,
    `space_unknown`, `session_unknown`, `session_replaced`, `access_expired`, `etag_mismatch`, `address_in_use`,
    `address_unavailable`, `bad_voice`, `bad_recording`, `overloaded`, `stopped`.
    """

@final
class Answer:
    """What a door says: the session's id (without node), its SDP answer or ICE fragment, and its ETag (quoted).

    `sdp` is empty when a fragment restarted nothing (a trickle): answer 204.
    """

    session: str
    sdp: str
    etag: str

@final
class Event:
    """Something that happened in the engine; which fields are set depends on `kind`.

    `speak_connected` (space, participant, session); `speak_closed` (… and reason: left, replaced, timeout, failed,
    closed, or the
    word that a call gave); `listen_closed` (the same); `presence` (space, joined, left, count), gathered and sent
    at most once a second and Space;
    `mix_failed` (space);
    `recording_ended` (space, folder, and reason: stopped, disk_full, failed): all is written that will be.

    `figures`, of sessions that closed: connected (0 or 1), lasted_ms, packets, lost, repaired, worst_loss_per_mille,
    worst_jitter_ms.
    """

    kind: str
    space: str
    participant: str | None
    session: str | None
    reason: str | None
    joined: list[str]
    left: list[str]
    count: int
    figures: dict[str, int]
    folder: str | None

@final
class LogLine:
    """A line of the engine's log. `level`: error, warning, info. `part`: the part of the engine that says it.

    `unheard`: how often the same place in the code said it since its last line; of one that repeats itself only a few
    lines are kept.
    """

    level: str
    part: str
    said: str
    fields: list[tuple[str, str]]
    unheard: int

@final
class Voice:
    """An unbroken piece of somebody's voice, of one frame (20 ms) or more.

    `index`: number of its first frame; `index * 20` ms is its time since the Space was opened. `levels`: one byte a
    frame, the loudness in dB below full scale (127 is silence). `pcm`: mono, 16 kHz, 16 bit, little-endian, 640 bytes a
    frame. `ends`: nothing follows until this voice is heard again; pauses under half a second are part of it.
    `age_ms`: how long ago its last frame went into the mix.
    """

    space: str
    participant: str
    index: int
    levels: bytes
    pcm: bytes
    ends: bool
    age_ms: int

def take_logs() -> list[LogLine]:
    """What the code of all engines of this process logged since the last call, at most 256 lines."""

def join_recordings(parts: list[tuple[str, int]], out: str) -> int:
    """Writes recordings one after the other into the file `out`, each from its place (in milliseconds) on; how many
    milliseconds the whole plays. Nothing is decoded. Files that are not there or hold nothing are left out, and what
    is damaged, as after a crash, ends a file. Raises EngineError `bad_recording`.
    """

def cut_recording(path: str, out: str, from_ms: int, length_ms: int) -> int:
    """Writes what a recording plays in `length_ms` after `from_ms` into the file `out`, cut at packets' borders; how
    many milliseconds that is. Raises EngineError `bad_recording`: it cannot be read, or ends before.
    """

@final
class Engine:
    def __new__(
        cls,
        *,
        node: str,
        edge_host: str,
        edge_port: int,
        advertise: list[str],
        grant_key: bytes,
        listener_threads: int = 0,
    ) -> Self:
        """`edge_port` 0 picks a free one; `advertise` empty means the addresses it is bound to; `listener_threads`
        0 means one per core.
        """

    @property
    def edge_port(self) -> int: ...
    def start(self) -> None:
        """Binds the edge's UDP and TCP port and starts the threads. Raises EngineError `address_in_use`,
        `address_unavailable`.
        """
    def stop(self) -> None:
        """Closes every session and feed (1001) and joins the threads. Idempotent."""

    # Spaces: level-triggered; saying the same twice changes nothing.
    def open_space(self, space: str, epoch: int) -> None:
        """This node is the Space's stage node at `epoch`. Opening an open Space with a higher epoch raises it.

        The engine must have been started. After `mix_failed` a higher epoch begins the mix anew.
        """
    def close_space(self, space: str, reason: str) -> None:
        """Ends the mix, all sessions and feeds (4005) of the Space."""
    def set_stage(self, space: str, version: int, stage: list[tuple[str, int, bool]]) -> None:
        """Who is on stage: (participant, csrc, whether their packets may pass). An older version is ignored. Who
        is not in it has no permission, and no speak session.
        """
    def set_access_epoch(self, space: str, epoch: int) -> None:
        """Grants of a lower epoch open nothing from now on, and who was let in at a lower one begins no session."""
    def set_audiences(self, space: str, participant: str, audiences: list[str]) -> None:
        """Closes (4004) the participant's feeds that hold an audience not in the list, or lack one that is."""
    def close_participant(self, space: str, participant: str, reason: str) -> int:
        """Closes every session and feed (4003 if `reason` is "removed") of a participant; how many there were.

        In place of a Space stands a topic (`me:7`) for the feeds of that.
        """

    # Doors. The caller has decided that they may.
    # Once a speak session is connected, the same person's older speak sessions end (`replaced`), and their listen
    # sessions too.
    def open_speak(
        self, space: str, participant: str, offer: str, access_epoch: int, replaces: str | None = None
    ) -> Answer: ...
    def open_listen(self, space: str, participant: str, offer: str, access_epoch: int) -> Answer: ...
    def restart_ice(self, space: str, session: str, fragment: str, if_match: str | None) -> Answer: ...
    def close_session(self, space: str, session: str, reason: str = "left") -> bool: ...

    # Feed. `topic` is `space:{id}` or `me:{person}`; `me:*` in `publish_live` means all of them.
    # These calls, `open_space`, `close_space` and `set_audiences` take effect on feeds in the order in which they were
    # made, soon after they return. What was published before a close is still delivered; `close_participant` is done
    # when it returns.
    def publish(self, topic: str, audience: str, version: int, prev: int, snapshot: bytes, frame: bytes) -> None:
        """Stores the audience's snapshot (JSON object) and sends the frame's `data` (JSON) to those who have the
        audience.
        """
    def publish_live(self, topic: str, audience: str, channel: str, data: bytes) -> None:
        """Sends an unnumbered JSON value; only the latest per channel is kept for a slow reader."""
    def react(self, space: str, participant: str, emoji: str) -> None:
        """Counts a reaction; the engine gathers and sends them."""

    # The demo's file speakers: Ogg Opus in 20 ms frames, played in a loop that starts at the same instant for all
    # voices of a Space.
    # A voice is heard while `set_stage` gives its participant a seat and permission.
    def add_voice(self, space: str, participant: str, path: str) -> None: ...
    # Voices for recognisers of speech. The stage waits for nobody: what is not taken in time is dropped and counted.
    def set_taps(self, space: str, participants: list[str]) -> None:
        """Exactly these participants' voices are kept for `take_voices`, while they are on stage and talk."""
    def take_voices(self) -> list[Voice]:
        """The voices that wait, of all Spaces."""
    def readers(self, space: str, channel: str) -> int:
        """How many readers of the Space's feed asked for an opt-in channel (`captions`, `levels`, `reactions`)."""

    # Recordings: `mix.ogg`, `{participant}.ogg` for each who spoke, `levels` (one byte, 0..=100, for each 20 ms) and
    # `turns` (`milliseconds participant…`, a line for each change of who is audible). Only what has permission is
    # recorded.
    def start_recording(self, space: str, folder: str) -> None:
        """Records the Space into a folder that is not there yet; a recording under way ends. What goes wrong while it
        is written is the event `recording_ended`.
        """
    def stop_recording(self, space: str) -> None:
        """Ends the recording, as `close_space` and `stop` do; `recording_ended` says when all is written."""
    def poll_events(self, timeout_ms: int) -> list[Event]:
        """What happened since the last call; waits up to `timeout_ms` for a first one. One caller at a time."""
    def metrics(self) -> str:
        """Prometheus text exposition of the engine's own figures."""
