"""What names a person."""

from typing import Annotated, Literal, NewType

from fastapi import Path

from cooee.kit.ids import DECIMAL_PATTERN

PersonId = NewType("PersonId", str)
"""A decimal id (`cooee.kit.ids`)."""

PersonInPath = Annotated[PersonId, Path(pattern=DECIMAL_PATTERN, description="A person's id")]

DemoPart = Literal["voice", "resident", "crowd"]
"""What an account is in a demo: somebody one can sign in as, or one of the many followers."""
