"""A town of a hundred thousand people who said a million things, straight into the database, the same each time."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, islice
from random import Random
from typing import Any

from sqlalchemy import Table

from cooee.kit.clock import to_ms
from cooee.kit.db import Database
from cooee.kit.ids import FIRST_MS
from cooee.people.tables import follows, people
from cooee.posts.tables import hashtags, likes, post_words, posts

PEOPLE = 100_000
POSTS = 1_000_000
FANS = 50_000
"""Followers of the first person, the star."""
FOLLOWS = 20
"""How many each of the others follows at least."""
KEEN = 100
"""People who follow far more."""
KEEN_FOLLOWS = 2_000
_WORDS = 20_000
_WORDS_SAID = 8
_ANSWERS, _REPOSTS = 0.15, 0.05
"""Shares of what is said."""
_LOVED, _LIKES = 5, 20_000
_SPAN = timedelta(days=365)
_RANDOM_BITS = 22
_ROWS = 50_000


@dataclass(frozen=True)
class Town:
    """Who lives there. Ids are those of the tables: numbers."""

    now: datetime
    star: int
    keen: Sequence[int]
    others: Sequence[int]
    vocabulary: Sequence[str]
    """Words, the most said first."""


def settle(database: Database, now: datetime) -> Town:
    """Fills an empty database."""
    random = Random(4)
    ids = list(range(1, PEOPLE + 1))
    vocabulary = _vocabulary(random)
    town = Town(now, ids[0], ids[1 : KEEN + 1], ids[KEEN + 1 :], vocabulary)
    with _Loader(database) as loader:
        loader.load(people, _residents(now, ids))
        loader.load(follows, _follows(random, town))
        stars: list[int] = []
        everything = _said(random, vocabulary, now)
        while batch := list(islice(everything, _ROWS)):
            own = [said for said in batch if not said.repost_of]
            loader.load(posts, map(_row_of, batch))
            loader.load(post_words, ((said.id, " ".join(said.words)) for said in own))
            loader.load(hashtags, ((said.tag, said.id, said.tag) for said in own if said.tag))
            stars += [said.id for said in own if said.author == town.star and not said.reply_to]
        loader.load(likes, _loved(town, stars))
    return town


class _Loader:
    """Rows by the hundred thousand: `COPY` on PostgreSQL, prepared statements in one transaction on SQLite."""

    def __init__(self, database: Database) -> None:
        self._connection = database.writer.raw_connection()
        self._is_sqlite = database.is_sqlite

    def __enter__(self) -> "_Loader":
        if self._is_sqlite:
            self._connection.cursor().execute("PRAGMA synchronous = OFF")
        return self

    def __exit__(self, *_failed: object) -> None:
        cursor = self._connection.cursor()
        # PostgreSQL does so by itself, some minutes later.
        if not self._is_sqlite:
            cursor.execute("ANALYZE")
            self._connection.commit()
        else:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            cursor.execute("PRAGMA synchronous = NORMAL")
        self._connection.close()

    def load(self, table: Table, rows: Iterable[Sequence[Any]]) -> None:
        columns = ", ".join(column.name for column in table.c)
        cursor = self._connection.cursor()
        if self._is_sqlite:
            marks = ", ".join("?" for _ in table.c)
            cursor.execute("BEGIN")
            all_rows = iter(rows)
            while some := list(islice(all_rows, _ROWS)):
                cursor.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({marks})", some)
            cursor.execute("COMMIT")
            return
        with cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        self._connection.commit()


def _row(table: Table, **values: Any) -> list[Any]:
    return [values.get(column.name) for column in table.c]


def _residents(now: datetime, ids: Sequence[int]) -> Iterator[Sequence[Any]]:
    same = {"bio": "", "language": "en", "admin": False, "protected": False, "following": FOLLOWS}
    for id in ids:
        followers = FANS if id == 1 else FOLLOWS
        name = {"username": f"resident_{id}", "display_name": f"Resident {id}"}
        yield _row(people, id=id, **name, **same, created_at=to_ms(now - _SPAN), followers=followers)


def _follows(random: Random, town: Town) -> Iterator[Sequence[Any]]:
    at = to_ms(town.now - timedelta(days=100))
    fans = set(town.others[:FANS])
    for id in (*town.keen, *town.others):
        chosen = {random.randrange(2, PEOPLE + 1) for _ in range(KEEN_FOLLOWS if id in town.keen else FOLLOWS)} - {id}
        for followed in sorted(chosen | ({town.star} if id in fans else set())):
            yield id, followed, at


@dataclass(frozen=True, slots=True)
class _Said:
    """A post of the town."""

    id: int
    author: int
    words: Sequence[str]
    reply_to: int | None
    repost_of: int | None

    @property
    def text(self) -> str:
        if self.repost_of:
            return ""
        return ("#" if self.tag else "") + " ".join(self.words)

    @property
    def tag(self) -> str | None:
        return self.words[0] if self.id >> _RANDOM_BITS & 7 == 0 and not self.repost_of else None


def _said(random: Random, vocabulary: Sequence[str], now: datetime) -> Iterator[_Said]:
    """Everything, the oldest first. Some say much and most say little; answers and re-posts are about what is new."""
    weights = list(accumulate(1 / rank for rank in range(1, len(vocabulary) + 1)))
    begin, step = to_ms(now - _SPAN) - FIRST_MS, int(_SPAN / timedelta(milliseconds=1)) / POSTS
    new: list[int] = []
    passed_on: set[tuple[int, int]] = set()
    for number in range(POSTS):
        id = int(begin + step * number) << _RANDOM_BITS
        kind = random.random() if len(new) == _ROWS else 1.0
        author = 1 + int(PEOPLE * random.random() ** 2)
        reply_to = random.choice(new) if kind < _ANSWERS else None
        repost_of = random.choice(new) if _ANSWERS <= kind < _ANSWERS + _REPOSTS else None
        if repost_of and (author, repost_of) in passed_on:
            continue
        if repost_of:
            passed_on.add((author, repost_of))
        words = list(dict.fromkeys(random.choices(vocabulary, cum_weights=weights, k=_WORDS_SAID)))
        if len(new) < _ROWS:
            new.append(id)
        elif not repost_of:
            new[number % _ROWS] = id
        yield _Said(id, author, words, reply_to, repost_of)


def _row_of(said: _Said) -> Sequence[Any]:
    at = (said.id >> _RANDOM_BITS) + FIRST_MS
    points = {"reply_to": said.reply_to, "repost_of": said.repost_of}
    return _row(posts, id=said.id, author_id=said.author, text=said.text, created_at=at, **points)


def _loved(town: Town, said: Sequence[int]) -> Iterator[Sequence[Any]]:
    """The star's latest posts are liked by very many."""
    for post in said[-_LOVED:]:
        for person in town.others[:_LIKES]:
            yield person, post, to_ms(town.now)


def _vocabulary(random: Random) -> list[str]:
    syllables = [a + b for a in "bdfgklmnprstvz" for b in "aeiou"]
    made = {"".join(random.choices(syllables, k=random.randrange(1, 5))) for _ in range(2 * _WORDS)}
    return random.sample(sorted(made), _WORDS)
