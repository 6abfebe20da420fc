"""What an operator may set: `COOEE_*` in the environment, else `cooee.toml` where the program is started."""

import ipaddress
import re
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)


def _list(given: object) -> object:
    return [part.strip() for part in given.split(",") if part.strip()] if isinstance(given, str) else given


def _unset(given: object) -> object:
    return None if given == "" else given


def _countries(codes: list[str]) -> list[str]:
    folded = list(dict.fromkeys(code.upper() for code in codes))
    if wrong := [code for code in folded if not re.fullmatch(r"[A-Z]{2}", code)]:
        raise ValueError(f"{wrong[0]} is no ISO 3166 code of a country")
    return folded


WordList = Annotated[list[str], NoDecode, BeforeValidator(_list)]
"""Separated by commas in the environment."""

Url = Annotated[str | None, BeforeValidator(_unset), Field(default=None)]


class ProviderSettings(BaseModel):
    """A provider (OpenID Connect, or a Mastodon server) by which people may come in."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z0-9-]{1,30}$")
    """Stands in addresses; what people linked hangs on the issuer, not on this."""
    name: str
    """As people know it."""
    kind: Literal["openid", "mastodon"] = "openid"
    issuer: str = Field(pattern=r"^https?://")
    """Of a Mastodon server, its address. May be on a private network: the operator named it."""
    client_id: str
    client_secret: SecretStr
    scopes: str = ""
    """Left empty, what it takes to know who somebody is: `openid profile`; of Mastodon `read:accounts`."""


class Settings(BaseSettings):
    """All settings, with their defaults."""

    model_config = SettingsConfigDict(env_prefix="COOEE_", toml_file="cooee.toml", extra="forbid", frozen=True)

    name: str = "Cooee"
    """What this instance calls itself."""
    data_dir: Path = Path("data")
    """Where everything is kept: database, pictures, the secret."""

    http_host: str = "127.0.0.1"
    http_port: int = Field(8000, ge=0, le=65535)
    public_url: Url
    """The address under which people open the site, if it is not `http://localhost:<port>`."""
    trusted_proxies: str = "127.0.0.1"
    """Whose `X-Forwarded-*` headers count: addresses or networks, separated by commas; `*` for all."""

    edge_host: str = "127.0.0.1"
    edge_port: int = Field(8001, ge=0, le=65535)
    """UDP for sound, TCP for the feed."""
    edge_advertise: WordList = []
    """`addr[:port]`, IPv4 and IPv6, that peers are told instead of the addresses that the edge is bound to."""
    edge_public_url: Url
    """Where the edge's TCP port is reached through a proxy, e.g. `wss://host/edge`."""
    listener_threads: int = Field(0, ge=0, le=256)
    """Threads that send to listeners; 0: one per core."""
    stun_urls: WordList = []
    """STUN servers that speakers' browsers are told, e.g. `stun:stun.example.org:3478`. Usually none is needed."""

    database_url: Url
    """`postgresql+psycopg://…`; without it, SQLite in the data folder."""
    s3_bucket: Url
    """A bucket of an S3-compatible store for pictures, recordings and exports; without it, the data folder."""
    s3_endpoint: Url
    """Where the store is, e.g. `https://s3.example.org`; without it, Amazon's."""
    s3_region: str = "us-east-1"
    s3_prefix: str = ""
    """What all names in the bucket begin with."""
    s3_access_key: Url
    s3_secret_key: Annotated[SecretStr | None, BeforeValidator(_unset)] = None
    """Without keys, those of the machine's own role."""
    secret_key: SecretStr | None = None
    """At least 32 characters; without it, one is made in the data folder."""

    demo: bool = False
    """A small community to look at. Only on a machine that nobody else reaches."""
    signup: Literal["open", "invite", "closed"] = "open"
    """`invite`: only with a link that somebody made who may (`invitations`)."""
    invitations: Literal["administrators", "everyone"] = "administrators"
    """Who may invite people to sign up. While sign-up is closed, nobody."""

    providers: list[ProviderSettings] = []
    """OpenID Connect and Mastodon: `[[providers]]` in `cooee.toml`, or JSON in the environment."""

    smtp_url: Url
    """`smtp://user:password@host:587` (STARTTLS) or `smtps://…`; without it no mail is sent."""
    mail_from: Url
    """Who the mail is from: `Cooee <cooee@example.org>`."""

    host_min_followers: int = Field(600, ge=0)
    """How many followers it takes to host a Space."""
    hosting: Literal["followers", "everyone"] = "followers"
    """`everyone`: whoever has an account may host."""
    hosting_percent: int = Field(0, ge=0, le=100)
    """The share of all accounts that may host whatever their followers; an account that is in stays in as it grows."""
    hosting_people: WordList = []
    """Ids of accounts that may host whatever their followers and the share."""
    access_percent: int = Field(100, ge=0, le=100)
    """The share of all accounts for which Spaces exist; whom somebody invites into one is in, for good."""
    access_people: WordList = []
    """Ids of accounts for which Spaces exist, whatever the share."""
    scheduled_spaces: int = Field(10, ge=0, le=1000)
    """How many Spaces one host may have scheduled at a time."""
    schedule_days: int = Field(30, ge=1, le=3650)
    """How far ahead a Space may be scheduled."""
    recording_days: int = Field(30, ge=1, le=3650)
    """How long what was recorded is kept."""
    analytics_days: int = Field(90, ge=1, le=3650)
    """How long after the end of a Space its host can read who listened when, in numbers."""
    clip_limit: str = "30 per hour"
    """Clips per account."""
    seats: int = Field(13, ge=1, le=31)
    """How many people there can be on stage, host and co-hosts included."""

    stripe_secret_key: Annotated[SecretStr | None, BeforeValidator(_unset)] = None
    """`sk_…`, of a Stripe account with Connect. Without it, nothing is sold."""
    stripe_webhook_secret: Annotated[SecretStr | None, BeforeValidator(_unset)] = None
    """`whsec_…`, of the webhook endpoint `/api/v1/payments/events`, or several with commas between.

    Without it, nothing is sold.
    """
    stripe_url: Url
    """For tests only: another address than Stripe's."""
    payout_countries: Annotated[WordList, AfterValidator(_countries)] = []
    """Where hosts can be paid, as ISO 3166 codes (`DE,FR`); without it, in the country of the Stripe account alone."""
    rates_url: str = "https://www.ecb.europa.eu/stats/eurofxref/eurofxref-daily.xml"
    """Where the day's rates of currencies stand, as the European Central Bank writes them."""
    ticketing: Literal["eligible", "everyone"] = "eligible"
    """Who may sell tickets, given a payout account. `eligible`: by followers and Spaces held."""
    ticketing_percent: int = Field(0, ge=0, le=100)
    """The share of all accounts that may sell whatever their followers."""
    ticket_min_followers: int = Field(1000, ge=0)
    """How many followers it takes to sell tickets."""
    ticket_min_spaces: int = Field(3, ge=0)
    """How many Spaces one must have held in 30 days to sell tickets."""
    ticket_least_minutes: int = Field(15, ge=0)
    """A Space with tickets that its host ends sooner, counted from the time that was announced, gives all back."""

    sign_up_limit: str = "5 per hour"
    """New accounts per address. An empty limit is none: for load tests only."""
    sign_in_limit: str = "10 per 15 minutes"
    """Wrong passwords per account and address."""
    sign_in_address_limit: str = "100 per 15 minutes"
    """Sign-ins per address, whatever the account."""
    mail_limit: str = "5 per hour"
    """Letters that somebody has sent, per account and per address."""
    post_limit: str = "30 per 10 minutes"
    """Posts per account."""
    follow_limit: str = "60 per 10 minutes"
    """Follows, and requests to follow, per account."""
    block_limit: str = "60 per 10 minutes"
    """Blocks per account, and mutes."""
    mark_limit: str = "100 per 10 minutes"
    """Likes per account, and bookmarks."""
    profile_limit: str = "60 per hour"
    """Changes of a profile and its picture, per account."""
    export_limit: str = "3 per day"
    """Copies of one's data per account."""
    message_limit: str = "60 per minute"
    """Direct messages per account."""
    new_account_days: int = Field(3, ge=0)
    """How long an account counts as new."""
    new_account_strangers: int = Field(5, ge=0)
    """To how many people a day who do not follow it a new account may write."""
    invitation_limit: int = Field(100, ge=0)
    """How many people somebody may invite into one Space by message."""
    new_account_invitations: int = Field(10, ge=0)
    """How many people a day a new account may invite into Spaces by message."""
    report_limit: str = "20 per day"
    """Reports per account."""
    feedback_limit: str = "20 per day"
    """How often an account may tell the operator what it thinks."""
    push_limit: str = "30 per hour"
    """How often an account may say where it is pushed to."""
    ticket_limit: str = "30 per 10 minutes"
    """How often an account may ask for a ticket, give a tip, or go to its payout account."""
    space_limit: str = "30 per hour"
    """How often an account may start or schedule a Space: each start is told to all who follow."""
    join_limit: str = "30 per minute"
    """Entries into Spaces per account."""
    join_address_limit: str = "120 per minute"
    """Entries into Spaces per address."""
    request_limit: str = "20 per minute"
    """Requests to speak, per account and Space."""
    microphone_limit: str = "60 per minute"
    """How often somebody may open their microphone in a Space; to close it is always possible."""
    reaction_limit: str = "5 per second"
    """Reactions per account and Space."""
    room_message_limit: str = "1 per 2 seconds"
    """Messages to the room, per account and Space."""
    words_hidden: WordList = []
    """Words that nobody reads in titles and messages to a room: dots stand in their place."""
    words_held: WordList = []
    """Words that keep a message to a room with its hosts until one of them lets it through; no title has them."""
    words_refused: WordList = []
    """Words that titles and messages to a room cannot have."""
    guest_limit: int = Field(20, ge=0)
    """Guests per address and Space; 0 is no limit: for load tests only."""

    captions: Literal["on", "off"] = "on"
    """Live subtitles of speakers who agree to it, for those who switch them on. Nothing is recognised while nobody
    reads."""
    captions_model: Path | None = None
    """A folder with a streaming model for sherpa-onnx; without it, the built-in recogniser understands English."""
    captions_languages: WordList = ["en"]
    """What that model understands: `en`, `es`…"""
    captions_workers: int = Field(1, ge=1, le=64)
    """Processes that recognise speech; each follows up to four people at once."""

    tests_may_reach_loopback: bool = False
    """For tests only: requests to addresses that people gave (push, issuers) may go to this machine, and by http."""

    log_format: Literal["auto", "json", "console"] = "auto"
    """`auto`: readable at a terminal, JSON elsewhere."""
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    shutdown_grace_s: int = Field(5, ge=0)
    """Seconds that requests under way are given when the node stops."""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and len(key.get_secret_value().encode()) < 32:
            raise ValueError("COOEE_SECRET_KEY needs at least 32 characters: try `openssl rand -hex 32`")
        return key

    @field_validator(
        "sign_up_limit",
        "sign_in_limit",
        "sign_in_address_limit",
        "mail_limit",
        "post_limit",
        "follow_limit",
        "block_limit",
        "mark_limit",
        "profile_limit",
        "export_limit",
        "message_limit",
        "push_limit",
        "report_limit",
        "feedback_limit",
        "clip_limit",
        "ticket_limit",
        "space_limit",
        "join_limit",
        "join_address_limit",
        "request_limit",
        "microphone_limit",
        "reaction_limit",
        "room_message_limit",
    )
    @classmethod
    def _a_limit(cls, rule: str) -> str:
        if rule:
            from limits import parse

            parse(rule)
        return rule

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: str | None) -> str | None:
        if url:
            from cooee.kit.mail import Post

            Post.of(url)
        return url

    @field_validator("database_url")
    @classmethod
    def _a_database(cls, url: str | None) -> str | None:
        if url is None or url.startswith(("sqlite:///", "postgresql+psycopg://")):
            return url
        raise ValueError("COOEE_DATABASE_URL begins with postgresql+psycopg:// or sqlite:///")

    @model_validator(mode="after")
    def _both_keys_or_none(self) -> Self:
        if (self.s3_access_key is None) != (self.s3_secret_key is None):
            raise ValueError("COOEE_S3_ACCESS_KEY and COOEE_S3_SECRET_KEY come together")
        if self.s3_bucket is None and (self.s3_endpoint or self.s3_access_key):
            raise ValueError("COOEE_S3_ENDPOINT and keys need COOEE_S3_BUCKET")
        return self

    @model_validator(mode="after")
    def _mail_has_a_sender(self) -> Self:
        if self.smtp_url and "@" not in (self.mail_from or ""):
            raise ValueError("COOEE_SMTP_URL needs COOEE_MAIL_FROM, e.g. COOEE_MAIL_FROM='Cooee <cooee@example.org>'")
        return self

    @model_validator(mode="after")
    def _demo_stays_at_home(self) -> Self:
        if self.demo and not (is_loopback(self.http_host) and is_loopback(urlsplit(self.site_url).hostname or "")):
            raise ValueError(
                "COOEE_DEMO=1 has accounts without passwords: it starts only while COOEE_HTTP_HOST and "
                "COOEE_PUBLIC_URL are loopback addresses"
            )
        return self

    @property
    def site_url(self) -> str:
        """Where people open the site."""
        return (self.public_url or f"http://localhost:{self.http_port}").rstrip("/")

    @property
    def contact_url(self) -> str:
        """Where whoever runs a push service reaches the operator."""
        if self.is_secure:
            return self.site_url
        address = parseaddr(self.mail_from or "")[1]
        return f"mailto:{address or 'nobody@' + (urlsplit(self.site_url).hostname or 'localhost')}"

    @property
    def is_secure(self) -> bool:
        """Whether people reach the site by https."""
        return self.site_url.startswith("https:")

    @property
    def cookie_name(self) -> str:
        """The session cookie's name: the port keeps two instances on one host apart."""
        return f"cooee_session_{urlsplit(self.site_url).port or (443 if self.is_secure else 80)}"

    @property
    def database(self) -> str:
        """The database's address for SQLAlchemy."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'cooee.db'}"

    def make_data_dir(self) -> None:
        """Makes the data folder, for its owner alone."""
        self.data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)


def is_loopback(host: str) -> bool:
    """Whether only this machine reaches an address."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
