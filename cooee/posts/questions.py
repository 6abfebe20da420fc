"""What posts have to ask of domains above; `app.py` wires the answers."""

from collections.abc import Callable

from sqlalchemy import Connection

from cooee.people.ids import PersonId

OnStage = Callable[[Connection, PersonId], bool]
"""Whether this person is on stage in a live Space: what they post then is told of, since it belongs to the room too."""
