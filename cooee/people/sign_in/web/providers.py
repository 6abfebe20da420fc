"""Coming in by a provider (OpenID Connect): going there, coming back, choosing a username, links of an account.

Nobody's account is linked by an e-mail address. Who left and who comes back is held together by cookies of this
browser, so that nobody can be led into somebody else's account by a link.
"""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response, status
from fastapi.responses import RedirectResponse
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, Refusal, TooManyRequests, Unauthenticated
from cooee.kit.limits import by_address
from cooee.kit.problems import refusals
from cooee.kit.secrets import hashed
from cooee.kit.web import Toolbox, Tools, client_address, require_own_origin
from cooee.people import rules, service
from cooee.people.ids import PersonId
from cooee.people.session import Account, Confirmed, MaybeSignedIn
from cooee.people.sign_in import newcomers, providers, ways_in
from cooee.people.sign_in.errors import (
    ConfirmationNeeded,
    LastWayIn,
    ProviderDeclined,
    ProviderFailed,
    ProviderFlowOver,
    ProviderNotFound,
    ProviderTaken,
    SignupClosed,
)
from cooee.people.sign_in.providers import Arrival, Flow, Identity, Provider, Purpose
from cooee.people.sign_in.shapes import Arrived, Depart, ProviderInList, SettledAs, SettleIn, WayThere
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.sign_in.web.signing_up import REFUSED, admit_attempt
from cooee.people.wiring import People, Wiring

router = APIRouter()

_SETTINGS = "/settings/sign-in"
_TEXT = Query(max_length=4000)
ProviderInPath = Annotated[str, Path(pattern=r"^[a-z0-9-]{1,30}$")]


@router.post(
    "/provider-flows",
    responses=refusals(ForeignOrigin, InvalidRequest, ProviderFailed, ProviderNotFound, TooManyRequests),
)
async def begin_sign_in(asked: Depart, request: Request, response: Response, tools: Tools, people: People) -> WayThere:
    """Begin to come in by a provider: where to send the browser."""
    require_own_origin(request, people.public_url)
    await tools.attempt(people.sign_in_address_limit, "provider flow of", by_address(client_address(request)))
    return await _depart(asked.provider, "sign_in", None, asked.next, response, tools, people)


@router.post(
    "/me/providers/{provider_id}/flow",
    responses=refusals(
        ConfirmationNeeded, ForeignOrigin, InvalidRequest, ProviderFailed, ProviderNotFound, Unauthenticated
    ),
)
async def begin_link(
    provider_id: ProviderInPath, me: Confirmed, response: Response, tools: Tools, people: People
) -> WayThere:
    """Begin to have a provider open one's account: where to send the browser."""
    return await _depart(provider_id, "link", me.id, _SETTINGS, response, tools, people)


@router.delete(
    "/me/providers/{provider_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ConfirmationNeeded, ForeignOrigin, InvalidRequest, LastWayIn, ProviderNotFound, Unauthenticated),
)
async def unlink(provider_id: ProviderInPath, me: Confirmed, tools: Tools, people: People) -> None:
    """Have a provider open one's account no more."""
    provider = _found(provider_id, people)

    def work(tx: Connection) -> None:
        ways_in.require_another(tx, me.id)
        if not providers.unlink(tx, me.id, provider.issuer):
            raise ProviderNotFound

    await tools.db.write(work)


@router.get(
    "/provider-flows/callback",
    response_class=RedirectResponse,
    # A page that a browser is sent to, and no call of a program.
    include_in_schema=False,
)
async def come_back(
    request: Request,
    tools: Tools,
    people: People,
    me: MaybeSignedIn,
    state: Annotated[str, _TEXT] = "",
    code: Annotated[str, _TEXT] = "",
    error: Annotated[str, _TEXT] = "",
    iss: Annotated[str, _TEXT] = "",
) -> RedirectResponse:
    """Where a provider sends the browser back to."""
    now = tools.clock.now()
    flow = await tools.db.write(lambda tx: providers.come_back(tx, state, now))
    try:
        # Not every provider says the state with it, as it should (RFC 6749 §4.1.2.1).
        if error:
            raise ProviderDeclined
        if flow is None or hashed(request.cookies.get(_cookie(people, "flow"), "")) != flow.browser_hash:
            raise ProviderFlowOver
        if not code:
            raise ProviderDeclined
        provider = _found(flow.provider, people)
        # RFC 9207 §2.4: what one provider said is not carried to another.
        if iss and iss.rstrip("/") != provider.issuer.rstrip("/"):
            raise ProviderFailed
        identity = await people.talk.identity(provider, code, flow)
        if flow.purpose == "link":
            return await _link(flow, identity, me, tools)
        return await _enter(flow, identity, request, tools, people)
    except Refusal as refusal:
        page = _SETTINGS if me else "/sign-in"
        return _to(f"{page}?{urlencode({'refused': refusal.code})}")


@router.get("/provider-arrivals/current", responses=refusals(ProviderFlowOver, ProviderNotFound))
async def read_arrival(request: Request, tools: Tools, people: People) -> Arrived:
    """Whom a provider sent in this browser, who has no account here yet."""
    token, now = request.cookies.get(_cookie(people, "arrival"), ""), tools.clock.now()
    found = await tools.db.read(lambda tx: providers.arrival(tx, token, now))
    if found is None:
        raise ProviderFlowOver
    provider = _found(found.provider, people)
    return Arrived(
        provider=ProviderInList(id=provider.id, name=provider.name),
        username=found.username,
        display_name=found.display_name,
    )


@router.post(
    "/provider-arrivals/current",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*REFUSED, ForeignOrigin, ProviderFlowOver, ProviderTaken),
)
async def settle_in(asked: SettleIn, request: Request, response: Response, tools: Tools, people: People) -> SettledAs:
    """Sign up as whom a provider sent, under a username of one's choice. The new account is signed in."""
    require_own_origin(request, people.public_url)
    username = rules.username(asked.username)
    await admit_attempt(username, asked, request, tools, people)
    token, now = request.cookies.get(_cookie(people, "arrival"), ""), tools.clock.now()
    language = rules.language(request.headers.get("accept-language", ""))
    new = service.NewAccount(username, asked.display_name, None, language=language)

    def work(tx: Connection) -> tuple[PersonId, str]:
        arrival = providers.settle(tx, token, now)
        if arrival is None:
            raise ProviderFlowOver
        person = newcomers.let_in(tx, new, asked, people.signup, tools.ids, now)
        if not providers.link(tx, person, arrival, now):
            raise ProviderTaken
        return person, arrival.next

    person, next = await tools.db.write(work)
    _forget(response, people, "arrival")
    signed_in = await begin_session(person, request, response, tools, people, cookie=True)
    return SettledAs(account=signed_in.account, next=next)


async def _depart(
    id: str, purpose: Purpose, person: PersonId | None, next: str, response: Response, tools: Toolbox, people: Wiring
) -> WayThere:
    provider = _found(id, people)
    browser, state = tools.ids.token(), tools.ids.token()
    flow = Flow(
        browser_hash=hashed(browser),
        provider=provider.id,
        purpose=purpose,
        person_id=person,
        verifier=tools.ids.token(),
        nonce=tools.ids.token(),
        next=next,
        expires_at=tools.clock.now() + providers.LASTS,
    )
    url = await people.talk.way_there(provider, flow, state)
    await tools.db.write(lambda tx: providers.depart(tx, state, flow))
    _remember(response, people, "flow", browser)
    return WayThere(url=url)


async def _link(flow: Flow, identity: Identity, me: Account | None, tools: Toolbox) -> RedirectResponse:
    person, now = flow.person_id, tools.clock.now()
    # Whoever began is still who sits here.
    if person is None or me is None or me.id != person:
        raise ProviderFlowOver
    if not await tools.db.write(lambda tx: providers.link(tx, person, identity, now)):
        raise ProviderTaken
    return _to(f"{flow.next}?{urlencode({'linked': flow.provider})}")


async def _enter(flow: Flow, identity: Identity, request: Request, tools: Toolbox, people: Wiring) -> RedirectResponse:
    person = await tools.db.read(lambda tx: providers.known(tx, identity.issuer, identity.subject))
    if person:
        response = _to(flow.next)
        await begin_session(person, request, response, tools, people, cookie=True)
        return response
    if people.signup == "closed":
        raise SignupClosed
    token = tools.ids.token()
    expires_at = tools.clock.now() + providers.LASTS
    arrival = Arrival(provider=flow.provider, next=flow.next, expires_at=expires_at, **vars(identity))
    await tools.db.write(lambda tx: providers.arrive(tx, token, arrival))
    response = _to("/welcome")
    _remember(response, people, "arrival", token)
    return response


def _found(id: str, people: Wiring) -> Provider:
    found = next((each for each in people.providers if each.id == id), None)
    if found is None:
        raise ProviderNotFound
    return found


def _to(path: str) -> RedirectResponse:
    return RedirectResponse(path, status.HTTP_303_SEE_OTHER)


def _cookie(people: Wiring, part: str) -> str:
    return f"{people.cookie.name}_{part}"


def _remember(response: Response, people: Wiring, part: str, token: str) -> None:
    response.set_cookie(
        _cookie(people, part),
        token,
        max_age=int(providers.LASTS.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=people.cookie.secure,
    )


def _forget(response: Response, people: Wiring, part: str) -> None:
    response.delete_cookie(_cookie(people, part), httponly=True, samesite="lax", secure=people.cookie.secure)
