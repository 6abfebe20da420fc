"""The composition root: routes, work and pages of every domain; starts and stops the node."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache, partial
from pathlib import Path
from typing import Literal

import structlog
from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import Field
from sqlalchemy import Connection

from cooee import __version__, migrations
from cooee.analytics import belongings as analytics_belongings
from cooee.analytics import jobs as analytics_jobs
from cooee.analytics import web as analytics_web
from cooee.captions import belongings as captions_belongings
from cooee.captions import jobs as captions_jobs
from cooee.captions import store as captions_store
from cooee.captions import web as captions_web
from cooee.captions.live import Captioner
from cooee.captions.tables import caption_lines
from cooee.demo import radio
from cooee.discover import web as discover_web
from cooee.insights import belongings as insights_belongings
from cooee.insights import web as insights_web
from cooee.kit import drafts, facts, health, problems
from cooee.kit.clock import Clock, SystemClock
from cooee.kit.errors import NotFound
from cooee.kit.headers import host_of, security_headers
from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.mail import Mailer
from cooee.kit.pages import Shape
from cooee.kit.previews import Preview, head
from cooee.kit.shell import Figures, Headers, Journal
from cooee.kit.site import Site
from cooee.kit.web import BodyLimit, Scope, Toolbox, origin_of
from cooee.kit.worker import Handler, Worker
from cooee.messages import belongings as messages_belongings
from cooee.messages import web as messages_web
from cooee.moderation import belongings as moderation_belongings
from cooee.moderation import jobs as moderation_jobs
from cooee.moderation import web as moderation_web
from cooee.moderation.tables import cases
from cooee.notify import belongings as notify_belongings
from cooee.notify import jobs as notify_jobs
from cooee.notify import push_web
from cooee.notify import web as notify_web
from cooee.people import demo_web, own_data_web, pictures, relations_web, told
from cooee.people import jobs as people_jobs
from cooee.people import previews as people_previews
from cooee.people import web as people_web
from cooee.people.passwords import Passwords
from cooee.people.rules import folded
from cooee.people.sign_in import web as sign_in_web
from cooee.people.sign_in.rules import Inviters, SignupMode
from cooee.people.sign_in.shapes import ProviderInList
from cooee.posts import belongings as posts_belongings
from cooee.posts import marks_web as post_marks_web
from cooee.posts import search_web as post_search_web
from cooee.posts import web as posts_web
from cooee.recordings import belongings as recordings_belongings
from cooee.recordings import jobs as recordings_jobs
from cooee.recordings import previews as recordings_previews
from cooee.recordings import web as recordings_web
from cooee.schedule import belongings as schedule_belongings
from cooee.schedule import jobs as schedule_jobs
from cooee.schedule import web as schedule_web
from cooee.settings import Settings
from cooee.spaces import belongings as spaces_belongings
from cooee.spaces import jobs as spaces_jobs
from cooee.spaces import previews as spaces_previews
from cooee.spaces import web as spaces_web
from cooee.spaces.live import Live
from cooee.spaces.room_messages import jobs as room_messages_jobs
from cooee.spaces.room_posts import jobs as room_posts_jobs
from cooee.spaces.room_posts.service import Shelf
from cooee.spaces.state import SpaceId
from cooee.tickets import belongings as tickets_belongings
from cooee.tickets import jobs as tickets_jobs
from cooee.tickets import web as tickets_web
from cooee.wiring import API, captioned, mail_desk, tools_of, wire

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
    app.state.tools = tools_of(settings, clock)
    app.state.passwords = passwords or Passwords()
    app.state.mailer = Mailer(settings.smtp_url, settings.mail_from, clock)
    app.state.site = _site()
    app.router.routes.extend(_routes(settings.demo).routes)
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


@cache
def _site() -> Site:
    return Site(Path(__file__).parent / "web")


@cache
def _routes(demo: bool) -> APIRouter:
    """All there is to ask for, the pages last.

    Made once: what FastAPI finds out about each route at the first request is most of what a node costs its tests.
    """
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
    if demo:
        api.include_router(demo_web.router)
    api.get("/instance", tags=["instance"])(read_instance)
    rest = APIRouter(include_in_schema=False)
    rest.get("/metrics")(read_metrics)
    rest.get("/{path:path}")(read_site)
    rest.head("/{path:path}")(read_site)
    every = APIRouter()
    every.routes = [*api.routes]
    for others in (spaces_web.doors, health.router, rest):
        every.include_router(others)
    return every


async def read_instance(request: Request) -> Instance:
    """What this site is, and what one may do here."""
    state, settings = request.app.state, request.app.state.settings
    return Instance(
        name=settings.name,
        version=__version__,
        demo=settings.demo,
        signup=settings.signup,
        invitations=settings.invitations,
        mail=state.mailer.available,
        providers=[ProviderInList(id=each.id, name=each.name) for each in settings.providers],
        host_min_followers=settings.host_min_followers,
        access="everyone" if settings.access_percent == 100 else "some",
        seats=settings.seats,
        captions=sorted(captioned(settings)),
        tickets=state.tickets.why_off is None,
    )


async def read_metrics(request: Request) -> Response:
    """Figures for Prometheus."""
    state = request.app.state
    engine = state.spaces.live.media.metrics() if state.ready else ""
    figures = generate_latest(state.registry) + engine.encode()
    return Response(figures, media_type="text/plain; version=0.0.4")


async def read_site(path: str, request: Request) -> Response:
    """A file of the built client, or the page that draws this address."""
    app = request.app
    site: Site = app.state.site
    if path.startswith("api/"):
        raise NotFound
    if path.startswith("embed/"):
        return site.answer(path, request, page="embed.html")
    ask = _preview_of(path, app)
    preview = await app.state.tools.db.read(ask) if ask else None
    settings: Settings = app.state.settings
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


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    settings: Settings = app.state.settings
    tools: Toolbox = app.state.tools
    # What a start has begun is ended in any case: when the node is over, and when the start itself fails.
    async with AsyncExitStack() as ending:
        ending.push_async_callback(asyncio.to_thread, tools.db.close)
        ending.callback(app.state.passwords.close)
        ending.callback((await asyncio.to_thread(drafts.begin, tools.drafts)).close)
        await asyncio.to_thread(migrations.ensure, tools.db)
        wire(app, settings, await tools.db.read(lambda tx: facts.fact(tx, HOSTING)))
        live: Live = app.state.spaces.live
        captioner: Captioner = app.state.captions.captioner
        worker = Worker(tools.db, tools.clock, _handlers(app, settings))
        for domain in (people_jobs, notify_jobs, tickets_jobs, analytics_jobs, moderation_jobs):
            await tools.db.write(partial(domain.begin, due_at=tools.clock.now()))
        ending.push_async_callback(asyncio.to_thread, live.media.stop)
        await asyncio.to_thread(live.media.start)
        ending.push_async_callback(app.state.analytics.counting.write)
        ending.push_async_callback(live.rooms.stop)
        await live.rooms.start()
        await (radio.go_on_air if settings.demo else radio.go_off_air)(live, tools)
        ending.push_async_callback(captioner.stop)
        ending.push_async_callback(app.state.tickets.close)
        working = [
            asyncio.create_task(worker.run(), name="outbox"),
            asyncio.create_task(app.state.signed_out.run(), name="signed-out"),
            asyncio.create_task(spaces_jobs.run(live), name="spaces"),
            asyncio.create_task(captions_jobs.run(captioner), name="captions"),
            asyncio.create_task(analytics_jobs.run(app.state.analytics.counting, live), name="analytics"),
            asyncio.create_task(recordings_jobs.run(app.state.recordings, tools), name="recordings"),
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
        **mail_desk(app, settings).handlers(),
        **spaces_jobs.handlers(live),
        **room_messages_jobs.handlers(live, tools.db, tools.clock, [captions_store.wipe], [caption_lines, cases]),
        **room_posts_jobs.handlers(live, tools.db, Shelf(live.house, app.state.spaces.words, app.state.posts.asks)),
        **schedule_jobs.handlers(tools.clock, live.house.suspended),
        **tickets_jobs.handlers(app.state.tickets),
        **recordings_jobs.handlers(app.state.recordings, tools),
        **analytics_jobs.handlers(tools.clock, app.state.analytics.keep),
        **moderation_jobs.handlers(tools.clock),
        **notify_jobs.handlers(app.state.notify, tools),
    }


def _may_connect_to(settings: Settings, scope: Scope) -> tuple[str, ...]:
    """Where the page may open the feed: the edge's own address, or the proxy's."""
    if settings.edge_public_url:
        return (origin_of(settings.edge_public_url),)
    return (f"ws://{host_of(scope)}:{settings.edge_port}",)
