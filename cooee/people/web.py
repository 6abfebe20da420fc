"""The routes of accounts, sessions and profiles."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response, status
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
from cooee.kit.limits import by_address
from cooee.kit.problems import refusals
from cooee.kit.secrets import hashed
from cooee.kit.web import Toolbox, Tools, client_address, read_body, require_own_origin
from cooee.people import pictures, protecting, rules, service, store
from cooee.people.errors import (
    PasswordTooWeak,
    PersonNotFound,
    PictureTooManyPixels,
    PictureUnreadable,
    SignupClosed,
    UsernameNotAllowed,
    UsernameTaken,
    WrongCredentials,
)
from cooee.people.ids import PersonId
from cooee.people.session import SignedIn, clear_cookie, set_cookie
from cooee.people.shapes import ChangeMe, Me, PersonPage, Profile, SignedInAs, SignIn, SignUp
from cooee.people.wiring import People, Wiring

router = APIRouter(tags=["people"])


@router.post(
    "/accounts",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(
        ForeignOrigin,
        InvalidRequest,
        PasswordTooWeak,
        SignupClosed,
        TooManyRequests,
        UsernameNotAllowed,
        UsernameTaken,
    ),
)
async def create_account(
    asked: SignUp, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign up. The new account is signed in."""
    if not people.signup_open:
        raise SignupClosed
    if asked.cookie:
        require_own_origin(request, people.public_url)
    username = rules.username(asked.username)
    rules.check_password(asked.password, username)
    tools.limits.hit(people.sign_up_limit, "sign-up", by_address(client_address(request)))
    password_hash = await people.passwords.hash(asked.password)
    now = tools.clock.now()
    new = service.NewAccount(username, asked.display_name, password_hash)
    person = await tools.db.write(lambda tx: service.sign_up(tx, new, tools.ids, now))
    return await begin_session(person.id, response, tools, people, cookie=asked.cookie)


@router.post(
    "/sessions",
    status_code=status.HTTP_201_CREATED,
    responses=refusals(ForeignOrigin, InvalidRequest, TooManyRequests, WrongCredentials),
)
async def create_session(
    asked: SignIn, request: Request, response: Response, tools: Tools, people: People
) -> SignedInAs:
    """Sign in."""
    if asked.cookie:
        require_own_origin(request, people.public_url)
    username = rules.folded(asked.username)
    if username is None:
        raise WrongCredentials
    address = by_address(client_address(request))
    tools.limits.hit(people.sign_in_address_limit, "sign-in from", address)
    tools.limits.hit(people.sign_in_limit, "sign-in", address, username)
    found = await tools.db.read(lambda tx: store.password_hash(tx, username))
    stored = found[1] if found else None
    if not await people.passwords.matches(stored, asked.password) or found is None:
        raise WrongCredentials
    tools.limits.forgive(people.sign_in_limit, "sign-in", address, username)
    if stored and people.passwords.outdated(stored):
        renewed = await people.passwords.hash(asked.password)
        await tools.db.write(lambda tx: store.change(tx, found[0], {"password_hash": renewed}))
    return await begin_session(found[0], response, tools, people, cookie=asked.cookie)


@router.delete(
    "/sessions/current", status_code=status.HTTP_204_NO_CONTENT, responses=refusals(ForeignOrigin, Unauthenticated)
)
async def end_session(me: SignedIn, response: Response, tools: Tools, people: People) -> None:
    """Sign out."""
    await tools.db.write(lambda tx: store.end_session(tx, me.token_hash))
    clear_cookie(response, people)


@router.get("/me", responses=refusals(Unauthenticated))
async def read_me(me: SignedIn, tools: Tools, people: People) -> Me:
    """Oneself."""
    return await tools.db.read(lambda tx: service.me(tx, me.id, people.asks))


@router.patch("/me", responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated))
async def change_me(asked: ChangeMe, me: SignedIn, tools: Tools, people: People) -> Me:
    """Change one's display name, bio or language, or who reads what one posts."""
    values = asked.model_dump(exclude_none=True)
    protected = values.pop("protected", None)
    now = tools.clock.now()

    def work(tx: Connection) -> Me:
        if protected is not None:
            protecting.protect(tx, me.id, protected, now)
        store.change(tx, me.id, values)
        return service.me(tx, me.id, people.asks)

    return await tools.db.write(work)


@router.put(
    "/me/picture",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string", "format": "binary"}} for kind in pictures.MEDIA_TYPES},
        }
    },
    responses=refusals(
        BodyTooLarge, ForeignOrigin, PictureTooManyPixels, PictureUnreadable, Unauthenticated, UnsupportedMediaType
    ),
)
async def put_picture(request: Request, me: SignedIn, tools: Tools, people: People) -> Me:
    """Set one's picture. It is cut to a square and written anew; metadata is dropped."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() not in pictures.MEDIA_TYPES:
        raise UnsupportedMediaType("A picture is PNG, JPEG or WebP.")
    body = await read_body(request, pictures.MOST_BYTES)
    picture = await asyncio.to_thread(pictures.square, body)
    name = pictures.name_of(picture)
    await asyncio.to_thread(tools.blobs.put, pictures.blob_key(name), picture)
    return await _change(tools, people, me.id, {"picture": name})


@router.delete("/me/picture", responses=refusals(ForeignOrigin, Unauthenticated))
async def delete_picture(me: SignedIn, tools: Tools, people: People) -> Me:
    """Go without a picture."""
    return await _change(tools, people, me.id, {"picture": None})


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


@router.get("/people/{username}", responses=refusals(PersonNotFound, Unauthenticated))
async def read_profile(username: str, me: SignedIn, tools: Tools, people: People) -> Profile:
    """Somebody's page."""
    name = rules.folded(username)
    if name is None:
        raise PersonNotFound
    return await tools.db.read(lambda tx: service.profile(tx, name, me.id, people.asks))


async def begin_session(
    person: PersonId, response: Response, tools: Toolbox, people: Wiring, *, cookie: bool
) -> SignedInAs:
    """Signs `person` in, who has proved to be them."""
    token = tools.ids.token()
    now = tools.clock.now()

    def work(tx: Connection) -> Me:
        service.begin_session(tx, person, hashed(token), now)
        return service.me(tx, person, people.asks)

    me = await tools.db.write(work)
    if cookie:
        set_cookie(response, people.cookie, token)
    return SignedInAs(account=me, token=None if cookie else token)


async def _change(tools: Toolbox, people: Wiring, id: PersonId, values: dict[str, str | None]) -> Me:
    def work(tx: Connection) -> Me:
        store.change(tx, id, values)
        return service.me(tx, id, people.asks)

    return await tools.db.write(work)
