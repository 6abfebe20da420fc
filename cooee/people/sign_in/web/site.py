"""The operator's pages: read by everybody, written by administrators."""

from fastapi import APIRouter
from sqlalchemy import Connection

from cooee.kit.errors import ForeignOrigin, InvalidRequest, NotFound, Unauthenticated
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.session import Account, SignedIn
from cooee.people.sign_in import site
from cooee.people.sign_in.errors import AdministratorsOnly
from cooee.people.sign_in.shapes import ChangeSite, House, SitePage, WritePage
from cooee.people.sign_in.site import PageName

router = APIRouter(prefix="/site")


@router.get("")
async def read_site(tools: Tools) -> House:
    """Which pages the operator has written, and how old one has to be to sign up."""
    return await tools.db.read(lambda tx: House(pages=site.written(tx), minimum_age=site.minimum_age(tx)))


@router.put("", responses=refusals(AdministratorsOnly, ForeignOrigin, InvalidRequest, Unauthenticated))
async def change_site(asked: ChangeSite, me: SignedIn, tools: Tools) -> House:
    """Say how old one has to be to sign up. For administrators."""
    _require(me)

    def work(tx: Connection) -> House:
        site.set_minimum_age(tx, asked.minimum_age)
        return House(pages=site.written(tx), minimum_age=site.minimum_age(tx))

    return await tools.db.write(work)


@router.get("/pages/{name}", responses=refusals(InvalidRequest, NotFound))
async def read_page(name: PageName, tools: Tools) -> SitePage:
    """A page of the operator's, for everybody."""
    found = await tools.db.read(lambda tx: site.page(tx, name))
    if found is None:
        raise NotFound
    return SitePage(text=found.text, changed_at=found.changed_at)


@router.put(
    "/pages/{name}",
    responses=refusals(AdministratorsOnly, ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def write_page(name: PageName, asked: WritePage, me: SignedIn, tools: Tools) -> House:
    """Write a page; empty, there is none. For administrators."""
    _require(me)
    now = tools.clock.now()

    def work(tx: Connection) -> House:
        site.write(tx, name, asked.text, now)
        return House(pages=site.written(tx), minimum_age=site.minimum_age(tx))

    return await tools.db.write(work)


def _require(me: Account) -> None:
    if not me.admin:
        raise AdministratorsOnly
