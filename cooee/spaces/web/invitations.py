"""Inviting people into a Space by message."""

from fastapi import APIRouter

from cooee.kit.errors import TooManyRequests
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.messages.wiring import Messages
from cooee.people.ids import PersonId
from cooee.spaces import inviting, shapes
from cooee.spaces.errors import HostsOnly, SpaceInvitationsUsedUp, SpaceLocked, TooManyInvitations
from cooee.spaces.inviting import Inviting, Letters
from cooee.spaces.web.asking import ANY, Acting, SpaceInPath
from cooee.spaces.wiring import Spaces

router = APIRouter(prefix="/spaces/{id}")


@router.post(
    "/message-invitations",
    responses=refusals(*ANY, HostsOnly, SpaceInvitationsUsedUp, SpaceLocked, TooManyInvitations, TooManyRequests),
)
async def invite_by_message(
    id: SpaceInPath, asked: shapes.InviteByMessage, me: Acting, tools: Tools, spaces: Spaces, messages: Messages
) -> shapes.Invitations:
    """Send people the Space's card: everybody may, into a room that is open; the hosts alone into one that is not."""
    await tools.attempt(messages.message_limit, "invite", me.person)
    letters = Letters(frozenset(map(PersonId, asked.people)), asked.text)
    by = Inviting(spaces.invitation_limits, messages.post)
    house = spaces.live.house
    outcome = await spaces.live.change(
        lambda tx, now, committed: inviting.invite(tx, house, by, me, id, letters, now, committed)
    )
    return shapes.Invitations(
        invited=tuple(outcome.invited),
        refused=tuple(
            shapes.NotInvited(person=person, code=no.code, title=no.title) for person, no in outcome.refused.items()
        ),
    )
