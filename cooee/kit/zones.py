"""Time zones, as the IANA database names them."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, Field

_NO_PLACES = ("Factory", "localtime")
"""In the database's files, and yet nowhere: no browser knows them, and the second is what this machine is set to."""


def _known(name: str) -> str:
    if name not in available_timezones() or name in _NO_PLACES:
        raise ValueError("no time zone of the IANA database")
    return name


Zone = Annotated[str, Field(max_length=60, examples=["Europe/Istanbul"]), AfterValidator(_known)]


def told(moment: datetime, zone: str | None) -> str:
    """A moment as it is read in this zone, which it names: by its city, else by how far it is from UTC."""
    local = moment.astimezone(_found(zone))
    return f"{local:%d %b %Y, %H:%M} {_name(local, zone or '')}"


def told_abroad(moment: datetime, zone: str) -> str:
    """`told` for those who may live in another zone: they read how far it is from UTC, too."""
    said, offset = told(moment, zone), _offset(moment.astimezone(_found(zone)))
    return said if said.endswith(offset) else f"{said} ({offset})"


def _found(zone: str | None) -> ZoneInfo:
    try:
        return ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        # The database forgets zones, too.
        return ZoneInfo("UTC")


def _name(local: datetime, zone: str) -> str:
    region, _, city = zone.rpartition("/")
    if region and region != "Etc" and getattr(local.tzinfo, "key", "") == zone:
        return f"{city.replace('_', ' ')} time"
    return _offset(local)


def _offset(local: datetime) -> str:
    offset = f"{local:%z}"
    return "UTC" if offset == "+0000" else f"UTC{offset[:3]}:{offset[3:]}"
