"""The refusals of Spaces."""

from datetime import datetime

from cooee.kit.errors import Refusal, TooManyRequests
from cooee.kit.pages import rfc3339
from cooee.spaces.state import Space


class SpaceNotFound(Refusal):
    """No such Space, or one that this person must not know of."""

    code = "space_not_found"
    status = 404
    title = "There is no such Space."


class SpaceEnded(Refusal):
    """It is over; `reason` says why."""

    code = "space_ended"
    status = 410
    title = "This Space is over."

    def __init__(self, space: Space) -> None:
        reason = space.ended.reason if space.ended else None
        super().__init__(reason=reason)


class SpaceNotStarted(Refusal):
    """It is announced for `scheduled_start`, and its host has not started it."""

    code = "space_not_started"
    status = 409
    title = "This Space has not begun."

    def __init__(self, scheduled_start: datetime) -> None:
        super().__init__(scheduled_start=rfc3339(scheduled_start))


class SpaceCanceled(Refusal):
    """It does not take place; `reason` says why."""

    code = "space_canceled"
    status = 410
    title = "This Space was canceled."

    def __init__(self, reason: str | None) -> None:
        super().__init__(reason=reason)


class TooManyScheduled(Refusal):
    """One host has only so many Spaces ahead."""

    code = "too_many_scheduled"
    status = 409
    title = "You have as many Spaces scheduled as one can."

    def __init__(self, most: int) -> None:
        super().__init__(f"One can have {most} Spaces scheduled. Cancel one, or wait until one is over.", most=most)


class StartNotPossible(Refusal):
    """The time lies behind us, or too far ahead; `latest` says how far one can go."""

    code = "start_not_possible"
    status = 422
    title = "A Space cannot be scheduled for that time."

    def __init__(self, latest: datetime) -> None:
        super().__init__("Choose a time from now on, and not too far ahead.", latest=rfc3339(latest))


class RemovedFromSpace(Refusal):
    """A host removed this person: in this Space they can do nothing any more."""

    code = "removed"
    status = 403
    title = "You were removed from this Space."


class SpaceLocked(Refusal):
    """Nobody new comes in; who was inside may return."""

    code = "locked"
    status = 403
    title = "This Space is locked."


class GuestsOff(Refusal):
    """This Space is for people with an account."""

    code = "guests_off"
    status = 403
    title = "Sign in to listen to this Space."


class AccessNotYet(Refusal):
    """Spaces are being rolled out, and this account is not in the group yet."""

    code = "access_not_yet"
    status = 403
    title = "Spaces are not open to your account yet."


class CannotHostYet(Refusal):
    """Hosting asks for a number of followers; `followers` and `needed` say how far this person is."""

    code = "cannot_host_yet"
    status = 403
    title = "You cannot host a Space yet."

    def __init__(self, followers: int, needed: int) -> None:
        super().__init__(f"Hosting needs {needed} followers; you have {followers}.", followers=followers, needed=needed)


class HostingSuspended(Refusal):
    """Moderators have suspended this person from hosting; `until` says when that ends."""

    code = "hosting_suspended"
    status = 403
    title = "You are suspended from hosting."

    def __init__(self, until: datetime) -> None:
        super().__init__(until=rfc3339(until))


class PersonCannotHost(Refusal):
    """Moderators have suspended whoever would become host or co-host from hosting."""

    code = "person_cannot_host"
    status = 403
    title = "This person cannot host at the moment."


class SpeakingSuspended(Refusal):
    """Moderators have suspended the person who would get a seat from speaking; `until` says when that ends."""

    code = "speaking_suspended"
    status = 403
    title = "You are suspended from speaking."

    def __init__(self, until: datetime) -> None:
        super().__init__(until=rfc3339(until))


class ProtectedHost(Refusal):
    """A protected account hosts unlisted and invited Spaces only."""

    code = "protected_cannot_host"
    status = 403
    title = "A protected account cannot host a public Space."


class HostsOnly(Refusal):
    """The host and the co-hosts may do this."""

    code = "hosts_only"
    status = 403
    title = "Only the hosts can do this."


class HostOnly(Refusal):
    """The host alone may do this."""

    code = "host_only"
    status = 403
    title = "Only the host can do this."


class Outranked(Refusal):
    """A co-host cannot do this to the host or to another co-host."""

    code = "outranked"
    status = 403
    title = "You cannot do this to a host."


class NotYourself(Refusal):
    """A control that is meant for others."""

    code = "not_yourself"
    status = 409
    title = "You cannot do this to yourself."


class HostCannotStepDown(Refusal):
    """The host stays on stage: they may leave, or end the Space."""

    code = "host_cannot_step_down"
    status = 409
    title = "The host stays on stage. End the Space instead."


class NotOnStage(Refusal):
    """This person has no microphone here."""

    code = "not_on_stage"
    status = 403
    title = "You are not on stage."


class PersonNotOnStage(Refusal):
    """The control is for people on stage."""

    code = "person_not_on_stage"
    status = 409
    title = "This person is not on stage."


class PersonRemoved(Refusal):
    """Whom a host removed cannot be brought back."""

    code = "person_removed"
    status = 409
    title = "This person was removed from this Space."


class MutedByAHost(Refusal):
    """A host's mute holds until a host lifts it."""

    code = "muted_by_host"
    status = 403
    title = "A host muted you. Ask them to lift it."


class StageFull(Refusal):
    """Every seat is taken."""

    code = "stage_full"
    status = 409
    title = "The stage is full."

    def __init__(self, space: Space) -> None:
        super().__init__(seats=space.seats)


class QueueFull(Refusal):
    """Too many people ask to speak."""

    code = "queue_full"
    status = 409
    title = "Too many people are waiting to speak. Try again later."


class NoRequest(Refusal):
    """The request is not there, or no longer."""

    code = "no_request"
    status = 409
    title = "This person is not asking to speak."


class NoInvitation(Refusal):
    """The invitation is not there, or no longer."""

    code = "no_invitation"
    status = 409
    title = "You are not invited on stage."


class InvitationsFull(Refusal):
    """Too many invitations wait for an answer."""

    code = "invitations_full"
    status = 409
    title = "Too many invitations are waiting for an answer."


class SpaceInvitationsUsedUp(Refusal):
    """So many people one cannot invite into one Space by message; `left` says how many more."""

    code = "space_invitations_used_up"
    status = 409
    title = "You cannot invite that many people into this Space by message."

    def __init__(self, left: int) -> None:
        super().__init__(left=left)


class TooManyInvitations(TooManyRequests):
    """A new account may invite so many people a day; `left` says how many, `retry_after` is in whole seconds."""

    code = "too_many_invitations"
    status = 429
    title = "New accounts can invite only a few people a day."

    def __init__(self, left: int, retry_after: int) -> None:
        super().__init__(retry_after)
        self.fields = {**self.fields, "left": left}


class CohostsFull(Refusal):
    """A Space has two co-hosts at most, invited ones included."""

    code = "cohosts_full"
    status = 409
    title = "This Space has all its co-hosts."


class NotInTheRoom(Refusal):
    """One has to be in the Space for this."""

    code = "not_in_the_room"
    status = 403
    title = "Join the Space first."


class SpaceNotOver(Refusal):
    """What is asked for there is only when the Space is over."""

    code = "space_not_over"
    status = 409
    title = "This Space goes on."


class WasNotThere(Refusal):
    """Feedback is for those who were in the Space."""

    code = "was_not_there"
    status = 403
    title = "You were not in this Space."


class SlowMode(Refusal):
    """The hosts let people write only every so often; `retry_after` is in whole seconds."""

    code = "slow_mode"
    status = 429
    title = "Slow mode is on."

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"You can write again in {retry_after} seconds.", retry_after=retry_after)
        self.retry_after = retry_after

    def headers(self) -> dict[str, str]:
        return {"Retry-After": str(self.retry_after)}


class WordsRefused(Refusal):
    """The text has a word that this site does not take."""

    code = "words_refused"
    status = 422
    title = "This site does not take one of these words."


class RoomMessageNotFound(Refusal):
    """No such message in this Space, or not for this person."""

    code = "room_message_not_found"
    status = 404
    title = "There is no such message."


class RoomPostNotFound(Refusal):
    """There is no such post in the room, or not for this person."""

    code = "room_post_not_found"
    status = 404
    title = "This post is not in the room."


class TicketNeeded(Refusal):
    """One comes in with a ticket; `price` is in the smallest unit of `currency`."""

    code = "ticket_needed"
    status = 402
    title = "This Space needs a ticket."

    def __init__(self, price: int, currency: str) -> None:
        super().__init__(price=price, currency=currency)


class TooManyGuests(Refusal):
    """Too many guests listen from this address."""

    code = "too_many_guests"
    status = 429
    title = "Too many guests are listening from this network. Sign in to listen."
