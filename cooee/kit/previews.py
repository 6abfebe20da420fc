"""What others' pages show of a link to ours: Open Graph tags in the page's head, read by programs without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Literal
from urllib.parse import quote


@dataclass(frozen=True)
class Preview:
    """A page at a glance, as anybody may see it who has its address."""

    title: str
    description: str
    path: str
    """Of the page, from the site's root."""
    picture: str | None = None
    """The path of a picture; without one, the site's own stands there."""
    is_wide: bool = False
    """The picture was drawn for this, 1200 by 630 pixels, and says all that the words say."""
    kind: Literal["website", "profile"] = "website"
    listed: bool = True
    """False: search engines leave it out."""
    audio: str | None = None
    """The path of an audio file (Ogg Opus) that can be played in its place."""
    embeds: bool = False
    """There is an answer for it at `/api/v1/oembed`."""


def head(preview: Preview, site_name: str, site_url: str) -> str:
    """The tags for the page's `<head>`, with everything escaped that people wrote."""
    return "".join(_tags(preview, site_name, site_url))


def _tags(preview: Preview, site_name: str, site_url: str) -> Iterator[str]:
    address = site_url + preview.path
    properties = {
        "og:site_name": site_name,
        "og:type": preview.kind,
        "og:title": preview.title,
        "og:description": preview.description,
        "og:url": address,
        "og:image": site_url + (preview.picture or "/icon-512.png"),
    }
    if preview.is_wide:
        properties |= {"og:image:width": "1200", "og:image:height": "630", "og:image:alt": preview.title}
    if preview.audio:
        properties |= {"og:audio": site_url + preview.audio, "og:audio:type": "audio/ogg"}
    for name, value in properties.items():
        yield f'<meta property="{name}" content="{escape(value)}" />'
    card = "summary_large_image" if preview.is_wide else "summary"
    yield f'<meta name="twitter:card" content="{card}" />'
    if not preview.listed:
        yield '<meta name="robots" content="noindex" />'
    if preview.embeds:
        answer = f"{site_url}/api/v1/oembed?url={quote(address, safe='')}"
        title = escape(preview.title)
        yield f'<link rel="alternate" type="application/json+oembed" href="{escape(answer)}" title="{title}" />'
