"""Makes what each domain works with, and answers the questions of lower domains by higher ones."""

from collections.abc import Collection
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

from fastapi import FastAPI
from sqlalchemy import Connection

from cooee import notify
from cooee.analytics.live import Counting
from cooee.analytics.wiring import Wiring as AnalyticsWiring
from cooee.captions.figures import CaptionFigures
from cooee.captions.live import Captioner
from cooee.captions.recognise import engines as recognisers
from cooee.captions.recognise.pool import Pool
from cooee.captions.wiring import Wiring as CaptionsWiring
from cooee.discover.service import Guide
from cooee.discover.wiring import Wiring as DiscoverWiring
from cooee.insights.wiring import Wiring as InsightsWiring
from cooee.kit import attempts, grants
from cooee.kit.attempts import Attempts
from cooee.kit.blobs import Blobs, Folder
from cooee.kit.clock import Clock
from cooee.kit.db import Database
from cooee.kit.http import Outside, origin
from cooee.kit.ids import Ids
from cooee.kit.limits import Limits
from cooee.kit.mail import Letters
from cooee.kit.secrets import Keys, secret_in
from cooee.kit.web import Toolbox
from cooee.kit.word_filter import WordFilter
from cooee.media.engine import Engine, Media
from cooee.messages.live import telling
from cooee.messages.rules import Newcomers
from cooee.messages.service import Post
from cooee.messages.wiring import Wiring as MessagesWiring
from cooee.moderation import standing
from cooee.moderation import store as moderation_store
from cooee.moderation.rules import Sanction
from cooee.moderation.service import Bench
from cooee.moderation.wiring import Wiring as ModerationWiring
from cooee.notify.pushing import PURPOSE as VAPID
from cooee.notify.pushing import Pusher
from cooee.notify.service import Desk
from cooee.notify.unsubscribing import PURPOSE as UNSUBSCRIBE
from cooee.notify.wiring import Wiring as NotifyWiring
from cooee.notify.writing import Paper
from cooee.people import own_feed
from cooee.people.cards import either
from cooee.people.ids import PersonId
from cooee.people.questions import InPublic, Questions
from cooee.people.sign_in import mailing, mastodon, openid
from cooee.people.sign_in.providers import Provider
from cooee.people.sign_in.talking import Talk
from cooee.people.signed_out import SignedOut
from cooee.people.wiring import Cookie
from cooee.people.wiring import Wiring as PeopleWiring
from cooee.posts.wiring import Wiring as PostsWiring
from cooee.recordings import store as recordings_store
from cooee.recordings.service import Archive, is_being_made, with_replays
from cooee.recordings.tape import Tapes
from cooee.recordings.waiting import Waiting
from cooee.recordings.wiring import Wiring as RecordingsWiring
from cooee.schedule.rules import Horizon
from cooee.schedule.service import Ahead, public_ahead
from cooee.schedule.wiring import Wiring as ScheduleWiring
from cooee.settings import Settings
from cooee.spaces import cards as space_cards
from cooee.spaces import service as spaces
from cooee.spaces import store as spaces_store
from cooee.spaces.house import House
from cooee.spaces.live import Live
from cooee.spaces.parting import sign_out
from cooee.spaces.rooms import Rooms
from cooee.spaces.rules.gates import Gates, HostingGate, Rollout
from cooee.spaces.rules.invitations import InvitationLimits
from cooee.spaces.wiring import Wiring as SpacesWiring
from cooee.tickets.exchange import Rates
from cooee.tickets.live import Desk as TicketDesk
from cooee.tickets.payments import Payments
from cooee.tickets.reading import tickets_of
from cooee.tickets.rules import Terms
from cooee.tickets.seats import ask_for_ticket
from cooee.tickets.shapes import WhyOff
from cooee.tickets.till import Till

API = "/api/v1"
_KEEPS_FROM: dict[Literal["hosting", "speaking"], set[Sanction]] = {
    "hosting": {"hosting", "speaking", "account"},
    "speaking": {"speaking", "account"},
}
_SCOPES = {"openid": "openid profile", "mastodon": "read:accounts"}


def tools_of(settings: Settings, clock: Clock) -> Toolbox:
    settings.make_data_dir()
    folder = settings.data_dir
    secret = settings.secret_key.get_secret_value().encode() if settings.secret_key else secret_in(folder)
    keys = Keys(secret)
    return Toolbox(
        db=Database(settings.database),
        clock=clock,
        ids=Ids(clock),
        keys=keys,
        blobs=_blobs(settings),
        drafts=_drafts(settings),
        limits=Limits(),
        attempts=Attempts(keys.derive(attempts.PURPOSE)),
        outside=Outside(
            tests_may_reach_loopback=settings.tests_may_reach_loopback,
            trusted=frozenset(origin(provider.issuer) for provider in settings.providers),
        ),
    )


def _blobs(settings: Settings) -> Blobs:
    if settings.s3_bucket is None:
        return Folder(settings.data_dir / "files")
    # Late: its library is the store's alone.
    from cooee.kit.bucket import Bucket, Place

    secret = settings.s3_secret_key.get_secret_value() if settings.s3_secret_key else None
    place = Place(
        settings.s3_bucket,
        settings.s3_endpoint,
        settings.s3_region,
        settings.s3_access_key,
        secret,
        settings.s3_prefix,
    )
    return Bucket(place, _drafts(settings))


def _drafts(settings: Settings) -> Path:
    return settings.data_dir / "making"


def wire(app: FastAPI, settings: Settings, hosting: str | None) -> None:
    gates = _gates(settings, hosting)
    asks = Questions(
        live_spaces=space_cards.live_spaces(gates.access),
        may_host=spaces.may_host(gates.hosting),
        moderates=lambda tx, person: standing.rank(tx, person) != "member",
        hosts_in_public=lambda tx, person: InPublic(space_cards.hosts_publicly(tx, person), public_ahead(tx, person)),
    )
    app.state.people = PeopleWiring(
        asks=asks,
        passwords=app.state.passwords,
        talk=_talk(app.state.tools, f"{settings.site_url}{API}/provider-flows/callback"),
        providers=_providers(settings),
        mailer=app.state.mailer,
        mail_key=app.state.tools.keys.derive(mailing.KEY_PURPOSE),
        cookie=Cookie(settings.cookie_name, settings.is_secure),
        name=settings.name,
        public_url=settings.public_url,
        site_url=settings.site_url,
        signup=settings.signup,
        inviters=settings.invitations,
        sign_up_limit=settings.sign_up_limit,
        sign_in_limit=settings.sign_in_limit,
        sign_in_address_limit=settings.sign_in_address_limit,
        mail_limit=settings.mail_limit,
        follow_limit=settings.follow_limit,
        block_limit=settings.block_limit,
        profile_limit=settings.profile_limit,
        export_limit=settings.export_limit,
    )
    tools: Toolbox = app.state.tools
    house = House(gates, settings.seats, asks, tools.ids, _suspended, ask_for_ticket, tickets_of)
    grant_key = tools.keys.derive(grants.PURPOSE)
    media = _media(settings, tools, grant_key)
    tapes = Tapes(media, settings.data_dir / "live", tools.clock)
    counting = Counting(tools, media.node)
    live = Live(Rooms(media, tools, house, tapes, counting), media, tools, house, counting)
    app.state.signed_out = SignedOut(tools.db, tools.clock, partial(_sign_out, live))
    words = WordFilter(settings.words_hidden, settings.words_held, settings.words_refused)
    app.state.analytics = AnalyticsWiring(counting, timedelta(days=settings.analytics_days))
    captioner = Captioner(
        live,
        tools,
        CaptionFigures(app.state.registry),
        partial(Pool, settings.captions_workers, settings.captions_model),
        captioned(settings),
        is_being_made,
    )
    app.state.captions = CaptionsWiring(captioner, recordings_store.forget_cues_by)
    app.state.recordings = RecordingsWiring(
        archive=Archive(house, timedelta(days=settings.recording_days), words),
        tapes=tapes,
        workshop=tools.drafts,
        waiting=Waiting(tools.db),
        is_still_said=captioner.is_finishing,
        site_url=settings.site_url,
        site_name=settings.name,
        is_one_of_many=not tools.db.is_sqlite,
        clip_limit=settings.clip_limit,
    )
    ahead = Ahead(house, Horizon(settings.scheduled_spaces, timedelta(days=settings.schedule_days)))
    app.state.schedule = ScheduleWiring(ahead, settings.site_url)
    app.state.tickets = _ticket_desk(settings, tools, live, ahead)
    app.state.spaces = SpacesWiring(
        live=live,
        is_of_before=app.state.signed_out.is_of_before,
        ahead=ahead,
        site_name=settings.name,
        grant_key=grant_key,
        edge_public_url=settings.edge_public_url,
        stun_urls=tuple(settings.stun_urls),
        space_limit=settings.space_limit,
        join_limit=settings.join_limit,
        join_address_limit=settings.join_address_limit,
        request_limit=settings.request_limit,
        microphone_limit=settings.microphone_limit,
        reaction_limit=settings.reaction_limit,
        room_message_limit=settings.room_message_limit,
        words=words,
        invitation_limits=InvitationLimits(
            settings.invitation_limit, timedelta(days=settings.new_account_days), settings.new_account_invitations
        ),
        guest_limit=settings.guest_limit,
    )
    cards = with_replays(either(space_cards.cards(house, live.rooms.listeners), ahead.cards()))
    app.state.posts = PostsWiring(
        asks=cards, on_stage=spaces_store.is_on_stage, post_limit=settings.post_limit, mark_limit=settings.mark_limit
    )
    app.state.moderation = ModerationWiring(
        Bench(tools.ids, asks, house, telling(live.media), live.rooms.of),
        report_limit=settings.report_limit,
    )
    app.state.notify = NotifyWiring(
        desk=Desk(live.media, tools.ids, asks, cards, writes=app.state.mailer.available),
        pusher=Pusher(tools.keys.derive(VAPID), settings.contact_url, tools.outside, tools.clock),
        mailer=app.state.mailer,
        paper=Paper(
            Letters(Path(notify.__file__).parent / "letters", site=settings.name, url=settings.site_url),
            settings.site_url,
            tools.keys.derive(UNSUBSCRIBE),
        ),
        push_limit=settings.push_limit,
    )
    newcomers = Newcomers(timedelta(days=settings.new_account_days), settings.new_account_strangers)
    app.state.insights = InsightsWiring(feedback_limit=settings.feedback_limit)
    app.state.discover = DiscoverWiring(Guide(house, ahead, live.rooms.listeners))
    app.state.messages = MessagesWiring(
        post=Post(tools.ids, newcomers, cards, telling(live.media)), message_limit=settings.message_limit
    )


def _sign_out(live: Live, person: PersonId, good: Collection[str]) -> None:
    own_feed.close(live.media, person)
    sign_out(live, person, good)


def captioned(settings: Settings) -> frozenset[str]:
    """The languages in which speech is captioned."""
    if settings.captions == "off":
        return frozenset()
    return recognisers.languages(settings.captions_model, settings.captions_languages)


def _ticket_desk(settings: Settings, tools: Toolbox, live: Live, ahead: Ahead) -> TicketDesk:
    key, secret = settings.stripe_secret_key, settings.stripe_webhook_secret
    payments: Payments | None = None
    why_off: WhyOff | None = None
    if key is None:
        why_off = "no_key"
    elif secret is None:
        why_off = "no_webhook_secret"
    else:
        secrets = [each.strip() for each in secret.get_secret_value().split(",")]
        payments = Payments(key.get_secret_value(), secrets, settings.stripe_url)
    till = Till(
        house=live.house,
        ahead=ahead,
        terms=Terms(
            settings.ticket_min_followers,
            settings.ticket_min_spaces,
            everyone=settings.ticketing == "everyone",
            least=timedelta(minutes=settings.ticket_least_minutes),
        ),
        rollout=Rollout(settings.ticketing_percent),
        has_open_case=moderation_store.is_before_moderators,
        payments=payments,
        site_url=settings.site_url,
        countries=tuple(settings.payout_countries),
    )
    return TicketDesk(till, tools, live, why_off, Rates(tools.outside, settings.rates_url), settings.ticket_limit)


def _talk(tools: Toolbox, redirect_uri: str) -> Talk:
    return Talk(
        {
            "openid": openid.Talk(tools.outside, tools.clock, redirect_uri),
            "mastodon": mastodon.Talk(tools.outside, redirect_uri),
        }
    )


def _providers(settings: Settings) -> list[Provider]:
    return [
        Provider(
            id=each.id,
            name=each.name,
            issuer=each.issuer.rstrip("/"),
            client_id=each.client_id,
            client_secret=each.client_secret.get_secret_value(),
            scopes=each.scopes or _SCOPES[each.kind],
            kind=each.kind,
        )
        for each in settings.providers
    ]


def mail_desk(app: FastAPI, settings: Settings) -> mailing.Desk:
    tools: Toolbox = app.state.tools
    letters = Letters(mailing.LETTERS, site=settings.name, url=settings.site_url)
    return mailing.Desk(tools.db, tools.clock, app.state.mailer, letters, tools.keys.derive(mailing.KEY_PURPOSE))


def _suspended(
    tx: Connection, person: PersonId, what: Literal["hosting", "speaking"], now: datetime
) -> datetime | None:
    """Whoever may not speak may not host either, and a suspended account does neither."""
    return standing.until(tx, person, _KEEPS_FROM[what], now)


def _gates(settings: Settings, hosting: str | None) -> Gates:
    return Gates(
        access=Rollout(settings.access_percent, frozenset(map(PersonId, settings.access_people))),
        hosting=HostingGate(
            min_followers=settings.host_min_followers,
            everyone="everyone" in (settings.hosting, hosting),
            rollout=Rollout(settings.hosting_percent, frozenset(map(PersonId, settings.hosting_people))),
        ),
    )


def _media(settings: Settings, tools: Toolbox, grant_key: bytes) -> Media:
    # A new name at each start: sessions of before are nobody's.
    node = f"{tools.ids.random(32):08x}"
    engine = Engine(
        node=node,
        edge_host=settings.edge_host,
        edge_port=settings.edge_port,
        advertise=settings.edge_advertise,
        grant_key=grant_key,
        listener_threads=settings.listener_threads,
    )
    return Media(engine, node)
