"""What is said of an event, and to whom. Whoever hears `everyone` is not told again in person."""

from collections.abc import Iterator, Mapping

from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.people.ids import PersonId
from cooee.spaces import events, observed
from cooee.spaces.events import Event
from cooee.spaces.views import EVERYONE, HOSTS, Cast, personal

Said = dict[str, JsonValue]

# What needs no words, because the state says it: presence, connections, topics.
_WORDS: Mapping[type[Event], str] = {
    events.Seated: "seated",
    events.Unseated: "unseated",
    events.Requested: "requested",
    events.RequestWithdrawn: "request_withdrawn",
    events.RequestDeclined: "request_declined",
    events.Invited: "invited",
    events.InvitationWithdrawn: "invitation_withdrawn",
    events.InvitationDeclined: "invitation_declined",
    events.MicrophoneOpened: "microphone",
    events.MicrophoneClosed: "microphone",
    events.MutedByHost: "muted_by_host",
    events.AskedToUnmute: "asked_to_unmute",
    events.Removed: "removed",
    events.LetBack: "let_back",
    events.CohostNamed: "cohost_named",
    events.CohostWithdrawn: "cohost_withdrawn",
    events.HostChanged: "host_changed",
    observed.HostAway: "host_away",
    observed.HostBack: "host_back",
    events.PolicySet: "policy",
    events.TitleSet: "title",
    events.LockSet: "locked",
    events.SlowModeSet: "slow_mode",
    events.Ended: "ended",
}
_TO_HOSTS = (
    events.Requested,
    events.RequestWithdrawn,
    events.Invited,
    events.InvitationWithdrawn,
    events.InvitationDeclined,
    events.Removed,
    events.LetBack,
)
_TO_THE_PERSON = (
    events.RequestDeclined,
    events.Invited,
    events.InvitationWithdrawn,
    events.AskedToUnmute,
    events.Removed,
)


def said(event: Event, cast: Cast) -> Iterator[tuple[str, Said]]:
    """(audience, announcement) pairs."""
    word = _WORDS.get(type(event))
    if word is None:
        return
    person: PersonId | None = getattr(event, "person", None)
    announcement: Said = {"type": word, **_details(event)}
    if person is not None:
        announcement["person"] = cast[person].model_dump(mode="json") if person in cast else None
    if isinstance(event, _TO_HOSTS):
        yield HOSTS, announcement
    if isinstance(event, _TO_THE_PERSON):
        assert person is not None
        yield personal(person), announcement
    if not isinstance(event, _TO_HOSTS + _TO_THE_PERSON):
        yield EVERYONE, announcement


def _details(event: Event) -> Said:
    match event:
        case events.Unseated():
            return {"why": event.why}
        case events.Invited():
            return {"cohost": event.cohost}
        case events.MicrophoneOpened() | events.MicrophoneClosed():
            return {"muted": isinstance(event, events.MicrophoneClosed)}
        case observed.HostAway():
            return {"ends_at": rfc3339(event.ends_at)}
        case events.PolicySet():
            return {"policy": event.policy}
        case events.TitleSet():
            return {"title": event.title}
        case events.LockSet():
            return {"locked": event.locked}
        case events.SlowModeSet():
            return {"seconds": event.seconds}
        case events.Ended():
            return {"reason": event.reason}
        case _:
            return {}
