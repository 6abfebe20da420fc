"""What the rules about coming in refuse."""

from collections.abc import Mapping
from datetime import datetime

from cooee.kit.errors import Refusal
from cooee.kit.pages import rfc3339


class SignupClosed(Refusal):
    """The operator takes no new accounts."""

    code = "signup_closed"
    status = 403
    title = "This site takes no new accounts."


class SignupInvitationNeeded(Refusal):
    """New accounts are for those who were invited: the request has no code."""

    code = "signup_invitation_needed"
    status = 403
    title = "Signing up here takes an invitation."


class SignupInvitationNotValid(Refusal):
    """There is no such invitation, or it is used up, expired or revoked: which of it is not told."""

    code = "signup_invitation_not_valid"
    status = 403
    title = "This invitation is not valid, or not any more."


class MayNotInvite(Refusal):
    """The operator lets others invite, or nobody."""

    code = "may_not_invite"
    status = 403
    title = "You may not invite people to sign up here."


class TooManyInvitations(Refusal):
    """More invitations to sign up wait at once than one person may have waiting."""

    code = "too_many_signup_invitations"
    status = 409
    title = "Too many invitations are waiting. Revoke one first."


class WrongCredentials(Refusal):
    """Username and password do not belong together; which of them is wrong is not told."""

    code = "wrong_credentials"
    status = 401
    title = "Username or password is wrong."

    def headers(self) -> Mapping[str, str]:
        return {"WWW-Authenticate": "Bearer"}


class WrongPassword(Refusal):
    """Who is signed in already, and has to say it again, said another password."""

    code = "wrong_password"
    status = 403
    title = "This is not your password."


class ConfirmationNeeded(Refusal):
    """This matters too much for a device that was left open: the password or a passkey first, within 10 minutes."""

    code = "confirmation_needed"
    status = 403
    title = "Confirm first that it is you."


class LinkNotValid(Refusal):
    """The link of a letter was followed already, is too old, or a later letter took its place."""

    code = "link_not_valid"
    status = 410
    title = "This link was used already, or is too old."


class AddressTaken(Refusal):
    """Told to whoever followed the letter's link only: meanwhile the address became another account's."""

    code = "address_taken"
    status = 409
    title = "This address belongs to another account by now."


class NoAddressWaiting(Refusal):
    """No address of this account waits to be confirmed."""

    code = "no_address_waiting"
    status = 409
    title = "No address waits to be confirmed."


class PasskeyNotAccepted(Refusal):
    """The passkey's answer does not hold: unknown here, too late, for another site, or not signed by it."""

    code = "passkey_not_accepted"
    status = 403
    title = "This passkey was not accepted."


class TooManyPasskeys(Refusal):
    """More passkeys than one person may have."""

    code = "too_many_passkeys"
    status = 409
    title = "You have too many passkeys. Remove one first."


class LastWayIn(Refusal):
    """Without it nothing would open the account any more."""

    code = "last_way_in"
    status = 409
    title = "Nothing else opens your account. Set a password first."


class ProviderNotFound(Refusal):
    """The operator set up no such provider."""

    code = "provider_not_found"
    status = 404
    title = "There is no such provider here."


class ProviderFailed(Refusal):
    """The provider did not answer, or what it said does not hold."""

    code = "provider_failed"
    status = 503
    title = "The provider did not say who you are."


class ProviderDeclined(Refusal):
    """The person, or the provider, would rather not say who they are."""

    code = "provider_declined"
    status = 403
    title = "Signing in there was broken off."


class ProviderFlowOver(Refusal):
    """Whoever came back from a provider was away too long, came twice, or left from another browser."""

    code = "provider_flow_over"
    status = 410
    title = "That took too long. Begin again."


class ProviderTaken(Refusal):
    """Who somebody is to the provider opens another account already, or this one has a link there."""

    code = "provider_taken"
    status = 409
    title = "This opens another account already."


class AgreementNeeded(Refusal):
    """Signing up takes a yes to the terms, or to being old enough; `terms` and `age` say which is missing."""

    code = "agreement_needed"
    status = 403
    title = "Agree to the terms and say that you are old enough first."


class AdministratorsOnly(Refusal):
    """This is for those who run the site."""

    code = "administrators_only"
    status = 403
    title = "Only administrators do this."


class AccountSuspended(Refusal):
    """Moderators have suspended the account; `until` says when that ends."""

    code = "account_suspended"
    status = 403
    title = "This account is suspended."

    def __init__(self, until: datetime) -> None:
        super().__init__(until=rfc3339(until))
