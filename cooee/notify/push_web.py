"""The routes of push subscriptions."""

from typing import Annotated

from fastapi import APIRouter, Path, status

from cooee.kit.errors import ForeignOrigin, InvalidRequest, TooManyRequests, Unauthenticated
from cooee.kit.http import NotFetched
from cooee.kit.ids import DECIMAL_PATTERN
from cooee.kit.problems import refusals
from cooee.kit.web import Toolbox, Tools
from cooee.notify import devices
from cooee.notify.devices import Keys
from cooee.notify.errors import EndpointRefused, PushKeysUnreadable
from cooee.notify.pushing import wrong_with
from cooee.notify.shapes import NewSubscription, Subscription, Subscriptions
from cooee.notify.wiring import Notify, Wiring
from cooee.people.session import Account, SignedIn

router = APIRouter(prefix="/push-subscriptions", tags=["notices"])


@router.get("", responses=refusals(Unauthenticated))
async def list_subscriptions(me: SignedIn, tools: Tools, notify: Notify) -> Subscriptions:
    """Where one is pushed to, and the key by which browsers know this instance."""
    return await _listed(me, tools, notify)


@router.put(
    "",
    responses=refusals(
        EndpointRefused, ForeignOrigin, InvalidRequest, PushKeysUnreadable, TooManyRequests, Unauthenticated
    ),
)
async def subscribe(asked: NewSubscription, me: SignedIn, tools: Tools, notify: Notify) -> Subscriptions:
    """Be pushed to in this browser, until this session ends."""
    await tools.attempt(notify.push_limit, "push", me.id)
    keys = Keys(asked.keys.p256dh, asked.keys.auth)
    match wrong_with(asked.endpoint, keys):
        case "endpoint":
            raise EndpointRefused
        case "keys":
            raise PushKeysUnreadable
    try:
        await notify.pusher.check_endpoint(asked.endpoint)
    except NotFetched:
        raise EndpointRefused from None
    now = tools.clock.now()
    await tools.db.write(lambda tx: devices.add(tx, me.id, me.token_hash, asked.endpoint, keys, tools.ids, now))
    return await _listed(me, tools, notify)


@router.delete(
    "/{id}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=refusals(ForeignOrigin, InvalidRequest, Unauthenticated),
)
async def unsubscribe(id: Annotated[str, Path(pattern=DECIMAL_PATTERN)], me: SignedIn, tools: Tools) -> None:
    """Be pushed to there no longer."""
    await tools.db.write(lambda tx: devices.remove(tx, me.id, id))


async def _listed(me: Account, tools: Toolbox, notify: Wiring) -> Subscriptions:
    found = await tools.db.read(lambda tx: devices.listed(tx, me.id))
    items = [
        Subscription(
            id=one.id,
            browser=one.browser,
            system=one.system,
            current=one.session == me.token_hash,
            created_at=one.created_at,
            reached_at=one.reached_at,
        )
        for one in found
    ]
    return Subscriptions(key=notify.pusher.public_key, items=items)
