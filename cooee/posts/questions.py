"""What posts have to ask of domains above; `app.py` wires the answers."""

from collections.abc import Callable, Collection, Mapping

from sqlalchemy import Connection

from cooee.people.ids import PersonId
from cooee.posts.records import Attachment
from cooee.posts.shapes import SpaceCard

Attachments = Callable[[Connection, Collection[Attachment], PersonId], Mapping[Attachment, SpaceCard]]
"""How each attachment looks to this person; what does not exist, or is not for them, is left out."""
