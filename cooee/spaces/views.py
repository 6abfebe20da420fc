"""What each audience of a Space's feed sees: pure functions of the aggregate and its cast."""

from collections.abc import Iterable, Mapping

from cooee.people.cards import CardTicket, SpaceCard
from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.spaces import shapes
from cooee.spaces.crowd import stream_of
from cooee.spaces.rules.presence import succession
from cooee.spaces.state import Seat, Space

EVERYONE = "everyone"
STAGE = "stage"
HOSTS = "hosts"

# What makes another number of a CSRC: nobody hears by it, so that it need not be anybody's in particular.
_BESIDE = 0x2AAA_AAAA

Cast = Mapping[PersonId, Person]


def personal(participant: str) -> str:
    """The audience that is one participant."""
    return f"person:{participant}"


def audiences(space: Space, participant: str) -> list[str]:
    """What a participant's feed carries."""
    role = space.role(PersonId(participant))
    seen = [EVERYONE, personal(participant)]
    if role != "listener":
        seen.append(STAGE)
    if role in ("host", "cohost"):
        seen.append(HOSTS)
    return seen


def faces(space: Space) -> set[PersonId]:
    """Everybody whom all see: the host and the stage."""
    return {space.host, *(seat.person for seat in space.stage)}


def cast_of(space: Space) -> set[PersonId]:
    """Everybody whom some audience sees: also those who ask, those who are invited, and moderators."""
    wishing = {request.person for request in space.requests} | {offer.person for offer in space.invitations}
    return faces(space) | wishing | space.moderators


def everyone(space: Space, cast: Cast) -> shapes.Stage:
    heir, at = succession(space) or (None, None)
    return shapes.Stage(
        id=space.id,
        title=space.title,
        topics=space.topics,
        language=space.language,
        state="ended" if space.ended else "live",
        audience=space.audience,
        policy=space.policy,
        guests=space.guests,
        locked=space.locked,
        slow_mode_s=space.slow_mode_s,
        seats=space.seats,
        host=cast[space.host],
        recording_since=space.recording_since,
        recorded=space.recorded,
        host_away_until=space.host_away_until,
        heir=cast.get(heir) if heir else None,
        heir_at=at,
        started_at=space.started_at,
        ended_at=space.ended.at if space.ended else None,
        end_reason=space.ended.reason if space.ended else None,
        version=space.version,
        stage=tuple(_seats(space, cast)),
    )


def whole(space: Space, cast: Cast, listening: shapes.Listening) -> shapes.Space:
    """The Space with its audience, as the API answers."""
    return shapes.Space(**dict(everyone(space, cast)), **dict(listening))


def hosts(space: Space, cast: Cast) -> shapes.Queue:
    return shapes.Queue(
        requests=tuple(
            shapes.Waiting(person=cast[request.person], question=request.question, at=request.at)
            for request in space.requests
            if request.person in cast
        ),
        invited=tuple(cast[offer.person] for offer in space.invitations if offer.person in cast),
    )


def own(space: Space, participant: str) -> shapes.Own:
    person = PersonId(participant)
    seat = space.seat(person)
    return shapes.Own(
        role=space.role(person),
        muted=seat is None or seat.microphone != "open",
        held=seat is not None and seat.microphone == "held",
        place=space.place(person),
        invited=space.invitation(person) is not None,
        asked_to_unmute=seat is not None and seat.microphone == "asked",
        streaming=seat is not None and bool(seat.stream),
        session=seat.session if seat else None,
    )


def card(space: Space, cast: Cast, listeners: int, ticket: CardTicket | None) -> SpaceCard:
    """The Space at a glance."""
    on_stage = sorted((seat.person for seat in space.stage), key=lambda person: person != space.host)
    return SpaceCard(
        id=space.id,
        title=space.title,
        state="ended" if space.ended else "live",
        host=cast[space.host],
        speakers=[cast[person] for person in on_stage if person in cast],
        listeners=listeners,
        started_at=space.started_at,
        topics=list(space.topics),
        ticket=ticket,
    )


def permissions(space: Space) -> list[tuple[str, int, bool]]:
    """Who is on stage, with their CSRC, and whether their voice may pass.

    A program that speaks for somebody has their CSRC, so that rings and captions are theirs; the browser beside it
    hears, and is not heard.
    """
    return [row for seat in space.stage for row in _passing(seat)]


def _passing(seat: Seat) -> list[tuple[str, int, bool]]:
    may_pass, beside = seat.microphone == "open", seat.csrc ^ _BESIDE
    if seat.stream is None:
        return [(seat.person, seat.csrc, may_pass)]
    if not seat.stream:
        return [(seat.person, seat.csrc, may_pass), (stream_of(seat.person), beside, False)]
    return [(stream_of(seat.person), seat.csrc, may_pass), (seat.person, beside, False)]


def _seats(space: Space, cast: Cast) -> Iterable[shapes.Seat]:
    for seat in space.stage:
        if seat.person in cast:
            yield shapes.Seat(
                person=cast[seat.person],
                role=space.role(seat.person),
                muted=seat.microphone != "open",
                held=seat.microphone == "held",
                csrc=seat.csrc,
                connected=seat.session is not None or bool(seat.stream) or seat.person in space.voices,
            )
