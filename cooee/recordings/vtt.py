"""What was said, as WebVTT (W3C): a cue for each phrase, with the name of who said it."""

from collections.abc import Sequence

from cooee.recordings.rules import Cue

MEDIA_TYPE = "text/vtt"


def written(cues: Sequence[tuple[str, Cue]]) -> str:
    """The file; each cue comes with a name."""
    return "\n\n".join(["WEBVTT", *(_block(name, cue) for name, cue in cues)]) + "\n"


def _block(name: str, cue: Cue) -> str:
    return f"{_clock(cue.start_ms)} --> {_clock(cue.end_ms)}\n<v {_plain(name)}>{_plain(cue.text)}"


def _clock(ms: int) -> str:
    seconds, ms = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{seconds:02}.{ms:03}"


def _plain(text: str) -> str:
    """On one line, and without what begins a tag or an arrow."""
    line = " ".join(text.split())
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
