"""The door: everything that a client needs to be in a Space, each address good for opening one thing."""

from datetime import timedelta
from urllib.parse import urlsplit

from fastapi import Request

from cooee.kit.clock import Clock
from cooee.kit.grants import LIFETIME, Grant, sign
from cooee.media.edge import feed_url
from cooee.spaces import shapes, views
from cooee.spaces.live import Entrance
from cooee.spaces.wiring import Wiring


def door(
    entrance: Entrance, request: Request, wiring: Wiring, clock: Clock, public_url: str | None, device: str
) -> shapes.Door:
    """The door for somebody who was let in; `device` is the session with which they asked, "" a guest's."""
    space, participant = entrance.space, entrance.participant
    own = views.own(space, participant)
    # The engine counts whole seconds.
    expires_at = (clock.now() + LIFETIME + timedelta(seconds=1)).replace(microsecond=0)

    def grant(door: str) -> str:
        given = Grant(
            topic=f"space:{space.id}",
            participant=participant,
            door=door,
            audiences=tuple(views.audiences(space, participant)),
            epoch=space.access_epoch,
            expires=expires_at,
            device="" if door == "feed" else device,
        )
        return sign(wiring.grant_key, given)

    site = site_of(request, public_url)
    host = request.headers.get("host", "localhost")
    return shapes.Door(
        participant_id=participant,
        role=own.role,
        muted=own.muted,
        session=own.session,
        space=entrance.shape,
        blocked_on_stage=entrance.blocked,
        feed_url=feed_url(wiring.edge_public_url, wiring.live.media.edge_port, host, grant("feed")),
        whep_url=f"{site}/whep/{space.id}?grant={grant('whep')}",
        whip_url=f"{site}/whip/{space.id}?grant={grant('whip')}" if own.role != "listener" else None,
        ice_servers=_ice_servers(wiring),
        expires_at=expires_at,
    )


def _ice_servers(wiring: Wiring) -> tuple[shapes.IceServer, ...]:
    return (shapes.IceServer(urls=wiring.stun_urls),) if wiring.stun_urls else ()


def site_of(request: Request, public_url: str | None) -> str:
    """Where this client reaches us, by https if the site is open so."""
    host = request.headers.get("host", "localhost")
    public = urlsplit(public_url or "")
    scheme = "https" if public.scheme == "https" and public.netloc == host else request.url.scheme
    return f"{scheme}://{host}"
