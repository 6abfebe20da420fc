"""How SQLite reads timelines: by the indexes that are made for them, however many posts there are."""

from typing import Any

import pytest
from sqlalchemy import Connection, event

from cooee.kit.db import Database
from cooee.kit.pages import Asking
from cooee.people.ids import PersonId
from cooee.posts import search, store, threads, timelines
from cooee.posts.records import PostId

_ME = PersonId("5")
_PAGE = Asking((99,), 20)


def _search(tx: Connection) -> None:
    query, id = search.matching(tx, ["tea", "gr"])
    store.page_of(tx, query.where(store.seen(_ME)), id, _PAGE)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("read", "first"),
    [
        (lambda tx: timelines.home(tx, _ME, _PAGE), "SEARCH posts USING INDEX ix_posts_home (author_id=? AND id<?)"),
        (
            lambda tx: timelines.by_author(tx, _ME, _ME, _PAGE),
            "SEARCH posts USING INDEX ix_posts_home (author_id=? AND id<?)",
        ),
        (
            lambda tx: threads.replies(tx, PostId("7"), _ME, _PAGE),
            "SEARCH posts USING INDEX ix_posts_replies (reply_to=? AND id>?)",
        ),
        (lambda tx: timelines.of_hashtag(tx, "tea", _ME, _PAGE), "SEARCH hashtags USING COVERING INDEX"),
        (_search, "SCAN post_search VIRTUAL TABLE INDEX"),
    ],
)
def test_a_page_is_read_by_its_index(database: Database, read: Any, first: str) -> None:
    asked: list[tuple[str, Any]] = []

    def plan(tx: Connection) -> list[str]:
        event.listen(tx, "before_cursor_execute", lambda _c, _k, sql, values, *_: asked.append((sql, values)))
        read(tx)
        sql, values = asked[-1]
        return [row.detail for row in tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", values)]

    steps = database.read_now(plan)
    assert steps[0].startswith(first)
