"""What the routes of this domain are given by `app.py`, at `app.state.spaces`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from cooee.kit.grants import Grant
from cooee.kit.word_filter import WordFilter
from cooee.spaces.ahead import Ahead
from cooee.spaces.errors import WordsRefused
from cooee.spaces.live import Live
from cooee.spaces.rules.invitations import InvitationLimits


@dataclass(frozen=True)
class Wiring:
    """Settings and the live Spaces."""

    live: Live
    is_of_before: Callable[[Grant], bool]
    """Whether a grant was given to a session that has ended since."""
    ahead: Ahead
    site_name: str
    grant_key: bytes
    edge_public_url: str | None
    stun_urls: tuple[str, ...]
    space_limit: str
    """Per person, e.g. `30 per hour`; empty means none."""
    join_limit: str
    """Per person."""
    join_address_limit: str
    """Per address."""
    request_limit: str
    microphone_limit: str
    reaction_limit: str
    """Per person."""
    room_message_limit: str
    """Per person and Space."""
    words: WordFilter
    invitation_limits: InvitationLimits
    guest_limit: int
    """Guests per address and Space; 0 means any number."""

    def allowed(self, asked: str | None) -> str | None:
        """A title, or a question, as it may stand. It cannot wait for somebody to look at it: what would be held is
        refused.

        Raises:
            WordsRefused
        """
        if asked is None:
            return None
        verdict = self.words.judge(asked)
        if verdict.what != "fine":
            raise WordsRefused
        return verdict.text


def wiring(request: Request) -> Wiring:
    """The wiring: a dependency of routes."""
    found = request.app.state.spaces
    assert isinstance(found, Wiring)
    return found


Spaces = Annotated[Wiring, Depends(wiring)]
