"""What is told of a post by the outbox: nothing of most."""

import pytest
from sqlalchemy import Connection, select

from cooee.kit.db import Database
from cooee.kit.ids import Ids
from cooee.kit.outbox import outbox
from cooee.people.ids import PersonId
from cooee.posts import facts, service
from cooee.posts.shapes import NewPost
from tests.people.settled import NOW, settle

pytestmark = pytest.mark.anyio


async def test_a_post_is_told_of_only_while_its_author_is_on_stage(database: Database, ids: Ids) -> None:
    def work(tx: Connection) -> list[str]:
        quiet, speaker = settle(tx, "quiet", "speaker")

        def on_stage(_tx: Connection, person: PersonId) -> bool:
            return person == speaker

        for author in (quiet, speaker):
            service.write_post(tx, author, NewPost(text="Hello"), ids, NOW, lambda *_: {}, on_stage)
        return [row.payload["by"] for row in tx.execute(select(outbox).where(outbox.c.topic == facts.WRITTEN))]

    assert await database.write(work) == ["2"]
