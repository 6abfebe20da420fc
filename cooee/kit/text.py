"""Text that people write: one way to spell each letter, and nothing in it that cannot be seen."""

import unicodedata

_INVISIBLE = frozenset({"Cc", "Cs", "Co", "Cn"})
# Overrides turn the text around them, also other people's; the isolates that right-to-left writing needs may stay.
_OVERRIDES = frozenset("\u202a\u202b\u202c\u202d\u202e\ufeff")


def clean_line(text: str) -> str:
    """One line: spaces collapsed, control characters gone."""
    return " ".join(_visible(text, keep="\n\t").split())


def clean_text(text: str) -> str:
    """Lines and paragraphs: trimmed, control characters gone, never more than one empty line in a row."""
    lines = [line.rstrip() for line in _visible(text.replace("\r\n", "\n"), keep="\n\t").strip().split("\n")]
    kept = [line for at, line in enumerate(lines) if line or lines[at - 1]]
    return "\n".join(kept)


def _visible(text: str, keep: str) -> str:
    return "".join(
        letter
        for letter in unicodedata.normalize("NFC", text)
        if letter in keep or (unicodedata.category(letter) not in _INVISIBLE and letter not in _OVERRIDES)
    )
