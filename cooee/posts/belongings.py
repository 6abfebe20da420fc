"""What this domain holds of a person. Posts go with their author; the answers of others stay."""

from typing import Any

from sqlalchemy import Connection, Row, select

from cooee.kit.errors import JsonValue
from cooee.kit.pages import rfc3339
from cooee.people.belongings import Belongings, Told
from cooee.people.ids import PersonId
from cooee.posts.tables import bookmarks, likes, posts


def tell(tx: Connection, person: PersonId) -> Told:
    """What somebody wrote and passed on, and the ids of what they liked and noted."""
    wrote = tx.execute(select(posts).where(posts.c.author_id == person).order_by(posts.c.id))
    told: dict[str, JsonValue] = {"posts": [_post(row) for row in wrote]}
    for name, table in (("likes", likes), ("bookmarks", bookmarks)):
        rows = tx.execute(select(table).where(table.c.person_id == person).order_by(table.c.created_at))
        told[name] = [{"post": row.post_id, "at": rfc3339(row.created_at)} for row in rows]
    return told


def _post(row: Row[Any]) -> JsonValue:
    return {
        "id": row.id,
        "text": row.text,
        "created_at": rfc3339(row.created_at),
        "attachment": f"{row.attachment_kind}:{row.attachment_id}" if row.attachment_kind else None,
        "reply_to": row.reply_to,
        "repost_of": row.repost_of,
    }


BELONGINGS = Belongings(tell)
