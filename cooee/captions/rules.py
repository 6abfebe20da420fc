"""Who is recognised, and how what was recognised is written."""

import re
from collections.abc import Collection, Mapping

from cooee.people.ids import PersonId

MOST = 1_000
"""Nobody says more in a phrase; a recogniser that runs wild might."""

_I = re.compile(r"\bi\b")


def understands(languages: Collection[str], language: str) -> bool:
    """Whether recognisers of these languages understand a Space's language: `en-GB` is `en`.

    Where nobody said what a Space speaks, they try.
    """
    if not language:
        return bool(languages)
    return language.replace("_", "-").partition("-")[0].lower() in languages


def recognised(on_stage: Collection[PersonId], agreed: Mapping[PersonId, bool]) -> list[PersonId]:
    """Whose voice a recogniser hears: theirs alone who said yes. Who was not asked yet has not."""
    return [person for person in on_stage if agreed.get(person, False)]


def written(words: str, language: str) -> str:
    """Words as recognisers give them, as they are read: spaced once, beginning with a capital letter."""
    text = " ".join(words.split())[:MOST]
    if understands({"en"}, language or "en"):
        text = _I.sub("I", text)
    return text[:1].upper() + text[1:]
