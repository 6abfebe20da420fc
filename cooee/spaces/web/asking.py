"""What the routes of Spaces have in common: the Space and the person in the path, and who asks."""

import re
from typing import Annotated

from fastapi import Depends, Path

from cooee.kit.errors import ForeignOrigin, InvalidRequest, Refusal, Unauthenticated
from cooee.kit.ids import TEXT_PATTERN
from cooee.people.errors import BlockedByThem, YouBlockedThem
from cooee.people.ids import PersonId
from cooee.people.session import Account, SignedIn
from cooee.spaces.errors import AccessNotYet, RemovedFromSpace, SpaceEnded, SpaceNotFound, TicketNeeded
from cooee.spaces.house import Actor
from cooee.spaces.state import SpaceId

# What any command may answer, whoever gives it.
ANY: tuple[type[Refusal], ...] = (
    AccessNotYet,
    BlockedByThem,
    ForeignOrigin,
    InvalidRequest,
    RemovedFromSpace,
    SpaceEnded,
    SpaceNotFound,
    TicketNeeded,
    Unauthenticated,
    YouBlockedThem,
)


def space_in_path(id: Annotated[str, Path(description="The Space's id")]) -> SpaceId:
    """The Space of the path.

    Raises:
        SpaceNotFound: no Space has such an id.
    """
    if not re.fullmatch(TEXT_PATTERN, id):
        raise SpaceNotFound
    return SpaceId(id)


def acting(account: Account) -> Actor:
    """The one who asks, as rules and services know them."""
    return Actor(account.id, exempt=account.admin)


def _actor(me: SignedIn) -> Actor:
    return acting(me)


SpaceInPath = Annotated[SpaceId, Depends(space_in_path)]
Acting = Annotated[Actor, Depends(_actor)]
OtherInPath = Annotated[PersonId, Path(alias="user_id", description="A person's id")]
