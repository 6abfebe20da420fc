"""Signing in and out, and the devices on which one is signed in."""

from fastapi import APIRouter, Path, Request, Response, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.limits import by_address
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools, client_address, require_own_origin
from cooee.people import rules, store
from cooee.people.ids import PersonId
from cooee.people.passwords import Passwords
from cooee.people.session import SignedIn, clear_cookie
from cooee.people.sign_in import passwords, sessions
from cooee.people.sign_in.errors import AccountSuspended, WrongCredentials, WrongPassword
from cooee.people.sign_in.shapes import Confirm, Session, SessionList, SignedInAs, SignIn
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.wiring import People

router = APIRouter(prefix="/sessions")


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(AccountSuspended, ForeignOrigin, InvalidRequest, TooManyRequests, WrongCredentials),
)
async def create_session(
    asked: SignIn, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign in."""
    if asked.cookie:
        require_own_origin(request, people.public_url)
    username = rules.folded(asked.username)
    if username is None:
        raise WrongCredentials
    address = by_address(client_address(request))
    await tools.attempt(people.sign_in_address_limit, "sign-in from", address)
    await tools.attempt(people.sign_in_limit, "sign-in", address, username)
    found = await tools.db.read(lambda tx: store.password_hash(tx, username))
    stored = found[1] if found else None
    if not await people.passwords.matches(stored, asked.password) or found is None:
        raise WrongCredentials
    await tools.forgive(people.sign_in_limit, "sign-in", address, username)
    await _renew(tools, people.passwords, found[0], stored, asked.password)
    return await begin_session(found[0], request, response, tools, people, cookie=asked.cookie)


@router.get("", responses=refusals(Unauthenticated))
async def list_sessions(me: SignedIn, tools: Tools) -> SessionList:
    """Where one is signed in."""
    now = tools.clock.now()
    found = await tools.db.read(lambda tx: sessions.listed(tx, me.id, now))
    return SessionList(
        items=[
            Session(
                id=session.id,
                current=session.token_hash == me.token_hash,
                browser=session.device.browser,
                system=session.device.system,
                created_at=session.created_at,
                last_used_at=now if session.token_hash == me.token_hash else session.last_used_at,
            )
            for session in found
        ]
    )


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(ForeignOrigin, Unauthenticated))
async def end_other_sessions(me: SignedIn, tools: Tools) -> None:
    """Sign out everywhere else."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: sessions.end_others(tx, me.id, me.token_hash, now))


@router.delete("/current", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(ForeignOrigin, Unauthenticated))
async def end_session(me: SignedIn, response: Response, tools: Tools, people: People) -> None:
    """Sign out."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: sessions.end(tx, me.token_hash, now))
    clear_cookie(response, people)


@router.delete(
    "/{session_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def end_one_session(me: SignedIn, tools: Tools, session_id: str = Path(pattern=r"^[0-9a-f]{24}$")) -> None:
    """Sign out on one device."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: sessions.end_listed(tx, me.id, session_id, now))


@router.post(
    "/current/confirmation",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated, WrongPassword),
)
async def confirm(asked: Confirm, me: SignedIn, request: Request, tools: Tools, people: People) -> None:
    """Prove by the password that it is oneself, before something sensitive; holds for 10 minutes."""
    address = by_address(client_address(request))
    await tools.attempt(people.sign_in_limit, "confirmation", address, me.id)
    stored = await tools.db.read(lambda tx: passwords.stored(tx, me.id))
    if not await people.passwords.matches(stored, asked.password):
        raise WrongPassword
    await tools.forgive(people.sign_in_limit, "confirmation", address, me.id)
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        sessions.confirm(tx, me.token_hash, now)

    await tools.db.write(work)


async def _renew(tools: Toolbox, hasher: Passwords, person: PersonId, stored: str | None, password: str) -> None:
    """Hashes the password anew if the stored hash was made at another cost than today's."""
    if stored and hasher.outdated(stored):
        renewed = await hasher.hash(password)
        await tools.db.write(lambda tx: store.change(tx, person, {"password_hash": renewed}))
