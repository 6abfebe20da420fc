"""Who stands at a WHIP or WHEP door: somebody with a grant, or with a token."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from cooee.kit.errors import GrantExpired, Unauthenticated
from cooee.kit.grants import Grant, verify
from cooee.kit.limits import by_address
from cooee.kit.web import Toolbox, Tools, client_address
from cooee.people.ids import PersonId
from cooee.people.session import Account, bearer_token, maybe_account
from cooee.people.sign_in.sessions import name_of
from cooee.people.wiring import People
from cooee.spaces.crowd import is_guest
from cooee.spaces.house import Actor
from cooee.spaces.rules import may_command
from cooee.spaces.state import SpaceId
from cooee.spaces.streams import service as streams
from cooee.spaces.web.asking import acting
from cooee.spaces.wiring import Wiring


@dataclass(frozen=True, slots=True)
class Caller:
    """A request at a door."""

    request: Request
    account: Account | None
    grant: str | None


async def who_speaks(caller: Caller, id: SpaceId, tools: Toolbox, wiring: Wiring) -> tuple[Actor, str]:
    """Who wants to speak, and with which device. Whether they may, the rules say.

    Raises:
        Unauthenticated, GrantExpired, TooManyRequests, and what `admit` refuses.
    """
    if caller.grant is not None:
        grant = await _granted(caller.grant, "whip", id, tools, wiring)
        if is_guest(grant.participant):
            raise Unauthenticated
        return Actor(PersonId(grant.participant), exempt=True), grant.device
    actor, device = _signed_in(caller)
    count_entry(caller.request, actor, tools, wiring)
    return actor, device


async def who_streams(request: Request, key: str, id: SpaceId, tools: Toolbox, wiring: Wiring) -> Actor:
    """For whom a program speaks that comes with a stream key. Whoever made it came through the gate.

    Raises:
        Unauthenticated, TooManyRequests, and what `may_command` refuses.
    """
    count_entry(request, None, tools, wiring)
    now = tools.clock.now()
    person = await tools.db.write(lambda tx: streams.come(tx, id, key, now))
    return Actor(person, exempt=True)


def stream_key(request: Request) -> str | None:
    """The stream key that a program sends as its bearer token."""
    token = bearer_token(request)
    return token if token and token.startswith(streams.BEGINS) else None


async def maybe_speaking(request: Request, response: Response, tools: Tools, people: People) -> Account | None:
    """Who asks at the WHIP door, if it is not a program with a stream key.

    Raises:
        what `maybe_account` raises.
    """
    return None if stream_key(request) else await maybe_account(request, response, tools, people)


MaybeSpeaking = Annotated[Account | None, Depends(maybe_speaking)]


@dataclass(frozen=True, slots=True)
class Listening:
    """Who may listen, with which device, and the access epoch at which they were let in."""

    participant: str
    device: str
    epoch: int


async def let_in_to_listen(caller: Caller, id: SpaceId, tools: Toolbox, wiring: Wiring) -> Listening:
    """Who may listen.

    Raises:
        Unauthenticated, GrantExpired, TooManyRequests, and what `enter` refuses.
    """
    if caller.grant is not None:
        grant = await _granted(caller.grant, "whep", id, tools, wiring)
        return Listening(grant.participant, grant.device, grant.epoch)
    actor, device = _signed_in(caller)
    address = count_entry(caller.request, actor, tools, wiring)
    entrance = await wiring.live.enter(id, actor, address, wiring.guest_limit)
    return Listening(entrance.participant, device, entrance.space.access_epoch)


def count_entry(request: Request, actor: Actor | None, tools: Toolbox, wiring: Wiring) -> str:
    """Counts an attempt to come in; the address that it came from.

    Raises:
        TooManyRequests
    """
    address = by_address(client_address(request))
    tools.limits.hit(wiring.join_address_limit, "join from", address)
    if actor is not None:
        tools.limits.hit(wiring.join_limit, "join", actor.person)
    return address


def _signed_in(caller: Caller) -> tuple[Actor, str]:
    if caller.account is None:
        raise Unauthenticated
    return acting(caller.account), name_of(caller.account.token_hash)


async def _granted(text: str, door: str, id: SpaceId, tools: Toolbox, wiring: Wiring) -> Grant:
    grant = verify(wiring.grant_key, text, door, tools.clock.now())
    if grant.topic != f"space:{id}":
        raise Unauthenticated("This grant opens another Space.")
    space = await wiring.live.current(id)
    may_command(space, PersonId(grant.participant))
    if grant.epoch < space.access_epoch or wiring.is_of_before(grant):
        raise GrantExpired
    tools.limits.hit(wiring.join_limit, door, grant.participant)
    return grant
