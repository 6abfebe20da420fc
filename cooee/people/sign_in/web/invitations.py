"""Invitations to sign up."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, NotFound, Unauthenticated
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people import service
from cooee.people.ids import PersonId
from cooee.people.session import Account, SignedIn
from cooee.people.sign_in import invitations, rules
from cooee.people.sign_in.errors import MayNotInvite, SignupInvitationNotValid, TooManyInvitations
from cooee.people.sign_in.invitations import Invitation, Wish
from cooee.people.sign_in.shapes import Invited, NewInvitation, SignupInvitation, SignupInvitationList
from cooee.people.wiring import People, Wiring

router = APIRouter(prefix="/signup-invitations")

_MOST_USES, _MOST_DAYS = 10, 30


@router.get("", responses=refusals(MayNotInvite, Unauthenticated))
async def list_invitations(me: SignedIn, tools: Tools, people: People) -> SignupInvitationList:
    """One's invitations to sign up; for administrators, everybody's."""
    _require(me, people)
    now = tools.clock.now()

    def work(tx: Connection) -> SignupInvitationList:
        return SignupInvitationList(items=_shaped(tx, me, invitations.listed(tx, _whose(me)), people, now))

    return await tools.db.read(work)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(ForeignOrigin, InvalidRequest, MayNotInvite, TooManyInvitations, Unauthenticated),
)
async def create_invitation(asked: NewInvitation, me: SignedIn, tools: Tools, people: People) -> SignupInvitation:
    """Make an invitation to sign up: a link, good for a number of accounts and days."""
    _require(me, people)
    now = tools.clock.now()
    uses, days = (asked.uses, asked.days) if me.admin else (min(asked.uses, _MOST_USES), min(asked.days, _MOST_DAYS))
    wish = Wish(uses, timedelta(days=days), asked.note)

    def work(tx: Connection) -> SignupInvitation:
        if not me.admin:
            invitations.require_room(tx, me.id, now)
        made = invitations.make(tx, me.id, wish, tools.ids, now)
        return _shaped(tx, me, [made], people, now)[0]

    return await tools.db.write(work)


@router.delete(
    "/{invitation_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, NotFound, Unauthenticated),
)
async def revoke_invitation(
    invitation_id: Annotated[str, Path(pattern=DECIMAL_PATTERN)], me: SignedIn, tools: Tools
) -> None:
    """Have an invitation open nothing any more. Accounts that came by it stay."""
    now = tools.clock.now()
    if not await tools.db.write(lambda tx: invitations.revoke(tx, invitation_id, _whose(me), now)):
        raise NotFound


@router.get("/{code}", responses=refusals(InvalidRequest, SignupInvitationNotValid))
async def read_invitation(code: Annotated[str, Path(pattern=r"^[0-9A-Za-z]{1,40}$")], tools: Tools) -> Invited:
    """Who invites, for whoever has the code."""
    now = tools.clock.now()
    return Invited(invited_by=await tools.db.read(lambda tx: invitations.inviter(tx, code, now)))


def _require(me: Account, people: Wiring) -> None:
    if not rules.may_invite(admin=me.admin, mode=people.signup, inviters=people.inviters):
        raise MayNotInvite


def _whose(me: Account) -> PersonId | None:
    return None if me.admin else me.id


def _shaped(
    tx: Connection, me: Account, found: Sequence[Invitation], people: Wiring, now: datetime
) -> list[SignupInvitation]:
    came = invitations.arrivals(tx, found)
    persons = service.persons(tx, [id for ids in came.values() for id in ids], people.asks, me.id)
    return [
        SignupInvitation(
            id=each.id,
            code=each.code,
            url=invitations.link(people.site_url, each.code),
            note=each.note,
            most_uses=each.most_uses,
            used=each.used,
            created_at=each.created_at,
            expires_at=each.expires_at,
            revoked=each.revoked_at is not None,
            usable=invitations.is_usable(each, now),
            came=[persons[id] for id in came.get(each.id, ()) if id in persons],
        )
        for each in found
    ]
