"""Words as they are looked for: in any case, with or without accents, from their beginning."""

import re
import unicodedata

from sqlalchemy import ColumnElement, and_
from sqlalchemy.sql.elements import SQLColumnExpression

_WORD = re.compile(r"[^\W_]+")
_LONGEST = 40
_MOST = 40
_AFTER_ALL = "\U0010ffff"


def folded(text: str) -> str:
    """Text without what one may leave out when one looks for it: case, accents, forms of the same letter."""
    # Twice: folding the case of some letters takes marks apart that belong to the next.
    flat = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    # A Turkish capital of the dotless i is folded as if it were English.
    return "".join(letter for letter in flat if unicodedata.category(letter) != "Mn").replace("ı", "i")


def words(text: str, most: int = _MOST) -> list[str]:
    """The words of a text, folded, each once; of a very long text the first ones."""
    found = (word[:_LONGEST] for word in _WORD.findall(folded(text)))
    return list(dict.fromkeys(found))[:most]


def begins_with(column: SQLColumnExpression[str], beginning: str) -> ColumnElement[bool]:
    """The column, whose text sorts by bytes, begins with this: a range of its index, whatever the text contains."""
    return and_(column >= beginning, column < beginning + _AFTER_ALL)
