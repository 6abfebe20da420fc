"""Words that an operator does not want to read: masked, held for somebody to look at, or refused. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

MASK = "•••"

# What is read as another letter: digits and signs for letters, and the likes of Latin in Cyrillic and Greek.
_LOOKALIKES = str.maketrans("0134578@$!|аеорсухкмтвніјѕԁοαειντρκ", "oieastbasiiaeopcyxkmtbhijsdoaeivtpk")
# A sign after a word is a sign.
_WORD = re.compile(r"[@$]?\w(?:[\w@$!|]*\w)?")
_RUN = re.compile(r"(.)\1{2,}")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a text; in `text`, masked words are."""

    what: Literal["fine", "held", "refused"]
    text: str


class WordFilter:
    """Three lists; a word stands for itself however its letters are disguised, and never for a part of another."""

    def __init__(self, hide: Iterable[str] = (), hold: Iterable[str] = (), refuse: Iterable[str] = ()) -> None:
        self._hide, self._hold, self._refuse = (frozenset(map(_folded, words)) for words in (hide, hold, refuse))

    def judge(self, text: str) -> Verdict:
        """What becomes of this text: the sternest list that it meets decides."""
        words = {_folded(word) for word in _WORD.findall(text)}
        if words & self._refuse:
            return Verdict("refused", text)
        masked = _WORD.sub(lambda found: MASK if _folded(found.group()) in self._hide else found.group(), text)
        return Verdict("held" if words & self._hold else "fine", masked)


def _folded(word: str) -> str:
    """Compatibility forms, case, accents, look-alikes and drawn-out letters are all one (NFKC, NFKD, a short table)."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", word).casefold())
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _RUN.sub(r"\1", letters.translate(_LOOKALIKES))
