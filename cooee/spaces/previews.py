"""What others' pages show of a Space whose link somebody pasted: as much as anybody sees who opens the link."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from cooee.kit.errors import Refusal
from cooee.kit.previews import Preview
from cooee.people import relations
from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.spaces import store
from cooee.spaces.ahead import Ahead
from cooee.spaces.rules import gates
from cooee.spaces.state import SpaceId


@dataclass(frozen=True)
class Shown:
    """A Space that anybody may see, and whose it is."""

    id: SpaceId
    title: str
    topics: Sequence[str]
    host: Person
    state: str
    listed: bool


def shown(tx: Connection, ahead: Ahead, asks: Questions, id: SpaceId) -> Shown | None:
    """The Space as somebody without an account sees it; None for those who would find nothing."""
    space = store.space(tx, id)
    if space is None:
        return _shown_ahead(tx, ahead, id)
    if not gates.is_visible(space, None) or relations.is_gone(tx, space.owner):
        return None
    host = people.persons(tx, [PersonId(space.host)], asks)[space.host]
    state = "ended" if space.ended else "live"
    return Shown(id, space.title, space.topics, host, state, space.audience == "public")


def preview(shown: Shown) -> Preview:
    """The Space at a glance."""
    return Preview(
        title=shown.title,
        description=_says(shown),
        path=f"/spaces/{shown.id}",
        picture=shown.host.picture_url,
        listed=shown.listed,
        embeds=True,
    )


def _shown_ahead(tx: Connection, ahead: Ahead, id: SpaceId) -> Shown | None:
    try:
        space = ahead.seen(tx, id, None)
    except Refusal:
        return None
    return Shown(id, space.title, space.topics, space.host, space.state, space.audience == "public")


def _says(shown: Shown) -> str:
    name = shown.host.display_name
    about = f" About {', '.join(shown.topics)}." if shown.topics else ""
    match shown.state:
        case "live":
            return f"Live now with {name}.{about} Listen in your browser."
        case "scheduled":
            return f"A Space by {name}, soon.{about} Set a reminder."
        case "canceled":
            return f"A Space by {name}. It was canceled."
        case _:
            return f"A Space by {name}. It is over."
