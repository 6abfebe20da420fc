"""What is ahead, as it goes over the wire."""

from pydantic import Field

from cooee.kit.pages import Asked, AskedTime, Page
from cooee.kit.zones import Zone
from cooee.people.shapes import Language
from cooee.spaces.ahead import ScheduledSpace
from cooee.spaces.shapes import Title, Topics
from cooee.spaces.state import Audience, Policy


class Upcoming(Page[ScheduledSpace]):
    """One page of what is ahead, the next first."""


class ChangeScheduled(Asked):
    """What changes; the rest stays. Who set a reminder is told of a new time."""

    title: Title | None = Field(None, description="Empty, it is named after its host")
    topics: Topics | None = None
    language: Language | None = None
    policy: Policy | None = None
    audience: Audience | None = None
    guests: bool | None = None
    record: bool | None = None
    scheduled_start: AskedTime | None = None
    zone: Zone | None = None
