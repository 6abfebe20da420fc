"""The composition root: the one file that knows every domain, wires their questions, and starts and stops the node."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Literal

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import Field
from sqlalchemy import Connection

from cooee import __version__, migrations, notify
from cooee.analytics import belongings as analytics_belongings
from cooee.analytics import jobs as analytics_jobs
from cooee.analytics import web as analytics_web
from cooee.analytics.live import Counting
from cooee.analytics.wiring import Wiring as AnalyticsWiring
from cooee.captions import belongings as captions_belongings
from cooee.captions import jobs as captions_jobs
from cooee.captions import store as captions_store
from cooee.captions import web as captions_web
from cooee.captions.figures import CaptionFigures
from cooee.captions.live import Captioner
from cooee.captions.recognise import engines as recognisers
from cooee.captions.recognise.pool import Pool
from cooee.captions.tables import caption_lines
from cooee.captions.wiring import Wiring as CaptionsWiring
from cooee.demo import radio
from cooee.discover import web as discover_web
from cooee.discover.service import Guide
from cooee.discover.wiring import Wiring as DiscoverWiring
from cooee.insights import belongings as insights_belongings
from cooee.insights import web as insights_web
from cooee.insights.wiring import Wiring as InsightsWiring
from cooee.kit import facts, grants, health, problems
from cooee.kit.blobs import Blobs, Folder
from cooee.kit.clock import Clock, SystemClock
from cooee.kit.db import Database
from cooee.kit.errors import NotFound
from cooee.kit.headers import host_of, security_headers
from cooee.kit.http import Outside, origin
from cooee.kit.ids import TEXT_PATTERN, Ids
from cooee.kit.limits import Limits
from cooee.kit.mail import Letters, Mailer
from cooee.kit.pages import Shape
from cooee.kit.previews import Preview, head
from cooee.kit.secrets import Keys, secret_in
from cooee.kit.shell import Figures, Headers, Journal
from cooee.kit.site import Site
from cooee.kit.web import BodyLimit, Scope, Toolbox, origin_of
from cooee.kit.word_filter import WordFilter
from cooee.kit.worker import Handler, Worker
from cooee.media.engine import Engine, Media
from cooee.messages import belongings as messages_belongings
from cooee.messages import web as messages_web
from cooee.messages.live import telling
from cooee.messages.rules import Newcomers
from cooee.messages.service import Post
from cooee.messages.wiring import Wiring as MessagesWiring
from cooee.moderation import belongings as moderation_belongings
from cooee.moderation import standing
from cooee.moderation import store as moderation_store
from cooee.moderation import web as moderation_web
from cooee.moderation.service import Bench
from cooee.moderation.wiring import Wiring as ModerationWiring
from cooee.notify import belongings as notify_belongings
from cooee.notify import jobs as notify_jobs
from cooee.notify import push_web
from cooee.notify import web as notify_web
from cooee.notify.pushing import PURPOSE as VAPID
from cooee.notify.pushing import Pusher
from cooee.notify.service import Desk
from cooee.notify.unsubscribing import PURPOSE as UNSUBSCRIBE
from cooee.notify.wiring import Wiring as NotifyWiring
from cooee.notify.writing import Paper
from cooee.people import demo_web, own_data_web, pictures, relations_web, told
from cooee.people import jobs as people_jobs
from cooee.people import previews as people_previews
from cooee.people import web as people_web
from cooee.people.cards import either
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.people.questions import InPublic, Questions
from cooee.people.rules import folded
from cooee.people.sign_in import mailing, mastodon, openid
from cooee.people.sign_in import web as sign_in_web
from cooee.people.sign_in.providers import Provider
from cooee.people.sign_in.rules import Inviters, SignupMode
from cooee.people.sign_in.shapes import ProviderInList
from cooee.people.sign_in.talking import Talk
from cooee.people.wiring import Cookie
from cooee.people.wiring import Wiring as PeopleWiring
from cooee.posts import belongings as posts_belongings
from cooee.posts import marks_web as post_marks_web
from cooee.posts import search_web as post_search_web
from cooee.posts import web as posts_web
from cooee.posts.wiring import Wiring as PostsWiring
from cooee.recordings import belongings as recordings_belongings
from cooee.recordings import jobs as recordings_jobs
from cooee.recordings import previews as recordings_previews
from cooee.recordings import web as recordings_web
from cooee.recordings.service import Archive, with_replays
from cooee.recordings.tape import Tapes
from cooee.recordings.waiting import Waiting
from cooee.recordings.wiring import Wiring as RecordingsWiring
from cooee.schedule import belongings as schedule_belongings
from cooee.schedule import jobs as schedule_jobs
from cooee.schedule import web as schedule_web
from cooee.schedule.rules import Horizon
from cooee.schedule.service import Ahead, public_ahead
from cooee.schedule.wiring import Wiring as ScheduleWiring
from cooee.settings import Settings
from cooee.spaces import belongings as spaces_belongings
from cooee.spaces import jobs as spaces_jobs
from cooee.spaces import previews as spaces_previews
from cooee.spaces import service as spaces
from cooee.spaces import store as spaces_store
from cooee.spaces import web as spaces_web
from cooee.spaces.live import Live
from cooee.spaces.room_messages import jobs as room_messages_jobs
from cooee.spaces.room_posts import jobs as room_posts_jobs
from cooee.spaces.room_posts.service import Shelf
from cooee.spaces.rules.gates import Gates, HostingGate, Rollout
from cooee.spaces.rules.invitations import InvitationLimits
from cooee.spaces.state import SpaceId
from cooee.spaces.wiring import Wiring as SpacesWiring
from cooee.tickets import belongings as tickets_belongings
from cooee.tickets import jobs as tickets_jobs
from cooee.tickets import web as tickets_web
from cooee.tickets.exchange import Rates
from cooee.tickets.live import Desk as TicketDesk
from cooee.tickets.payments import Payments
from cooee.tickets.reading import with_tickets
from cooee.tickets.rules import Terms
from cooee.tickets.seats import ask_for_ticket
from cooee.tickets.service import Till
from cooee.tickets.shapes import WhyOff

API = "/api/v1"
HOSTING = "hosting"
"""The fact that says who may host, besides the setting: an administrator chose it when they were made."""

BELONGINGS = (
    told.BELONGINGS,
    posts_belongings.BELONGINGS,
    messages_belongings.BELONGINGS,
    spaces_belongings.BELONGINGS,
    schedule_belongings.BELONGINGS,
    captions_belongings.BELONGINGS,
    tickets_belongings.BELONGINGS,
    recordings_belongings.BELONGINGS,
    analytics_belongings.BELONGINGS,
    moderation_belongings.BELONGINGS,
    notify_belongings.BELONGINGS,
    insights_belongings.BELONGINGS,
)
"""Who holds anything of people: asked when somebody wants a copy of it, or is erased."""

_BODY_BYTES = 256 * 1024
_SCOPES = {"openid": "openid profile", "mastodon": "read:accounts"}
_log = structlog.get_logger(__name__)


class Instance(Shape):
    """What this site is."""

    name: str
    version: str
    demo: bool
    signup: SignupMode
    invitations: Inviters
    mail: bool = Field(description="Whether it sends e-mail: a forgotten password can be replaced")
    providers: list[ProviderInList] = Field(description="By which one may come in")
    host_min_followers: int
    access: Literal["everyone", "some"] = Field(
        description="`some`: Spaces are being rolled out; an invitation into one gives access for good"
    )
    seats: int
    captions: list[str] = Field(description="Languages in which speech is captioned; empty: there are no captions")
    tickets: bool = Field(description="Whether tickets are sold here")


def create_app(settings: Settings, *, clock: Clock | None = None, passwords: Passwords | None = None) -> FastAPI:
    """A node, not yet started: the server starts it through the lifespan.

    `clock` and `passwords` are given by tests.
    """
    clock = clock or SystemClock()
    app = FastAPI(
        title="Cooee",
        version=__version__,
        openapi_url=f"{API}/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=_lifespan,
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
    )
    app.state.settings = settings
    app.state.ready = False
    app.state.registry = CollectorRegistry()
    app.state.tools = _tools(settings, clock)
    app.state.passwords = passwords or Passwords()
    app.state.mailer = Mailer(settings.smtp_url, settings.mail_from, clock)
    _route(app, settings)
    problems.install(app)
    app.add_middleware(BodyLimit, most=_BODY_BYTES, larger={f"{API}/me/picture": pictures.MOST_BYTES})
    app.add_middleware(
        Headers,
        headers=lambda scope: security_headers(
            scope, https=settings.is_secure, may_connect_to=_may_connect_to(settings, scope)
        ),
    )
    app.add_middleware(Journal, clock=clock, figures=Figures(app.state.registry))
    return app


def _tools(settings: Settings, clock: Clock) -> Toolbox:
    settings.make_data_dir()
    folder = settings.data_dir
    secret = settings.secret_key.get_secret_value().encode() if settings.secret_key else secret_in(folder)
    return Toolbox(
        db=Database(settings.database),
        clock=clock,
        ids=Ids(clock),
        keys=Keys(secret),
        blobs=_blobs(settings),
        limits=Limits(),
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
    return Bucket(place, settings.data_dir / "making")


def _wire(app: FastAPI, settings: Settings, hosting: str | None) -> None:
    gates = _gates(settings, hosting)
    asks = Questions(
        live_spaces=spaces.live_spaces(),
        may_host=spaces.may_host(gates.hosting),
        moderates=lambda tx, person: standing.rank(tx, person) != "member",
        hosts_in_public=lambda tx, person: InPublic(spaces.hosts_publicly(tx, person), public_ahead(tx, person)),
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
        export_limit=settings.export_limit,
    )
    tools: Toolbox = app.state.tools
    house = spaces.House(gates, settings.seats, asks, tools.ids, _suspended, ask_for_ticket)
    grant_key = tools.keys.derive(grants.PURPOSE)
    media = _media(settings, tools, grant_key)
    tapes = Tapes(media, settings.data_dir / "live", tools.clock)
    counting = Counting(tools, media.node)
    live = Live(media, tools, house, tapes, counting)
    app.state.analytics = AnalyticsWiring(counting, timedelta(days=settings.analytics_days))
    app.state.recordings = RecordingsWiring(
        archive=Archive(house, timedelta(days=settings.recording_days)),
        tapes=tapes,
        workshop=settings.data_dir / "making",
        waiting=Waiting(tools.db),
        site_url=settings.site_url,
        clip_limit=settings.clip_limit,
    )
    ahead = Ahead(house, Horizon(settings.scheduled_spaces, timedelta(days=settings.schedule_days)))
    app.state.schedule = ScheduleWiring(ahead, settings.site_url)
    app.state.tickets = _ticket_desk(settings, tools, live, ahead)
    app.state.spaces = SpacesWiring(
        live=live,
        ahead=ahead,
        site_name=settings.name,
        grant_key=grant_key,
        edge_public_url=settings.edge_public_url,
        stun_urls=tuple(settings.stun_urls),
        join_limit=settings.join_limit,
        join_address_limit=settings.join_address_limit,
        reaction_limit=settings.reaction_limit,
        room_message_limit=settings.room_message_limit,
        words=WordFilter(settings.words_hidden, settings.words_held, settings.words_refused),
        invitation_limits=InvitationLimits(
            settings.invitation_limit, timedelta(days=settings.new_account_days), settings.new_account_invitations
        ),
        guest_limit=settings.guest_limit,
    )
    app.state.captions = CaptionsWiring(
        Captioner(
            live,
            tools,
            CaptionFigures(app.state.registry),
            partial(Pool, settings.captions_workers, settings.captions_model),
            _captioned(settings),
        )
    )
    cards = with_tickets(with_replays(either(spaces.cards(house, live.listeners), ahead.cards())), tools.clock)
    app.state.posts = PostsWiring(asks=cards, on_stage=spaces_store.is_on_stage, post_limit=settings.post_limit)
    app.state.moderation = ModerationWiring(
        Bench(tools.ids, asks, house, telling(live.media), live.rooms_of), report_limit=settings.report_limit
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
    app.state.discover = DiscoverWiring(Guide(house, ahead, live.listeners))
    app.state.messages = MessagesWiring(
        post=Post(tools.ids, newcomers, cards, telling(live.media)), message_limit=settings.message_limit
    )


def _captioned(settings: Settings) -> frozenset[str]:
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
            settings.ticket_min_followers, settings.ticket_min_spaces, everyone=settings.ticketing == "everyone"
        ),
        rollout=Rollout(settings.ticketing_percent),
        has_open_case=moderation_store.is_before_moderators,
        payments=payments,
        site_url=settings.site_url,
    )
    return TicketDesk(till, tools, live, why_off, Rates(tools.outside, settings.rates_url))


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


def _mail_desk(app: FastAPI, settings: Settings) -> mailing.Desk:
    tools: Toolbox = app.state.tools
    letters = Letters(mailing.LETTERS, site=settings.name, url=settings.site_url)
    return mailing.Desk(tools.db, tools.clock, app.state.mailer, letters, tools.keys.derive(mailing.KEY_PURPOSE))


def _suspended(
    tx: Connection, person: PersonId, what: Literal["hosting", "speaking"], now: datetime
) -> datetime | None:
    """Whoever may not speak may not host either."""
    return standing.until(tx, person, {"hosting", "speaking"} if what == "hosting" else {"speaking"}, now)


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


def _route(app: FastAPI, settings: Settings) -> None:
    api = APIRouter(prefix=API)
    for part in (
        sign_in_web,
        people_web,
        relations_web,
        own_data_web,
        posts_web,
        post_marks_web,
        post_search_web,
        messages_web,
        spaces_web,
        schedule_web,
        captions_web,
        tickets_web,
        recordings_web,
        analytics_web,
        moderation_web,
        notify_web,
        discover_web,
        insights_web,
        push_web,
    ):
        api.include_router(part.router)
    if settings.demo:
        api.include_router(demo_web.router)

    @api.get("/instance", tags=["instance"])
    async def read_instance() -> Instance:
        """What this site is, and what one may do here."""
        return Instance(
            name=settings.name,
            version=__version__,
            demo=settings.demo,
            signup=settings.signup,
            invitations=settings.invitations,
            mail=app.state.mailer.available,
            providers=[ProviderInList(id=each.id, name=each.name) for each in settings.providers],
            host_min_followers=settings.host_min_followers,
            access="everyone" if settings.access_percent == 100 else "some",
            seats=settings.seats,
            captions=sorted(_captioned(settings)),
            tickets=app.state.tickets.why_off is None,
        )

    app.include_router(api)
    app.include_router(spaces_web.doors)
    app.include_router(health.router(app.state.tools.db, lambda: app.state.ready, lambda: _figures(app)))
    site = Site(Path(__file__).parent / "web")

    @app.get("/{path:path}", include_in_schema=False)
    @app.head("/{path:path}", include_in_schema=False)
    async def read_site(path: str, request: Request) -> Response:
        if path.startswith("api/"):
            raise NotFound
        if path.startswith("embed/"):
            return site.answer(path, request, page="embed.html")
        ask = _preview_of(path, app)
        preview = await app.state.tools.db.read(ask) if ask else None
        return site.answer(path, request, head=head(preview, settings.name, settings.site_url) if preview else "")


def _preview_of(path: str, app: FastAPI) -> Callable[[Connection], Preview | None] | None:
    """How to find what others' pages show of a link to this page; None where that is what they show of all."""
    match path.strip("/").split("/"):
        case ["spaces", id] if re.fullmatch(TEXT_PATTERN, id):
            ahead, asks = app.state.spaces.ahead, app.state.people.asks

            def space(tx: Connection) -> Preview | None:
                shown = spaces_previews.shown(tx, ahead, asks, SpaceId(id))
                return spaces_previews.preview(shown) if shown else None

            return space
        case ["clips", id] if re.fullmatch(TEXT_PATTERN, id):
            archive = app.state.recordings.archive
            return lambda tx: recordings_previews.preview(tx, archive, id)
        case ["people", typed] if name := folded(typed):
            return lambda tx: people_previews.preview(tx, name)
    return None


def _figures(app: FastAPI) -> bytes:
    engine = app.state.spaces.live.media.metrics() if app.state.ready else ""
    return generate_latest(app.state.registry) + engine.encode()


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    tools: Toolbox = app.state.tools
    # What a start has begun is ended in any case: when the node is over, and when the start itself fails.
    async with AsyncExitStack() as ending:
        ending.push_async_callback(asyncio.to_thread, tools.db.close)
        ending.callback(app.state.passwords.close)
        await asyncio.to_thread(migrations.ensure, tools.db)
        _wire(app, settings, await tools.db.read(lambda tx: facts.fact(tx, HOSTING)))
        live: Live = app.state.spaces.live
        captioner: Captioner = app.state.captions.captioner
        worker = Worker(tools.db, tools.clock, _handlers(app, settings))
        for begin in (people_jobs.begin, notify_jobs.begin, tickets_jobs.begin, analytics_jobs.begin):
            await tools.db.write(partial(begin, due_at=tools.clock.now()))
        ending.push_async_callback(asyncio.to_thread, live.media.stop)
        await asyncio.to_thread(live.media.start)
        ending.push_async_callback(app.state.analytics.counting.write)
        ending.push_async_callback(live.stop)
        await live.start()
        await (radio.go_on_air if settings.demo else radio.go_off_air)(live, tools)
        ending.push_async_callback(captioner.stop)
        ending.push_async_callback(app.state.tickets.close)
        working = [
            asyncio.create_task(worker.run(), name="outbox"),
            asyncio.create_task(spaces_jobs.run(live), name="spaces"),
            asyncio.create_task(captions_jobs.run(captioner), name="captions"),
            asyncio.create_task(analytics_jobs.run(app.state.analytics.counting, live), name="analytics"),
        ]
        ending.push_async_callback(_end, working)
        ending.callback(setattr, app.state, "ready", False)
        app.state.ready = True
        _log.info("node.ready", version=__version__)
        yield
    _log.info("node.stopped")


async def _end(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _handlers(app: FastAPI, settings: Settings) -> dict[str, Handler]:
    """Who does which work of the outbox."""
    tools: Toolbox = app.state.tools
    live: Live = app.state.spaces.live
    return {
        **people_jobs.handlers(tools, BELONGINGS),
        **_mail_desk(app, settings).handlers(),
        **spaces_jobs.handlers(live),
        **room_messages_jobs.handlers(live, tools.db, tools.clock, [captions_store.wipe], [caption_lines]),
        **room_posts_jobs.handlers(live, tools.db, Shelf(live.house, app.state.spaces.words, app.state.posts.asks)),
        **schedule_jobs.handlers(tools.clock),
        **tickets_jobs.handlers(app.state.tickets),
        **recordings_jobs.handlers(app.state.recordings, tools),
        **analytics_jobs.handlers(tools.clock, app.state.analytics.keep),
        **notify_jobs.handlers(app.state.notify, tools),
    }


def _may_connect_to(settings: Settings, scope: Scope) -> tuple[str, ...]:
    """Where the page may open the feed: the edge's own address, or the proxy's."""
    if settings.edge_public_url:
        return (origin_of(settings.edge_public_url),)
    return (f"ws://{host_of(scope)}:{settings.edge_port}",)
