"""Where others' pages ask how to embed a Space (https://oembed.com)."""

import re
from html import escape
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from cooee.kit.errors import InvalidRequest
from cooee.kit.ids import TEXT_PATTERN
from cooee.kit.pages import Shape
from cooee.kit.problems import refusals
from cooee.kit.web import Tools
from cooee.people.wiring import People
from cooee.spaces import previews
from cooee.spaces.errors import SpaceNotFound
from cooee.spaces.state import SpaceId
from cooee.spaces.wiring import Spaces

router = APIRouter()
_WIDTH, _HEIGHT = 480, 180
_NARROWEST, _LOWEST = 240, 160


class Embedding(Shape):
    """How to embed a Space, in the words of oEmbed."""

    version: Literal["1.0"]
    type: Literal["rich"]
    title: str
    author_name: str
    author_url: str
    provider_name: str
    provider_url: str
    html: str
    width: int
    height: int
    cache_age: int


@router.get("/oembed", responses=refusals(InvalidRequest, SpaceNotFound))
async def embed(
    url: Annotated[str, Query(max_length=500, description="The address of a Space's page")],
    tools: Tools,
    people: People,
    spaces: Spaces,
    maxwidth: Annotated[int, Query(ge=1, le=10_000)] = _WIDTH,
    maxheight: Annotated[int, Query(ge=1, le=10_000)] = _HEIGHT,
    format: Annotated[Literal["json"], Query()] = "json",
) -> Embedding:
    """How to embed a Space's player. Spaces that are not for everybody with the link are not found."""
    site = people.site_url
    path = re.fullmatch(f"{re.escape(site)}/spaces/({TEXT_PATTERN.strip('^$')})/?", url)
    if path is None:
        raise SpaceNotFound
    id = SpaceId(path[1])
    shown = await tools.db.read(lambda tx: previews.shown(tx, spaces.ahead, people.asks, id))
    if shown is None:
        raise SpaceNotFound
    width, height = max(_NARROWEST, min(_WIDTH, maxwidth)), max(_LOWEST, min(_HEIGHT, maxheight))
    return Embedding(
        version="1.0",
        type="rich",
        title=shown.title,
        author_name=shown.host.display_name,
        author_url=f"{site}/people/{shown.host.username}",
        provider_name=spaces.site_name,
        provider_url=site,
        html=_frame(f"{site}/embed/spaces/{id}", shown.title, width, height),
        width=width,
        height=height,
        cache_age=60,
    )


def _frame(address: str, title: str, width: int, height: int) -> str:
    return (
        f'<iframe src="{escape(address)}" title="{escape(title)}" width="{width}" height="{height}" '
        'style="border:0;border-radius:16px;max-width:100%" allow="autoplay" loading="lazy"></iframe>'
    )
