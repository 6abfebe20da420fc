"""The address to which letters about one's account go."""

from fastapi import APIRouter, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.mail import MailUnavailable
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.people import store
from cooee.people.ids import PersonId
from cooee.people.session import Account, Confirmed, SignedIn
from cooee.people.sign_in import addresses, mail_tokens, mailing
from cooee.people.sign_in.errors import AddressTaken, ConfirmationNeeded, LinkNotValid, NoAddressWaiting
from cooee.people.sign_in.shapes import ChangeEmail, Email, FollowLink, MailLink
from cooee.people.wiring import People, Wiring

router = APIRouter()


@router.get("/me/email", responses=refusals(Unauthenticated))
async def read_email(me: SignedIn, tools: Tools, people: People) -> Email:
    """One's e-mail address, and the one that waits to be confirmed."""
    return await tools.db.read(lambda tx: _shaped(tx, me.id, tools, people))


@router.put(
    "/me/email",
    responses=refusals(
        ConfirmationNeeded, ForeignOrigin, InvalidRequest, MailUnavailable, TooManyRequests, Unauthenticated
    ),
)
async def change_email(asked: ChangeEmail, me: Confirmed, tools: Tools, people: People) -> Email:
    """Ask for another e-mail address. A link is sent there; until it is followed, nothing changes."""
    people.mailer.require()
    return await _send(me, asked.address, tools, people)


@router.post(
    "/me/email/letter",
    responses=refusals(ForeignOrigin, MailUnavailable, NoAddressWaiting, TooManyRequests, Unauthenticated),
)
async def send_letter_again(me: SignedIn, tools: Tools, people: People) -> Email:
    """Have the link sent again. The one sent before opens nothing any more."""
    people.mailer.require()
    now = tools.clock.now()
    waiting = await tools.db.read(lambda tx: mail_tokens.waiting(tx, me.id, "verify", now))
    if waiting is None:
        raise NoAddressWaiting
    return await _send(me, waiting.address, tools, people)


@router.delete("/me/email/waiting", responses=refusals(ForeignOrigin, Unauthenticated))
async def drop_waiting_email(me: SignedIn, tools: Tools, people: People) -> Email:
    """Take back the wish for another address."""

    def work(tx: Connection) -> Email:
        mail_tokens.forget(tx, me.id, "verify")
        return _shaped(tx, me.id, tools, people)

    return await tools.db.write(work)


@router.delete("/me/email", responses=refusals(ConfirmationNeeded, ForeignOrigin, Unauthenticated))
async def remove_email(me: Confirmed, tools: Tools, people: People) -> Email:
    """Go without an e-mail address. The one that was is told."""
    now = tools.clock.now()

    def work(tx: Connection) -> Email:
        old = addresses.of(tx, me.id)
        addresses.remove(tx, me.id)
        for purpose in mail_tokens.LASTS:
            mail_tokens.forget(tx, me.id, purpose)
        if old and people.mailer.available:
            mailing.tell_of_new_address(tx, me.id, old.address, tools.ids, now)
        return _shaped(tx, me.id, tools, people)

    return await tools.db.write(work)


@router.post("/mail-links", responses=refusals(InvalidRequest, LinkNotValid))
async def read_link(asked: FollowLink, tools: Tools) -> MailLink:
    """What the link of a letter is for. It stays as it is."""
    now = tools.clock.now()

    def work(tx: Connection) -> MailLink:
        link = mail_tokens.find(tx, asked.token, now)
        person = store.person(tx, link.person_id) if link else None
        if link is None or person is None:
            raise LinkNotValid
        return MailLink(purpose=link.purpose, username=person.username, address=link.address)

    return await tools.db.read(work)


@router.post(
    "/email-confirmations",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(AddressTaken, InvalidRequest, LinkNotValid),
)
async def confirm_email(asked: FollowLink, tools: Tools, people: People) -> None:
    """Show by the link of a letter that one receives letters at an address. On any device, signed in or not."""
    now = tools.clock.now()

    def work(tx: Connection) -> None:
        link = mail_tokens.spend(tx, asked.token, "verify", now)
        if link is None:
            raise LinkNotValid
        old = addresses.of(tx, link.person_id)
        if not addresses.put(tx, link.person_id, link.address, now):
            raise AddressTaken
        # A link to the old mailbox must not open the account any more.
        mail_tokens.forget(tx, link.person_id, "reset")
        if old and addresses.folded(old.address) != addresses.folded(link.address):
            mailing.tell_of_new_address(tx, link.person_id, old.address, tools.ids, now)

    await tools.db.write(work)


async def _send(me: Account, address: str, tools: Toolbox, people: Wiring) -> Email:
    await tools.attempt(people.mail_limit, "letter of", me.id)
    await tools.attempt(people.mail_limit, "letter to", addresses.folded(address))
    now = tools.clock.now()

    def work(tx: Connection) -> Email:
        mailing.ask_to_verify(tx, people.mail_key, me.id, address, tools.ids, now)
        return _shaped(tx, me.id, tools, people)

    return await tools.db.write(work)


def _shaped(tx: Connection, person: PersonId, tools: Toolbox, people: Wiring) -> Email:
    verified = addresses.of(tx, person)
    waiting = mail_tokens.waiting(tx, person, "verify", tools.clock.now())
    return Email(
        address=verified and verified.address,
        waiting=waiting and waiting.address,
        available=people.mailer.available,
    )
