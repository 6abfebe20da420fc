"""The demo's live Space, in which recorded voices talk in turns."""

from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

from cooee.demo import community, is_demo, settle, settle_in, voices
from cooee.kit import facts
from cooee.kit.web import Toolbox
from cooee.people.ids import PersonId
from cooee.spaces import service
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.house import Actor
from cooee.spaces.live import Live
from cooee.spaces.rules.gates import Plan
from cooee.spaces.rules.microphone import SetMicrophone
from cooee.spaces.rules.presence import VoiceAdded
from cooee.spaces.rules.room import End
from cooee.spaces.rules.stage import AcceptInvitation, Invite, NameCohost
from cooee.spaces.state import Space, SpaceId

_SPACE = "demo_space"
"""The fact that names the Space that was opened last."""

_log = structlog.get_logger(__name__)


async def go_on_air(live: Live, tools: Toolbox) -> None:
    """Makes the demo if it is not there yet, and has its Space live and its voices talking.

    Raises:
        NotEmpty: the database holds a community of its own.
    """
    now = tools.clock.now()
    known = await tools.db.write(lambda tx: settle_in(tx, now))
    space = await tools.db.read(_space_on_air) or await _open(live, tools, known)
    for username, recording in voices():
        await _seat(live, space.id, known[community.HOST], known[username])
        if username == community.COHOST:
            await live.act(_actor(known[community.HOST]), space.id, NameCohost(known[username]))
        live.media.add_voice(space.id, known[username], str(recording))
        await live.rooms.observe(space.id, VoiceAdded(known[username]))
        await live.act(_actor(known[username]), space.id, SetMicrophone(muted=False))


async def go_off_air(live: Live, tools: Toolbox) -> None:
    """Ends the Space of a demo that is not wanted any more: nobody is there to talk in it."""
    if not await tools.db.read(is_demo):
        return
    _log.warning("demo.left_over", remedy="cooee demo --remove")
    space = await tools.db.read(_space_on_air)
    if space is not None:
        await live.act(_actor(space.host), space.id, End())


async def _open(live: Live, tools: Toolbox, known: Mapping[str, PersonId]) -> Space:
    plan = Plan(community.SPACE_TITLE, community.SPACE_TOPICS, "en", policy="invited", audience="public", guests=True)
    space = await live.begin(_actor(known[community.HOST]), plan)
    now = tools.clock.now()

    def tell(tx: Connection) -> None:
        if facts.fact(tx, _SPACE) is None:
            settle.talk(tx, known, space.id, now)
        else:
            settle.invite(tx, known[community.HOST], space.id, now)
        facts.write_down(tx, _SPACE, space.id)

    await tools.db.write(tell)
    return space


async def _seat(live: Live, space: SpaceId, host: PersonId, person: PersonId) -> None:
    if (await live.current(space)).seat(person) is None:
        await live.act(_actor(host), space, Invite(person))
        await live.act(_actor(person), space, AcceptInvitation())


def _space_on_air(tx: Connection) -> Space | None:
    id = facts.fact(tx, _SPACE)
    if id is None:
        return None
    try:
        space = service.found(tx, SpaceId(id))
    except SpaceNotFound:
        return None
    return None if space.ended else space


def _actor(person: PersonId) -> Actor:
    return Actor(person, exempt=False)
