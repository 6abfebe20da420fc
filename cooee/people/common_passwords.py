"""Passwords that are tried first, since many people have them.

The list has the commonest of eight and more characters, in lower case: what the library zxcvbn 4.5.0 (MIT) knows of
leaked ones. The library itself would tell more, and takes seconds over some texts that are made to take long.
"""

import gzip
from functools import cache
from pathlib import Path

_LIST = Path(__file__).with_name("common_passwords.txt.gz")
_APPENDED = "0123456789 !?.,-_*#$%&+"


def is_common(password: str) -> bool:
    """Whether it is such a password, in any case, also with digits or signs behind it."""
    folded = password.lower()
    return folded in _known() or folded.rstrip(_APPENDED) in _known()


@cache
def _known() -> frozenset[str]:
    return frozenset(gzip.decompress(_LIST.read_bytes()).decode("utf-8").split("\n"))
