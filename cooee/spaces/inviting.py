"""Inviting people by message: each gets the Space's card in the conversation with whoever invites."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from cooee.kit.errors import Refusal
from cooee.messages import service as messages
from cooee.messages import store as messages_store
from cooee.messages.errors import MessagesNotTaken
from cooee.messages.ids import ConversationId
from cooee.messages.service import Draft, Post
from cooee.people import relations
from cooee.people import service as people
from cooee.people.cards import Attachment
from cooee.people.ids import PersonId
from cooee.spaces import admission, facts, invited, service
from cooee.spaces.errors import PersonRemoved
from cooee.spaces.events import Event
from cooee.spaces.house import Actor, Committed, House
from cooee.spaces.rules import decide, may_command
from cooee.spaces.rules.invitations import (
    DAY,
    Admit,
    InvitationLimits,
    check_left_in_space,
    check_new_account,
    may_pass_on,
)
from cooee.spaces.state import Space, SpaceId


@dataclass(frozen=True, slots=True)
class Letters:
    """Whom somebody invites, and the words that go with the card."""

    people: frozenset[PersonId]
    text: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """Who has the invitation, also from before; and who has not, and why."""

    invited: Sequence[PersonId]
    refused: Mapping[PersonId, Refusal]


@dataclass(frozen=True, slots=True)
class Inviting:
    """The limits, and what carries messages."""

    limits: InvitationLimits
    post: Post


def invite(
    tx: Connection,
    house: House,
    inviting: Inviting,
    actor: Actor,
    id: SpaceId,
    letters: Letters,
    now: datetime,
    committed: Committed,
) -> Outcome:
    """Invites people by message; whom the message does not reach is refused, and the others are invited.

    Rows are locked in one order: the Space, the conversations by id, whoever invites.

    Raises:
        SpaceNotFound, AccessNotYet, YouBlockedThem, BlockedByThem, SpaceEnded, RemovedFromSpace, HostsOnly,
        SpaceLocked, SpaceInvitationsUsedUp, TooManyInvitations
    """
    me = actor.person
    space = service.for_change(tx, id)
    admission.check_actor(tx, house, space, actor)
    may_command(space, me)
    may_pass_on(space, me)
    before = invited.invited_by(tx, id, me)
    wanted = letters.people - before
    check_left_in_space(inviting.limits, len(before), len(wanted))
    conversations, refused = _begun(tx, space, me, wanted, inviting.post, now)
    for conversation in sorted(conversations, key=int):
        messages_store.hold(tx, conversation)
    _check_new(tx, inviting.limits, me, len(wanted), now)
    reached: list[PersonId] = []
    events: list[Event] = []
    for conversation, person in sorted(conversations.items(), key=lambda pair: int(pair[0])):
        try:
            admitted = decide(space, Admit(person), me, now)
            sent = messages.send(tx, me, conversation, _draft(space, letters), inviting.post, now)
        except PersonRemoved as no:
            # Whom they removed is for hosts to know.
            refused[person] = no if me in space.hosts() else MessagesNotTaken()
            continue
        except Refusal as no:
            refused[person] = no
            continue
        events += admitted
        reached.append(person)
        if not sent.request:
            facts.invited(tx, space, me, person, now)
    invited.note_invitations(tx, id, me, reached, now)
    admission.let_in_for_good(tx, house, reached, now)
    service.saved(tx, space, tuple(events), committed)
    return Outcome([*sorted(letters.people & before), *reached], refused)


def _begun(
    tx: Connection, space: Space, me: PersonId, wanted: frozenset[PersonId], post: Post, now: datetime
) -> tuple[dict[ConversationId, PersonId], dict[PersonId, Refusal]]:
    """The conversation with each of those who can be written to; in one order, as others may begin the same."""
    conversations: dict[ConversationId, PersonId] = {}
    refused: dict[PersonId, Refusal] = {}
    for person in sorted(wanted, key=int):
        try:
            # Whoever is in a block with the host could not come in; that they are is not told.
            if person != space.owner and relations.blocked_between(tx, person, space.owner):
                raise MessagesNotTaken
            conversations[messages.begin(tx, me, person, post.ids, now)] = person
        except Refusal as no:
            refused[person] = no
    return conversations, refused


def _check_new(tx: Connection, limits: InvitationLimits, me: PersonId, wanted: int, now: datetime) -> None:
    joined = people.person_by_id(tx, me).created_at
    if now - joined < limits.new_account_age:
        check_new_account(limits, joined, invited.invited_since(tx, me, now - DAY), wanted, now)


def _draft(space: Space, letters: Letters) -> Draft:
    return Draft(letters.text, Attachment("space", space.id), told_elsewhere=True)
