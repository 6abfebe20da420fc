"""Whom a text speaks to, and of what. Pure; `client/src/posts/pieces.ts` cuts alike."""

import re
import unicodedata
from collections.abc import Iterator

from cooee.kit.words import folded

MOST_MENTIONS = 20
"""How many people one post may call."""

MOST_HASHTAGS = 20
LONGEST_HASHTAG = 50
"""Characters."""

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@/])@([a-z0-9_]{2,30})(?!\w)", re.IGNORECASE | re.ASCII)


def mentioned(text: str) -> list[str]:
    """The usernames that a text calls, in its order, each once."""
    found = (match[1].lower() for match in _MENTION.finditer(_LINK.sub(" ", text)))
    return list(dict.fromkeys(found))[:MOST_MENTIONS]


def hashtags(text: str) -> dict[str, str]:
    """The hashtags of a text, in its order: by what they are found (`hashtag_key`), how they are written first."""
    found: dict[str, str] = {}
    for tag in _tags(_LINK.sub(" ", text)):
        found.setdefault(hashtag_key(tag), tag)
    return dict(list(found.items())[:MOST_HASHTAGS])


def hashtag_key(tag: str) -> str:
    """What is the same for all ways to write a hashtag: case, accents and invisible joints aside."""
    return "".join(letter for letter in folded(tag) if letter not in _JOINTS)


_JOINTS = "\u200c\u200d"
"""Persian and Indic scripts write them inside words."""


def _tags(text: str) -> Iterator[str]:
    for start in re.finditer("[#\uff03]", text):
        before = text[start.start() - 1 : start.start()]
        if before and (_in_word(before) or before in "/#@&\uff03"):
            continue
        end = start.end()
        while end < len(text) and _in_word(text[end]):
            end += 1
        tag = text[start.end() : end]
        if len(tag) <= LONGEST_HASHTAG and any(letter.isalpha() for letter in tag):
            yield tag


def _in_word(letter: str) -> bool:
    return unicodedata.category(letter)[0] in "LMN" or letter == "_" or letter in _JOINTS
