"""The routes of profiles."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import StringConstraints
from sqlalchemy import Connection

from cooee.kit.errors import (
    BodyTooLarge,
    ForeignOrigin,
    InvalidRequest,
    NotFound,
    TooManyRequests,
    Unauthenticated,
    UnsupportedMediaType,
)
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools, read_body
from cooee.people import files, pictures, protecting, rules, service, store
from cooee.people.errors import (
    HostsPublicSpace,
    PersonNotFound,
    PictureTooManyPixels,
    PictureUnreadable,
    PublicSpacesAhead,
)
from cooee.people.ids import PersonId
from cooee.people.session import SignedIn
from cooee.people.shapes import ChangeMe, Me, PersonPage, Profile, Rings
from cooee.people.wiring import People, Wiring

router = APIRouter(tags=["people"])

Asked = Annotated[str, StringConstraints(pattern=DECIMAL_PATTERN)]


@router.get("/me", responses=refusals(Unauthenticated))
async def read_me(me: SignedIn, tools: Tools, people: People) -> Me:
    """Oneself."""
    return await tools.db.read(lambda tx: service.me(tx, me.id, people.asks))


@router.patch(
    "/me",
    responses=refusals(
        ForeignOrigin, HostsPublicSpace, InvalidRequest, PublicSpacesAhead, TooManyRequests, Unauthenticated
    ),
)
async def change_me(asked: ChangeMe, me: SignedIn, tools: Tools, people: People) -> Me:
    """Change one's display name, bio, language or time zone, or who reads what one posts."""
    values = asked.model_dump(exclude_none=True)
    protected = values.pop("protected", None)
    now = tools.clock.now()

    def work(tx: Connection) -> Me:
        if protected is not None:
            protecting.protect(tx, me.id, protected, people.asks, now)
        store.change(tx, me.id, values)
        return service.me(tx, me.id, people.asks)

    return await tools.db.write(tools.counted(work, people.profile_limit, "profile", me.id))


@router.put(
    "/me/picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in pictures.MEDIA_TYPES},
        }
    },
    responses=refusals(
        BodyTooLarge,
        ForeignOrigin,
        PictureTooManyPixels,
        PictureUnreadable,
        TooManyRequests,
        Unauthenticated,
        UnsupportedMediaType,
    ),
)
async def put_picture(request: Request, me: SignedIn, tools: Tools, people: People) -> Me:
    """Set one's picture. It is cut to a square and written anew; metadata is dropped."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in pictures.MEDIA_TYPES:
        raise UnsupportedMediaType("A picture is PNG, JPEG or WebP.")
    await tools.attempt(people.profile_limit, "profile", me.id)
    body = await read_body(request, pictures.MOST_BYTES)
    picture = await pictures.squared(body)
    name = pictures.name_of(picture)
    await asyncio.to_thread(tools.blobs.put, pictures.blob_key(name), picture)
    return await _show(tools, people, me.id, name)


@router.delete("/me/picture", responses=refusals(ForeignOrigin, Unauthenticated))
async def delete_picture(me: SignedIn, tools: Tools, people: People) -> Me:
    """Go without a picture."""
    return await _show(tools, people, me.id, None)


@router.get("/pictures/{name}", response_class=Response, responses=pictures.OPENAPI | refusals(NotFound))
async def read_picture(name: str, tools: Tools) -> Response:
    """A picture of somebody; open to guests, who see faces in a Space."""
    if not pictures.is_name(name):
        raise NotFound
    picture = await asyncio.to_thread(tools.blobs.read, pictures.blob_key(name))
    if picture is None:
        raise NotFound
    headers = {"Cache-Control": "public, max-age=31536000, immutable"}
    return Response(picture, media_type="image/webp", headers=headers)


@router.get("/search/people", responses=refusals(InvalidRequest, Unauthenticated))
async def search_people(
    q: Annotated[str, Query(max_length=100, description="Words, or how they begin")],
    me: SignedIn,
    tools: Tools,
    people: People,
) -> PersonPage:
    """Who is meant: everybody with names that begin so, those whom one follows first. The best twenty."""
    return await tools.db.read(lambda tx: service.found(tx, me.id, q, people.asks))


@router.get("/rings", responses=refusals(InvalidRequest, Unauthenticated))
async def read_rings(
    person: Annotated[list[Asked], Query(min_length=1, max_length=100, description="Whose faces are shown")],
    me: SignedIn,
    tools: Tools,
    people: People,
) -> Rings:
    """Which of these people are live right now, and where: for the rings around all faces of a page at once."""
    return await tools.db.read(lambda tx: service.rings(tx, {PersonId(each) for each in person}, me.id, people.asks))


@router.get("/people/{username}", responses=refusals(PersonNotFound, Unauthenticated))
async def read_profile(username: str, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Somebody's page."""
    name = rules.folded(username)
    if name is None:
        raise PersonNotFound
    return await tools.db.read(lambda tx: service.profile(tx, name, me.id, people.asks))


async def _show(tools: Toolbox, people: Wiring, id: PersonId, picture: str | None) -> Me:
    now = tools.clock.now()

    def work(tx: Connection) -> Me:
        before = service.person_by_id(tx, id).picture
        if before not in (None, picture):
            files.forget(tx, pictures.blob_key(before), now)
        if picture:
            # The same pixels as somebody's who has just gone without them.
            files.keep(tx, pictures.blob_key(picture))
        store.change(tx, id, {"picture": picture})
        return service.me(tx, id, people.asks)

    return await tools.db.write(work)
