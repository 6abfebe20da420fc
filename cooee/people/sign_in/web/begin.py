"""Beginning a session: what every way in ends with."""

from fastapi import Request, Response
from sqlalchemy import Connection

from cooee.kit.secrets import hashed
from cooee.kit.web import Toolbox
from cooee.people import leaving, service
from cooee.people.ids import PersonId
from cooee.people.session import set_cookie
from cooee.people.shapes import Me
from cooee.people.sign_in import rules, sessions
from cooee.people.sign_in.shapes import SignedInAs
from cooee.people.wiring import Wiring


async def begin_session(
    person: PersonId, request: Request, response: Response, tools: Toolbox, people: Wiring, *, cookie: bool
) -> SignedInAs:
    """Signs `person` in, who has proved to be them."""
    token = tools.ids.token()
    now = tools.clock.now()
    device = rules.device(request.headers.get("user-agent", ""))

    def work(tx: Connection) -> tuple[bool, Me]:
        restored = leaving.come_back(tx, person)
        sessions.begin(tx, person, hashed(token), device, now)
        return restored, service.me(tx, person, people.asks)

    restored, me = await tools.db.write(work)
    if cookie:
        set_cookie(response, people.cookie, token)
    return SignedInAs(account=me, token=None if cookie else token, restored=restored)
