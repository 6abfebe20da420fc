"""The one-tap door of a demo. `app.py` opens it in a demo only."""

from fastapi import APIRouter, Request, Response, status

from cooee.kit.errors import ForeignOrigin, InvalidRequest
from cooee.kit.problems import refusals
from cooee.kit.web import Tools, require_own_origin
from cooee.people import rules, service, store
from cooee.people.errors import PersonNotFound
from cooee.people.shapes import DemoSignIn, PersonPage
from cooee.people.sign_in.shapes import SignedInAs
from cooee.people.sign_in.web.begin import begin_session
from cooee.people.wiring import People

router = APIRouter(prefix="/demo", tags=["demo"])


@router.get("/accounts")
async def list_accounts(tools: Tools, people: People) -> PersonPage:
    """The people one can sign in as with one tap: those who are not on air. 404 unless this is a demo."""
    return await tools.db.read(
        lambda tx: PersonPage(items=service.shaped(tx, store.demo_people(tx, "resident"), people.asks), next=None)
    )


@router.post(
    "/sessions",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(ForeignOrigin, InvalidRequest, PersonNotFound),
)
async def create_session(
    asked: DemoSignIn, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign in as one of the demo's people, without a password. 404 unless this is a demo."""
    require_own_origin(request, people.public_url)
    name = rules.folded(asked.username)
    person = await tools.db.read(lambda tx: store.by_username(tx, name)) if name else None
    if person is None or person.demo != "resident":
        raise PersonNotFound
    return await begin_session(person.id, request, response, tools, people, cookie=True)
