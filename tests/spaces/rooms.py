"""Rooms for the tests of rules, and a way to tell what happens in them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from cooee.people.ids import PersonId
from cooee.spaces.events import evolve
from cooee.spaces.house import Actor
from cooee.spaces.rules import Command, Observation, conclude, decide
from cooee.spaces.rules.gates import Candidate, HostingGate, Plan, start
from cooee.spaces.rules.moderated import LookedInto
from cooee.spaces.rules.presence import Present
from cooee.spaces.rules.requests import AskToSpeak
from cooee.spaces.rules.room import Remove
from cooee.spaces.rules.stage import AcceptInvitation, Invite, NameCohost
from cooee.spaces.state import Microphone, Policy, Role, Space, SpaceId

OPENED = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
SEATS = 13

HOST = PersonId("100")
COHOST = PersonId("201")
OTHER_COHOST = PersonId("202")
SPEAKER = PersonId("301")
OTHER_SPEAKER = PersonId("302")
LISTENER = PersonId("401")
ASKER = PersonId("402")
INVITED = PersonId("403")
STRANGER = PersonId("404")
OUTSIDER = PersonId("405")
REMOVED = PersonId("500")
BLOCKED = PersonId("501")
MODERATOR = PersonId("600")


def after(seconds: float) -> datetime:
    return OPENED + timedelta(seconds=seconds)


def opened(policy: Policy = "invited", seats: int = SEATS, **changes: object) -> Space:
    """A Space that its host has just started."""
    gate = HostingGate(everyone=True)
    space = start(SpaceId("s1"), Plan("Morning", policy=policy), Candidate(HOST, 0, False), gate, seats, OPENED)
    return replace(space, **changes)  # type: ignore[arg-type]  # the fields of Space


def done(space: Space, command: Command, actor: PersonId = HOST, now: datetime = OPENED) -> Space:
    """The Space after somebody did something."""
    return evolve(space, decide(space, command, actor, now))


def seen(space: Space, observation: Observation, now: datetime = OPENED) -> Space:
    """The Space after something was observed."""
    return evolve(space, conclude(space, observation, now))


def with_speaker(space: Space, *people: PersonId) -> Space:
    for person in people:
        space = done(done(space, Invite(person)), AcceptInvitation(), person)
    return space


def everybody_here(space: Space, *absent: PersonId, now: datetime = OPENED) -> Space:
    here = {wish.person for wish in space.stage} | {wish.person for wish in space.requests}
    return seen(space, Present(frozenset(here - set(absent))), now)


def busy() -> Space:
    """One of each: host, two co-hosts, two speakers, one who asks, one who is invited, one who was removed."""
    space = with_speaker(opened(), COHOST, OTHER_COHOST, SPEAKER, OTHER_SPEAKER)
    space = done(done(space, NameCohost(COHOST)), NameCohost(OTHER_COHOST))
    space = done(done(space, AskToSpeak("May I?"), ASKER), Invite(INVITED))
    return everybody_here(done(space, Remove(REMOVED)))


def watched() -> Space:
    """The same, and a moderator of the site looks into it."""
    return seen(busy(), LookedInto(MODERATOR))


def actor(person: PersonId) -> Actor:
    return Actor(person, exempt=False)


def roles(space: Space) -> dict[PersonId, Role]:
    return {seat.person: space.role(seat.person) for seat in space.stage}


def microphone(space: Space, person: PersonId) -> Microphone:
    seat = space.seat(person)
    assert seat is not None
    return seat.microphone
