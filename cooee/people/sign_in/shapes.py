"""What goes over the wire when people come in."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints

from cooee.kit.pages import Asked, Shape, Timestamp
from cooee.kit.text import at_most, clean_line, clean_text
from cooee.people.shapes import DisplayName, Me, Password, Person, Username
from cooee.people.sign_in import addresses
from cooee.people.sign_in.mail_tokens import Purpose
from cooee.people.sign_in.passkeys import Passkey
from cooee.people.sign_in.site import PageName

InvitationCode = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z]+$", examples=["3kTqPz0aBcD"])]
Note = Annotated[str, Field(max_length=200), AfterValidator(clean_line), AfterValidator(at_most(80))]
Address = Annotated[str, Field(max_length=254, examples=["ada@example.org"]), AfterValidator(addresses.parsed)]
MailToken = Annotated[str, Field(max_length=100, description="What stands behind the `#` of a letter's link")]
PageText = Annotated[str, Field(max_length=30_000), AfterValidator(clean_text), AfterValidator(at_most(20_000))]
Agrees = Annotated[bool, Field(description="To the terms, if there are any (`GET /site`)")]
OldEnough = Annotated[bool, Field(description="At least the minimum age, if there is one")]
InCookie = Annotated[bool, Field(description="Put the token into a cookie instead of the answer")]


class SignUp(Asked):
    """A new account."""

    username: Username
    display_name: DisplayName
    password: Password
    invitation: InvitationCode | None = None
    agrees: Agrees = False
    old_enough: OldEnough = False
    cookie: InCookie = False


class SignIn(Asked):
    """An account and its password."""

    username: Username
    password: Password
    cookie: InCookie = False


class SignedInAs(Shape):
    """A session has begun. `token` is left out when it is in the cookie."""

    account: Me
    token: str | None = Field(None, description="For `Authorization: Bearer`; told only now")
    restored: bool = Field(False, description="The account was about to be erased, and no longer is")


class Confirm(Asked):
    """The proof that whoever holds the device is the person."""

    password: Password


class Session(Shape):
    """A device on which one is signed in."""

    id: str
    current: bool = Field(description="The one that asks")
    browser: str | None
    system: str | None
    created_at: Timestamp
    last_used_at: Timestamp


class SessionList(Shape):
    """Where one is signed in, the last used first."""

    items: list[Session]


class NewInvitation(Asked):
    """An invitation to sign up."""

    uses: int = Field(1, ge=1, le=1000, description="Who is no administrator: at most 10")
    days: int = Field(7, ge=1, le=365, description="Who is no administrator: at most 30")
    note: Note = ""


class SignupInvitation(Shape):
    """An invitation to sign up, as its maker sees it."""

    id: str
    code: str
    url: str
    note: str
    most_uses: int
    used: int
    created_at: Timestamp
    expires_at: Timestamp
    revoked: bool
    usable: bool
    came: list[Person] = Field(description="Who signed up by it, the latest first")


class SignupInvitationList(Shape):
    """Invitations to sign up, the latest first."""

    items: list[SignupInvitation]


class Invited(Shape):
    """An invitation to sign up, as its reader sees it."""

    invited_by: str | None = Field(description="A display name; null: the site itself")


class Email(Shape):
    """Where letters about one's account go."""

    address: str | None = Field(description="Verified")
    waiting: str | None = Field(description="Is sent a link, and takes the place of `address` once that is followed")
    available: bool = Field(description="Whether this site sends e-mail")


class ChangeEmail(Asked):
    """The address that one wants."""

    address: Address


class FollowLink(Asked):
    """A link of a letter."""

    token: MailToken


class MailLink(Shape):
    """What a link of a letter is for."""

    purpose: Purpose
    username: str
    address: str


class ForgottenPassword(Asked):
    """The address of an account whose password was forgotten."""

    address: Address


class ResetPassword(Asked):
    """A new password, by the link of a letter."""

    token: MailToken
    password: Password
    cookie: InCookie = False


class ChangePassword(Asked):
    """A new password."""

    password: Password


PasskeyName = Annotated[
    str, Field(max_length=100), AfterValidator(clean_line), AfterValidator(at_most(50)), StringConstraints(min_length=1)
]
Credential = Annotated[
    dict[str, Any], Field(description="`PublicKeyCredential.toJSON()`", examples=[{"id": "…", "response": {}}])
]


class AskedOfBrowser(Shape):
    """What `navigator.credentials` is asked."""

    options: dict[str, Any] = Field(description="For `PublicKeyCredential.parse…OptionsFromJSON`")


class NewPasskey(Asked):
    """A passkey that the browser has made."""

    name: PasskeyName
    credential: Credential


class NamePasskey(Asked):
    """Another name for a passkey."""

    name: PasskeyName


class ProvePasskey(Asked):
    """A passkey's answer."""

    credential: Credential


class SignInByPasskey(ProvePasskey):
    """A passkey's answer, to come in."""

    cookie: InCookie = False


class PasskeyInList(Shape):
    """One of one's passkeys."""

    id: str
    name: str
    created_at: Timestamp
    last_used_at: Timestamp | None

    @classmethod
    def of(cls, passkey: Passkey) -> Self:
        """As its person sees it."""
        return cls(id=passkey.id, name=passkey.name, created_at=passkey.created_at, last_used_at=passkey.last_used_at)


ProviderId = Annotated[str, Field(pattern=r"^[a-z0-9-]{1,30}$", examples=["tea-house"])]
NextPage = Annotated[str, Field(max_length=300, pattern=r"^/([^/\\\\\s].*)?$", description="A page of this site")]


class ProviderInList(Shape):
    """A provider by which one may come in."""

    id: str
    name: str


class Depart(Asked):
    """The wish to come in by a provider."""

    provider: ProviderId
    next: NextPage = "/"


class WayThere(Shape):
    """Where to send the browser."""

    url: str


class Arrived(Shape):
    """Whom a provider sent, who has no account here yet."""

    provider: ProviderInList
    username: str = Field(description="A proposal; may be empty")
    display_name: str = Field(description="A proposal; may be empty")


class SettleIn(Asked):
    """The account of somebody whom a provider sent."""

    username: Username
    display_name: DisplayName
    invitation: InvitationCode | None = None
    agrees: Agrees = False
    old_enough: OldEnough = False


class NameAccount(SettleIn):
    """A new account, before a passkey is made for it."""


class SignUpByPasskey(SettleIn):
    """A new account that a passkey opens, as the browser has made it."""

    credential: Credential
    passkey_name: PasskeyName
    cookie: InCookie = False


class SettledAs(Shape):
    """A session has begun, by cookie."""

    account: Me
    next: str


class WaysIn(Shape):
    """How one comes into one's account."""

    password: bool = Field(description="Whether there is a password")
    passkeys: list[PasskeyInList]
    providers: list[str] = Field(description="Ids of those that are linked")


class House(Shape):
    """What holds here for everybody."""

    pages: list[PageName] = Field(description="Those that the operator has written")
    minimum_age: int | None


class ChangeSite(Asked):
    """How old one has to be to sign up."""

    minimum_age: int | None = Field(ge=1, le=120, description="null: nobody asks")


class SitePage(Shape):
    """A page of the operator's."""

    text: str = Field(description="Lines with `# ` are headings, lines with `- ` lists; nothing else is marked up")
    changed_at: Timestamp


class WritePage(Asked):
    """The text of a page; empty, there is none."""

    text: PageText
