"""Whom a text speaks to. Pure; `client/src/posts/pieces.ts` cuts alike."""

import re

MOST_MENTIONS = 20
"""How many people one post may call."""

_LINK = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_MENTION = re.compile(r"(?<![\w@/])@([a-z0-9_]{2,30})(?!\w)", re.IGNORECASE | re.ASCII)


def mentioned(text: str) -> list[str]:
    """The usernames that a text calls, in its order, each once."""
    found = (match[1].lower() for match in _MENTION.finditer(_LINK.sub(" ", text)))
    return list(dict.fromkeys(found))[:MOST_MENTIONS]
