"""What goes over the wire when people come in."""

from typing import Annotated

from pydantic import AfterValidator, Field

from cooee.kit.pages import Asked, Shape, Timestamp
from cooee.kit.text import at_most, clean_line
from cooee.people.shapes import DisplayName, Me, Password, Username

InvitationCode = Annotated[str, Field(max_length=40, pattern=r"^[0-9A-Za-z]+$", examples=["3kTqPz0aBcD"])]
Note = Annotated[str, Field(max_length=200), AfterValidator(clean_line), AfterValidator(at_most(80))]
InCookie = Annotated[bool, Field(description="Put the token into a cookie instead of the answer")]


class SignUp(Asked):
    """A new account."""

    username: Username
    display_name: DisplayName
    password: Password
    invitation: InvitationCode | None = None
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


class SignupInvitationList(Shape):
    """Invitations to sign up, the latest first."""

    items: list[SignupInvitation]


class Invited(Shape):
    """An invitation to sign up, as its reader sees it."""

    invited_by: str | None = Field(description="A display name; null: the site itself")
