"""Calendar files (RFC 5545): one Space, or all that a host announces."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from icalendar import Calendar, Event

from cooee.people.ids import PersonId
from cooee.people.shapes import Person
from cooee.schedule.state import Scheduled

MEDIA_TYPE = "text/calendar; charset=utf-8"
_LENGTH = timedelta(hours=1)
"""Nobody knows how long people will talk; a calendar wants to be told."""


def calendar(name: str, shown: Iterable[Scheduled], hosts: Mapping[PersonId, Person], site_url: str) -> bytes:
    """The calendar file; a Space has the same UID for as long as it exists, and a higher SEQUENCE after a change."""
    file = Calendar()
    file.add("prodid", "-//Cooee//Spaces//EN")
    file.add("version", "2.0")
    file.add("method", "PUBLISH")
    file.add("x-wr-calname", name)
    for scheduled in shown:
        file.add_component(_event(scheduled, hosts[scheduled.host], site_url))
    written: bytes = file.to_ical()
    return written


def _event(scheduled: Scheduled, host: Person, site_url: str) -> Event:
    link = f"{site_url}/spaces/{scheduled.id}"
    event = Event()
    event.add("uid", f"{scheduled.id}@{urlsplit(site_url).hostname}")
    event.add("dtstamp", scheduled.changed_at)
    event.add("created", scheduled.made_at)
    event.add("last-modified", scheduled.changed_at)
    event.add("dtstart", scheduled.when.at)
    event.add("dtend", scheduled.when.at + _LENGTH)
    event.add("summary", scheduled.plan.title)
    event.add("description", f"{host.display_name} (@{host.username})\n{link}")
    event.add("url", link)
    event.add("sequence", scheduled.sequence)
    event.add("status", "CANCELLED" if scheduled.state == "canceled" else "CONFIRMED")
    if scheduled.plan.topics:
        event.add("categories", list(scheduled.plan.topics))
    return event
