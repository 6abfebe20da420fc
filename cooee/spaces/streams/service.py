"""Making, showing and revoking stream keys, and who comes with one: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.errors import Unauthenticated
from cooee.kit.secrets import hashed
from cooee.people.ids import PersonId
from cooee.spaces import admission, service
from cooee.spaces.house import Actor, Committed, House
from cooee.spaces.rules import decide, may_command
from cooee.spaces.rules.streams import MakeStreamKey, StopStream
from cooee.spaces.state import SpaceId
from cooee.spaces.streams import store
from cooee.spaces.streams.store import Kept

BEGINS = "sk_"
"""Stream keys begin so, and no other token does."""


def make(tx: Connection, house: House, actor: Actor, id: SpaceId, now: datetime, committed: Committed) -> str:
    """A new key, in place of the one before, whose stream ends. Nobody can ask for it again.

    Raises:
        NotOnStage, and what every command refuses.
    """
    space = service.for_change(tx, id)
    admission.check_actor(tx, house, space, actor)
    decide(space, MakeStreamKey(), actor.person, now)
    service.saved(tx, space, decide(space, StopStream(), actor.person, now), committed)
    key = BEGINS + house.ids.token()
    store.put(tx, id, actor.person, hashed(key), now)
    return key


def kept(tx: Connection, house: House, actor: Actor, id: SpaceId) -> Kept | None:
    """What is known of one's own key.

    Raises:
        what every command refuses.
    """
    space = service.found(tx, id)
    admission.check_actor(tx, house, space, actor)
    may_command(space, actor.person)
    return store.kept(tx, id, actor.person)


def revoke(tx: Connection, house: House, actor: Actor, id: SpaceId, now: datetime, committed: Committed) -> None:
    """The key opens nothing any more, and what it opened ends.

    Raises:
        what every command refuses.
    """
    store.drop(tx, id, actor.person)
    service.act(tx, house, actor, id, StopStream(), now, committed)


def come(tx: Connection, id: SpaceId, key: str, now: datetime) -> PersonId:
    """Whose key it is.

    Raises:
        Unauthenticated
    """
    person = store.use(tx, id, hashed(key), now)
    if person is None:
        raise Unauthenticated("This stream key is not valid here, or no longer.")
    return person
