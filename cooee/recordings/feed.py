"""A host's public replays as a podcast: RSS 2.0, with the names that podcast players look for."""

from collections.abc import Collection, Sequence
from xml.etree import ElementTree as ET

from cooee.people.shapes import Person
from cooee.recordings import vtt
from cooee.recordings.shapes import audio_url, captions_url, rfc822
from cooee.recordings.store import Recording
from cooee.spaces.state import Space, SpaceId

MEDIA_TYPE = "application/rss+xml"
MOST = 100
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"
_ATOM = "http://www.w3.org/2005/Atom"
_PODCAST = "https://podcastindex.org/namespace/1.0"


def rss(
    host: Person,
    replays: Sequence[tuple[Space, Recording]],
    captioned: Collection[SpaceId],
    site_url: str,
    address: str,
) -> bytes:
    """The feed; `address` is its own, and of `captioned` Spaces there is something to read."""
    ET.register_namespace("itunes", _ITUNES)
    ET.register_namespace("atom", _ATOM)
    ET.register_namespace("podcast", _PODCAST)
    root = ET.Element("rss", version="2.0")
    channel = ET.SubElement(root, "channel")
    page = f"{site_url}/people/{host.username}"
    _add(channel, "title", host.display_name)
    _add(channel, "link", page)
    _add(channel, "description", f"Spaces of {host.display_name}, to be heard again.")
    ET.SubElement(channel, f"{{{_ATOM}}}link", href=address, rel="self", type=MEDIA_TYPE)
    _add(channel, f"{{{_ITUNES}}}author", host.display_name)
    _add(channel, f"{{{_ITUNES}}}explicit", "false")
    picture = site_url + (host.picture_url or "/icon-512.png")
    ET.SubElement(channel, f"{{{_ITUNES}}}image", href=picture)
    for space, recording in replays:
        item = _item(channel, space, recording, site_url)
        if space.id in captioned:
            words = {"url": site_url + captions_url(space.id), "type": vtt.MEDIA_TYPE}
            ET.SubElement(item, f"{{{_PODCAST}}}transcript", words)
    text: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return text


def _item(channel: ET.Element, space: Space, recording: Recording, site_url: str) -> ET.Element:
    item = ET.SubElement(channel, "item")
    page = f"{site_url}/spaces/{space.id}"
    _add(item, "title", space.title)
    _add(item, "link", page)
    ET.SubElement(item, "guid", isPermaLink="true").text = page
    _add(item, "pubDate", rfc822(space.started_at))
    _add(item, "description", ", ".join(space.topics) or space.title)
    _add(item, f"{{{_ITUNES}}}duration", str(recording.duration_ms // 1000))
    audio = {"url": site_url + audio_url(space.id), "length": str(recording.size), "type": "audio/ogg"}
    ET.SubElement(item, "enclosure", audio)
    return item


def _add(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _clean(text)


def _clean(text: str) -> str:
    """Without what XML 1.0 cannot hold."""
    return "".join(sign for sign in text if sign in "\t\n\r" or ord(sign) >= 32)
