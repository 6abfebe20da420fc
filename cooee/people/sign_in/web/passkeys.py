"""Passkeys: making one, naming and removing it, and coming in by one."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, NotFound, TooManyRequests, Unauthenticated
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.limits import by_address
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools, client_address, require_own_origin
from cooee.people import service
from cooee.people.session import Confirmed, SignedIn
from cooee.people.sign_in import passkeys, sessions, ways_in, webauthn
from cooee.people.sign_in.errors import (
    AccountSuspended,
    ConfirmationNeeded,
    LastWayIn,
    PasskeyNotAccepted,
    TooManyPasskeys,
)
from cooee.people.sign_in.passkeys import Challenge, Passkey, Purpose
from cooee.people.sign_in.shapes import (
    AskedOfBrowser,
    NamePasskey,
    NewPasskey,
    PasskeyInList,
    ProvePasskey,
    SignedInAs,
    SignInByPasskey,
)
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.sign_in.webauthn import Json, Relying
from cooee.people.wiring import People, Wiring

router = APIRouter()

PasskeyInPath = Annotated[str, Path(pattern=DECIMAL_PATTERN)]


@router.post(
    "/me/passkeys/challenge",
    responses=refusals(ConfirmationNeeded, ForeignOrigin, TooManyPasskeys, Unauthenticated),
)
async def ask_for_passkey(me: Confirmed, tools: Tools, people: People) -> AskedOfBrowser:
    """Begin to make a passkey: what to ask the browser for."""
    challenge, now = _challenge(tools), tools.clock.now()

    def work(tx: Connection) -> Json:
        known = passkeys.of(tx, me.id)
        if len(known) >= passkeys.MOST:
            raise TooManyPasskeys
        handle = known[0].handle if known else _bytes(tools, 32)
        passkeys.ask(tx, webauthn.challenge_hash(challenge), Challenge("register", handle, me.id), now)
        person = service.person_by_id(tx, me.id)
        ids = [each.credential_id for each in known]
        return webauthn.creation(_site(people), challenge, handle, person.username, person.display_name, ids)

    return AskedOfBrowser(options=await tools.db.write(work))


@router.post(
    "/me/passkeys",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(ForeignOrigin, InvalidRequest, PasskeyNotAccepted, TooManyPasskeys, Unauthenticated),
)
async def add_passkey(asked: NewPasskey, me: SignedIn, tools: Tools, people: People) -> PasskeyInList:
    """Keep the passkey that the browser has made."""
    challenge = webauthn.challenge_in(asked.credential)
    asked_for = await _answered(tools, challenge, "register")
    if asked_for.person_id != me.id or asked_for.handle is None:
        raise PasskeyNotAccepted
    made = webauthn.made(_site(people), asked.credential, challenge)
    passkey = Passkey(
        id=tools.ids.decimal(),
        person_id=me.id,
        credential_id=made.credential_id,
        handle=asked_for.handle,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=asked.name,
        created_at=tools.clock.now(),
        last_used_at=None,
    )

    def work(tx: Connection) -> None:
        if passkeys.count(tx, me.id) >= passkeys.MOST:
            raise TooManyPasskeys
        if not passkeys.add(tx, passkey):
            raise PasskeyNotAccepted

    await tools.db.write(work)
    return PasskeyInList.of(passkey)


@router.patch(
    "/me/passkeys/{passkey_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, NotFound, Unauthenticated),
)
async def name_passkey(asked: NamePasskey, me: SignedIn, tools: Tools, passkey_id: PasskeyInPath) -> None:
    """Give a passkey another name."""
    if not await tools.db.write(lambda tx: passkeys.rename(tx, me.id, passkey_id, asked.name)):
        raise NotFound


@router.delete(
    "/me/passkeys/{passkey_id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ConfirmationNeeded, ForeignOrigin, InvalidRequest, LastWayIn, NotFound, Unauthenticated),
)
async def remove_passkey(me: Confirmed, tools: Tools, passkey_id: PasskeyInPath) -> None:
    """Have a passkey open one's account no more."""

    def work(tx: Connection) -> None:
        ways_in.require_another(tx, me.id)
        if not passkeys.remove(tx, me.id, passkey_id):
            raise NotFound

    await tools.db.write(work)


@router.post("/sessions/passkey/challenge", responses=refusals(TooManyRequests))
async def ask_for_proof(request: Request, tools: Tools, people: People) -> AskedOfBrowser:
    """Begin to come in by a passkey, or to prove by one that it is oneself: what to ask the browser for."""
    address = by_address(client_address(request))
    challenge, now = _challenge(tools), tools.clock.now()
    asked = Challenge("prove", None, None)

    def work(tx: Connection) -> None:
        passkeys.ask(tx, webauthn.challenge_hash(challenge), asked, now)

    await tools.db.write(tools.counted(work, people.sign_in_address_limit, "passkey challenge to", address))
    return AskedOfBrowser(options=webauthn.request(_site(people), challenge, []))


@router.post(
    "/sessions/passkey",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(AccountSuspended, ForeignOrigin, InvalidRequest, PasskeyNotAccepted, TooManyRequests),
)
async def sign_in_by_passkey(
    asked: SignInByPasskey, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign in by a passkey."""
    if asked.cookie:
        require_own_origin(request, people.public_url)
    await tools.attempt(people.sign_in_address_limit, "sign-in from", by_address(client_address(request)))
    passkey = await _proved(asked.credential, tools, people)
    return await begin_session(passkey.person_id, request, response, tools, people, cookie=asked.cookie)


@router.post(
    "/sessions/current/confirmation/passkey",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, PasskeyNotAccepted, Unauthenticated),
)
async def confirm_by_passkey(asked: ProvePasskey, me: SignedIn, tools: Tools, people: People) -> None:
    """Prove by a passkey that it is oneself, before something sensitive; holds for 10 minutes."""
    passkey = await _proved(asked.credential, tools, people)
    if passkey.person_id != me.id:
        raise PasskeyNotAccepted
    now = tools.clock.now()
    await tools.db.write(lambda tx: sessions.confirm(tx, me.token_hash, now))


async def _proved(credential: Json, tools: Toolbox, people: Wiring) -> Passkey:
    """The passkey that has just proved to be there.

    Raises:
        PasskeyNotAccepted
    """
    challenge, credential_id = webauthn.challenge_in(credential), webauthn.credential_id(credential)
    await _answered(tools, challenge, "prove")
    passkey = await tools.db.read(lambda tx: passkeys.by_credential(tx, credential_id))
    if passkey is None:
        raise PasskeyNotAccepted
    sign_count = webauthn.proved(_site(people), credential, challenge, passkey)
    now = tools.clock.now()
    await tools.db.write(lambda tx: passkeys.note_use(tx, passkey, sign_count, now))
    return passkey


async def _answered(tools: Toolbox, challenge: bytes, purpose: Purpose) -> Challenge:
    now = tools.clock.now()
    hashed = webauthn.challenge_hash(challenge)
    found = await tools.db.write(lambda tx: passkeys.answered(tx, hashed, purpose, now))
    if found is None:
        raise PasskeyNotAccepted
    return found


def _site(people: Wiring) -> Relying:
    return Relying.of(people.site_url, people.name)


def _challenge(tools: Toolbox) -> bytes:
    return _bytes(tools, 32)


def _bytes(tools: Toolbox, length: int) -> bytes:
    return tools.ids.random(length * 8).to_bytes(length)
