"""Signing up."""

from fastapi import APIRouter, Request, Response, status
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people import rules, service
from cooee.people.errors import PasswordTooWeak
from cooee.people.ids import PersonId
from cooee.people.sign_in import newcomers
from cooee.people.sign_in.shapes import SignedInAs, SignUp
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.sign_in.web.signing_up import REFUSED, admit_attempt, wished_username
from cooee.people.wiring import People

router = APIRouter()


@router.post(
    "/accounts",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(*REFUSED, ForeignOrigin, PasswordTooWeak),
)
async def create_account(
    asked: SignUp, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign up. The new account is signed in."""
    username = wished_username(asked, request, people)
    rules.check_password(asked.password, username)
    await admit_attempt(username, asked, request, tools, people)
    password_hash = await people.passwords.hash(asked.password)
    now = tools.clock.now()
    language = rules.language(request.headers.get("accept-language", ""))
    new = service.NewAccount(username, asked.display_name, password_hash, language=language)

    def work(tx: Connection) -> PersonId:
        return newcomers.let_in(tx, new, asked, people.signup, tools.ids, now)

    person = await tools.db.write(work)
    return await begin_session(person, request, response, tools, people, cookie=asked.cookie)
