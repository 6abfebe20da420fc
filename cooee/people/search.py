"""People by their names: every word of the question begins a word of theirs, in any case, with or without accents."""

from collections.abc import Iterable

from sqlalchemy import Connection, and_, delete, exists, insert, select

from cooee.kit.words import begins_with, words
from cooee.people import relations
from cooee.people.ids import PersonId
from cooee.people.tables import follows, people, person_words


def note(tx: Connection, named: Iterable[tuple[PersonId, str, str]]) -> None:
    """Has new people found: id, username and name of each."""
    rows = [{"word": word, "person_id": id} for id, username, name in named for word in words(f"{username} {name}")]
    if rows:
        tx.execute(insert(person_words), rows)


def note_anew(tx: Connection, id: PersonId) -> None:
    """Has somebody found by the names that they have now."""
    tx.execute(delete(person_words).where(person_words.c.person_id == id))
    rows = tx.execute(select(people.c.username, people.c.display_name).where(people.c.id == id))
    note(tx, [(id, row.username, row.display_name) for row in rows])


def found(tx: Connection, viewer: PersonId, question: str, most: int) -> list[PersonId]:
    """Who is meant: those whom the viewer follows first, then the best known. Nobody in a block, nobody for nothing."""
    asked = words(question)
    if not asked:
        return []
    followed = exists().where(follows.c.follower_id == viewer, follows.c.followed_id == people.c.id)
    named = [
        exists().where(and_(person_words.c.person_id == people.c.id, begins_with(person_words.c.word, word)))
        for word in asked
    ]
    query = (
        select(people.c.id)
        .where(*named, people.c.id != viewer, relations.there(people))
        .where(~relations.apart_from(viewer, people.c.id))
        .order_by(followed.desc(), people.c.followers.desc(), people.c.id)
        .limit(most)
    )
    return [row.id for row in tx.execute(query)]
