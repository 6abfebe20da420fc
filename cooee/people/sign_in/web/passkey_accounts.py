"""Signing up with a passkey in place of a password."""

from fastapi import APIRouter, Request, Response, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin
from cooee.kit.limits import by_address
from cooee.kit.problems import refusals
from cooee.kit.web import Tools, client_address
from cooee.people import rules
from cooee.people.ids import PersonId
from cooee.people.service import NewAccount
from cooee.people.sign_in import newcomers, passkeys, webauthn
from cooee.people.sign_in.errors import PasskeyNotAccepted, SignupClosed
from cooee.people.sign_in.passkeys import Challenge, Passkey
from cooee.people.sign_in.shapes import AskedOfBrowser, NameAccount, SignedInAs, SignUpByPasskey
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.sign_in.web.signing_up import REFUSED, wished_username
from cooee.people.sign_in.webauthn import Relying
from cooee.people.wiring import People

router = APIRouter(prefix="/accounts/passkey")


@router.post(
    "/challenge",
    responses=refusals(*REFUSED),
)
async def ask_for_account(asked: NameAccount, request: Request, tools: Tools, people: People) -> AskedOfBrowser:
    """Begin to sign up with a passkey: what to ask the browser for. Refuses all that signing up would refuse now, so
    that no device keeps a passkey which opens nothing."""
    if people.signup == "closed":
        raise SignupClosed
    username = rules.username(asked.username)
    address = by_address(client_address(request))
    challenge, handle = (tools.ids.random(256).to_bytes(32) for _ in range(2))
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        tools.attempts.check(tx, people.sign_up_limit, now, "sign-up", address)
        newcomers.check(tx, username, asked, people.signup, now)
        passkeys.ask(tx, webauthn.challenge_hash(challenge), Challenge("sign_up", handle, None), now)

    await tools.db.write(tools.counted(work, people.sign_in_address_limit, "passkey challenge to", address))
    site = Relying.of(people.site_url, people.name)
    return AskedOfBrowser(options=webauthn.creation(site, challenge, handle, username, asked.display_name, []))


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*REFUSED, ForeignOrigin, PasskeyNotAccepted),
)
async def create_account_with_passkey(
    asked: SignUpByPasskey, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign up with the passkey that the browser has made, and without a password. The new account is signed in."""
    username = wished_username(asked, request, people)
    await tools.attempt(people.sign_up_limit, "sign-up", by_address(client_address(request)))
    challenge = webauthn.challenge_in(asked.credential)
    made = webauthn.made(Relying.of(people.site_url, people.name), asked.credential, challenge)
    now = tools.clock.now()
    language = rules.language(request.headers.get("accept-language", ""))
    new = NewAccount(username, asked.display_name, None, language=language)

    def work(tx: Connection) -> PersonId:
        asked_for = passkeys.answered(tx, webauthn.challenge_hash(challenge), "sign_up", now)
        if asked_for is None or asked_for.handle is None:
            raise PasskeyNotAccepted
        person = newcomers.let_in(tx, new, asked, people.signup, tools.ids, now)
        passkey = Passkey(
            id=tools.ids.decimal(),
            person_id=person,
            credential_id=made.credential_id,
            handle=asked_for.handle,
            public_key=made.public_key,
            sign_count=made.sign_count,
            name=asked.passkey_name,
            created_at=now,
            last_used_at=None,
        )
        if not passkeys.add(tx, passkey):
            raise PasskeyNotAccepted
        return person

    person = await tools.db.write(work)
    return await begin_session(person, request, response, tools, people, cookie=asked.cookie)
