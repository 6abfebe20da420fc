"""New passwords: by whoever is signed in, and by the link of a letter."""

from fastapi import APIRouter, Request, Response, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.limits import by_address
from cooee.kit.mail import MailUnavailable
from cooee.kit.problems import refusals
from cooee.kit.web import Tools, client_address, require_own_origin
from cooee.people import rules, service, store
from cooee.people.errors import PasswordTooWeak
from cooee.people.ids import PersonId
from cooee.people.session import Confirmed, SignedIn
from cooee.people.sign_in import addresses, mail_tokens, mailing, passkeys, passwords, providers
from cooee.people.sign_in.errors import ConfirmationNeeded, LinkNotValid
from cooee.people.sign_in.mail_tokens import Link
from cooee.people.sign_in.shapes import (
    ChangePassword,
    ForgottenPassword,
    PasskeyInList,
    ResetPassword,
    SignedInAs,
    WaysIn,
)
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.wiring import People

router = APIRouter()


@router.get("/me/ways-in", responses=refusals(Unauthenticated))
async def read_ways_in(me: SignedIn, tools: Tools, people: People) -> WaysIn:
    """How one comes into one's account."""

    def work(tx: Connection) -> WaysIn:
        return WaysIn(
            password=passwords.stored(tx, me.id) is not None,
            passkeys=[PasskeyInList.of(each) for each in passkeys.of(tx, me.id)],
            providers=[each.id for each in people.providers if each.issuer in providers.linked(tx, me.id)],
        )

    return await tools.db.read(work)


@router.put(
    "/me/password",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ConfirmationNeeded, ForeignOrigin, InvalidRequest, PasswordTooWeak, Unauthenticated),
)
async def change_password(asked: ChangePassword, me: Confirmed, tools: Tools, people: People) -> None:
    """Change one's password. All other devices are signed out, and one is told by e-mail."""
    person = await tools.db.read(lambda tx: service.person_by_id(tx, me.id))
    rules.check_password(asked.password, person.username)
    password_hash = await people.passwords.hash(asked.password)
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        passwords.change(tx, me.id, password_hash, now, but=me.token_hash)
        if people.mailer.available:
            mailing.tell_of_new_password(tx, me.id, tools.ids, now)

    await tools.db.write(work)


@router.post(
    "/password-resets",
    status_code=status.HTTP_202_ACCEPTED,
    responses=refusals(InvalidRequest, MailUnavailable, TooManyRequests),
)
async def forgot_password(asked: ForgottenPassword, request: Request, tools: Tools, people: People) -> None:
    """Have a link for a new password sent to an address. The answer is the same whether it has an account or not."""
    people.mailer.require()
    await tools.attempt(people.mail_limit, "reset from", by_address(client_address(request)))
    await tools.attempt(people.mail_limit, "reset to", addresses.folded(asked.address))
    now = tools.clock.now()
    await tools.db.write(lambda tx: mailing.offer_reset(tx, asked.address, tools.ids, now))


@router.post(
    "/password-resets/complete",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(ForeignOrigin, InvalidRequest, LinkNotValid, PasswordTooWeak),
)
async def reset_password(
    asked: ResetPassword, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Choose a new password by the link of a letter, and be signed in. Every other device is signed out."""
    if asked.cookie:
        require_own_origin(request, people.public_url)
    now = tools.clock.now()

    def username(tx: Connection) -> str:
        link = mail_tokens.find(tx, asked.token, now)
        person = link and link.purpose == "reset" and _is_theirs(tx, link) and store.person(tx, link.person_id)
        if not person:
            raise LinkNotValid
        return person.username

    rules.check_password(asked.password, await tools.db.read(username))
    password_hash = await people.passwords.hash(asked.password)

    def work(tx: Connection) -> PersonId:
        link = mail_tokens.spend(tx, asked.token, "reset", now)
        if link is None or not _is_theirs(tx, link):
            raise LinkNotValid
        passwords.change(tx, link.person_id, password_hash, now, but=None)
        mailing.tell_of_new_password(tx, link.person_id, tools.ids, now)
        return link.person_id

    person = await tools.db.write(work)
    return await begin_session(person, request, response, tools, people, cookie=asked.cookie)


def _is_theirs(tx: Connection, link: Link) -> bool:
    """Whether the mailbox that the link went to is still the account's."""
    return addresses.owner(tx, link.address) == link.person_id
