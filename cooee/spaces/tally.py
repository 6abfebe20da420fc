"""Who counts how people come to a Space and what they do there: asked by the live Spaces, answered by analytics."""

from collections.abc import Collection, Iterable
from typing import Literal, Protocol

from sqlalchemy import Connection

from cooee.spaces.state import SpaceId
from cooee.spaces.store import Visit

Source = Literal["bubble", "link", "message", "post", "profile", "discover", "embed", "notification"]
"""From where somebody came, as their client says it. `link` is an address that was opened, from wherever."""


class Tally(Protocol):
    """Counts, and keeps nobody by name. Its calls are short, and made on the event loop but for `first_seen`."""

    def let_in(self, space: SpaceId, participant: str, source: Source | None) -> None:
        """Somebody got a door. Without a source they did not say, as whoever comes back."""

    def came(self, space: SpaceId, participants: Iterable[str]) -> None:
        """The engine sees them."""

    def never_came(self, space: SpaceId, participants: Iterable[str]) -> None:
        """They did not come through the door in time; those who were there before may be among them."""

    def reacted(self, space: SpaceId, emoji: str) -> None:
        """A reaction floats."""

    def first_seen(self, tx: Connection, visits: Collection[Visit]) -> None:
        """People with an account were seen in a Space for the first time: in the transaction that notes it."""
