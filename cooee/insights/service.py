"""What people thought: one unit of work each."""

from datetime import datetime

from sqlalchemy import Connection

from cooee.insights import store
from cooee.insights.errors import NothingSaid
from cooee.insights.shapes import About, FeedbackPage, SaidFeedback, SoundOf, SpaceSpokenOf, TellUs
from cooee.insights.store import Said
from cooee.kit.ids import Ids
from cooee.kit.pages import Asking, cursor_of, cut
from cooee.people import service as people
from cooee.people.ids import PersonId
from cooee.people.questions import Questions
from cooee.people.shapes import Person
from cooee.spaces import heard
from cooee.spaces import store as spaces
from cooee.spaces.heard import Sound
from cooee.spaces.state import Space


def tell(tx: Connection, ids: Ids, person: PersonId, asked: TellUs, now: datetime) -> None:
    """Takes down what somebody thinks of the site.

    Raises:
        NothingSaid
    """
    if asked.stars is None and not asked.note:
        raise NothingSaid
    store.tell(tx, ids, person, asked.stars, asked.note, now)


def page(tx: Connection, asks: Questions, about: About, asking: Asking) -> FeedbackPage:
    """All feedback of one kind, with the figures of what each heard beside it. The caller has asked who reads it."""
    of_spaces = about == "spaces"
    found, last = cut((store.of_spaces if of_spaces else store.of_site)(tx, asking), asking.limit)
    faces = people.persons(tx, {said.person for said in found}, asks)
    opened = spaces.by_ids(tx, {said.space for said in found if said.space})
    sounds = heard.by(tx, [(said.space, said.person) for said in found if said.space])
    given = (store.stars_of_spaces if of_spaces else store.stars_of_site)(tx)
    return FeedbackPage(
        items=[
            _said(
                said,
                faces[said.person],
                opened[said.space] if said.space else None,
                sounds.get((said.space, said.person), []) if said.space else [],
            )
            for said in found
            if said.person in faces
        ],
        next=cursor_of(*last.place) if last else None,
        stars=[given.get(stars, 0) for stars in range(1, 6)],
    )


def _said(said: Said, person: Person, space: Space | None, sound: list[Sound]) -> SaidFeedback:
    return SaidFeedback(
        id=said.id,
        at=said.at,
        person=person,
        stars=said.stars,
        note=said.note,
        space=SpaceSpokenOf(id=space.id, title=space.title, live=space.ended is None) if space else None,
        sound=[_sound(each) for each in sound],
    )


def _sound(sound: Sound) -> SoundOf:
    return SoundOf(
        door=sound.door,
        sessions=sound.sessions,
        failed=sound.failed,
        lasted_s=sound.lasted_ms // 1000,
        packets=sound.packets,
        lost=sound.lost,
        repaired=sound.repaired,
        worst_loss_per_mille=sound.worst_loss_per_mille,
        worst_jitter_ms=sound.worst_jitter_ms,
    )
