"""The routes of one's own data: a copy of it, and the end of it."""

from typing import Any

from fastapi import APIRouter, Request, Response, status
from sqlalchemy import Connection

from cooee.kit import ranges
from cooee.kit.errors import ForeignOrigin, NotFound, TooManyRequests, Unauthenticated
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people import export, files, leaving
from cooee.people.errors import LastAdministrator, NoExport
from cooee.people.session import Confirmed, SignedIn, clear_cookie
from cooee.people.shapes import DataExport, Farewell
from cooee.people.sign_in.errors import ConfirmationNeeded
from cooee.people.wiring import People

router = APIRouter(prefix="/me", tags=["people"])

_ZIP: dict[int | str, dict[str, Any]] = {
    200: {"description": "The copy", "content": {"application/zip": {"schema": {"type": "string", "format": "binary"}}}}
}


@router.delete("", responses=refusals(ConfirmationNeeded, ForeignOrigin, LastAdministrator, Unauthenticated))
async def delete_account(me: Confirmed, response: Response, tools: Tools, people: People) -> Farewell:
    """Delete one's account: it is hidden and signed out at once. Whoever signs in within 14 days has it back."""
    now = tools.clock.now()
    erased_at = await tools.db.write(lambda tx: leaving.leave(tx, me.id, now))
    clear_cookie(response, people)
    return Farewell(erased_at=erased_at)


@router.get("/export", responses=refusals(Unauthenticated))
async def read_export(me: SignedIn, tools: Tools) -> DataExport:
    """How far the copy of one's data is."""
    return _shaped(await tools.db.read(lambda tx: export.found(tx, me.id)))


@router.post(
    "/export",
    status_code=status.HTTP_202_ACCEPTED,
    responses=refusals(ConfirmationNeeded, ForeignOrigin, TooManyRequests, Unauthenticated),
)
async def ask_for_export(me: Confirmed, tools: Tools, people: People) -> DataExport:
    """Have a copy of all one's data made, in place of the last one. A notification says when it is ready."""
    now = tools.clock.now()

    def work(tx: Connection) -> export.Export:
        return export.ask(tx, me.id, now)

    return _shaped(await tools.db.write(tools.counted(work, people.export_limit, "export", me.id)))


@router.delete("/export", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(ForeignOrigin, Unauthenticated))
async def delete_export(me: SignedIn, tools: Tools) -> None:
    """Delete the copy before it expires."""
    now = tools.clock.now()
    await tools.db.write(lambda tx: export.drop(tx, me.id, now))


@router.get("/export/file", response_class=Response, responses=_ZIP | refusals(NoExport, Unauthenticated))
async def download_export(me: SignedIn, request: Request, tools: Tools) -> Response:
    """The copy itself, for seven days: a ZIP of JSON files, one's picture, and sound: one's recordings and clips, and
    one's own voice in others' recordings."""
    file = await tools.db.read(lambda tx: export.file_of(tx, me.id))
    headers = {"content-disposition": 'attachment; filename="cooee.zip"', "cache-control": "no-store"}
    try:
        return await ranges.answer(tools.blobs, files.export_key(file), request, "application/zip", headers)
    except NotFound:
        raise NoExport from None


def _shaped(found: export.Export | None) -> DataExport:
    if found is None:
        return DataExport(state="none", asked_at=None, ready_at=None, expires_at=None, bytes=None)
    return DataExport(
        state="making" if found.ready_at is None else "ready",
        asked_at=found.asked_at,
        ready_at=found.ready_at,
        expires_at=found.ready_at and found.ready_at + export.KEPT,
        bytes=found.bytes,
    )
