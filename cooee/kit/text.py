"""Text that people write: one way to spell each letter, and nothing in it that cannot be seen."""

import unicodedata
from collections.abc import Callable

_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
# Overrides turn the text around them, also other people's; the isolates that right-to-left writing needs may stay.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\ufeff")


# Letters and signs without any ink: Hangul's fillers and the empty pattern of Braille.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")


def clean_line(text: str) -> str:
    """One line: spaces collapsed, control characters gone."""
    return " ".join(_visible(text, keep="\n\t").split())


def clean_text(text: str) -> str:
    """Lines and paragraphs: trimmed, control characters gone, never more than one empty line in a row."""
    lines = [line.rstrip() for line in _visible(text.replace("\r\n", "\n"), keep="\n\t").strip().split("\n")]
    kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
    return "\n".join(kept)


def seen(text: str) -> str:
    """A check of text that was cleaned: something of it is there to be seen, and not only what joins or fills."""
    if not any(unicodedata.category(letter)[0] in "LNPS" and letter not in _BLANK for letter in text):
        raise ValueError("nothing that can be seen")
    return text


def at_most(length: int) -> Callable[[str], str]:
    """A check of text that was cleaned. Uncleaned it may be longer: shapes describe a limit of that."""

    def check(text: str) -> str:
        if len(text) > length:
            raise ValueError(f"more than {length} characters")
        return text

    return check


def _visible(text: str, keep: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in keep or (unicodedata.category(letter) not in _INVISIBLE and letter not in _OVERRIDES)
    )
