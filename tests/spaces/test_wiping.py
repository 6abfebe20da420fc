"""What was written in a room is nowhere in the database's files a day after its end. The test reads the files."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select

from cooee.captions import belongings
from cooee.captions import store as captions
from cooee.kit.clock import SettableClock
from cooee.kit.db import Database
from cooee.kit.outbox import outbox
from cooee.media.engine import Presence
from cooee.moderation.store import KEPT
from cooee.moderation.tables import cases
from cooee.spaces import facts
from cooee.spaces.jobs import heard
from cooee.spaces.room_messages import jobs
from cooee.spaces.tables import room_messages
from tests.raw_files import held
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.visitor import Visitor

pytestmark = pytest.mark.anyio

SECRETS = (
    b"quokka-to-the-room",
    b"quokka-to-the-host",
    b"quokka-taken-away",
    b"quokka-held-back",
    b"quokka-let-through",
    b"quokka-once",
    b"quokka-my-question",
    b"quokka-why-i-am-on-stage",
    b"quokka-captioned",
    b"quokka-reported",
)


@pytest.fixture
def changed_settings(changed_settings: dict[str, Any]) -> dict[str, Any]:
    return {**changed_settings, "words_held": ["hush"]}


def found(database: Database) -> set[bytes]:
    files = held(database)
    return {secret for secret in SECRETS if secret in files}


async def done(house: House, topic: str) -> None:
    """Waits until the node's worker has done this."""

    def waits(tx: Connection) -> bool:
        return tx.execute(select(outbox.c.id).where(outbox.c.topic == topic)).first() is not None

    async with asyncio.timeout(30):
        while await house.tools.db.read(waits):
            await asyncio.sleep(0.05)


async def test_a_day_after_the_end_no_file_holds_what_was_written(house: House, clock: SettableClock) -> None:
    db = house.tools.db
    id = await house.place(rooms.busy())
    # Another room goes on, and keeps what is its own.
    other = await house.place(rooms.busy())
    await heard(house.live, Presence(other, (rooms.HOST,), (), 1))
    await house.host.post(f"spaces/{other}/messages", {"text": "still here"})
    for visitor in (house.listener, house.stranger):
        await visitor.post(f"spaces/{id}/join")
    for number in range(50):
        clock.advance(timedelta(milliseconds=10))
        await house.listener.post(f"spaces/{id}/messages", {"text": f"quokka-to-the-room {number}"})
    await house.listener.post(f"spaces/{id}/messages", {"text": "quokka-to-the-host", "to_host": True})
    gone = await house.listener.post(f"spaces/{id}/messages", {"text": "quokka-taken-away"})
    await house.listener.delete(f"spaces/{id}/messages/{gone['id']}")
    await house.listener.post(f"spaces/{id}/messages", {"text": "hush: quokka-held-back"})
    kept = await house.listener.post(f"spaces/{id}/messages", {"text": "hush: quokka-let-through"})
    assert kept["held"]
    await house.host.post(f"spaces/{id}/messages/{kept['id']}/release")
    # Answers by key are kept for a day; a message to a room has none.
    once = {"json": {"text": "quokka-once"}, "headers": {"idempotency-key": "quokka-once"}}
    assert (await house.listener.send("POST", f"spaces/{id}/messages", **once)).is_success
    await house.stranger.post(f"spaces/{id}/requests", {"question": "quokka-my-question"})
    await house.outsider.post(f"spaces/{id}/requests", {"question": "quokka-why-i-am-on-stage"})
    await house.host.post(f"spaces/{id}/requests/{rooms.OUTSIDER}/accept")
    await noticed(house.outsider)
    line = captions.Line(id, 0, rooms.SPEAKER, "quokka-captioned", clock.now())
    await db.write(lambda tx: captions.add(tx, line))
    copy = await db.read(lambda tx: belongings.tell(tx, rooms.SPEAKER))
    assert "quokka" not in str(copy), "a copy of one's data would outlive the room"
    rude = await house.listener.post(f"spaces/{id}/messages", {"text": "quokka-reported"})
    await house.speaker.post("reports", {"about": "room_message", "id": rude["id"], "reason": "abuse"})
    assert len(found(db)) >= 7, "the test knows where to look"

    await house.host.post(f"spaces/{id}/end")
    await done(house, facts.WIPE)
    left = await db.read(lambda tx: list(tx.execute(select(room_messages.c.text)).scalars()))
    assert left == ["still here"]
    clock.advance(timedelta(hours=1))
    await done(house, jobs.SCRUB)
    assert found(db) == {b"quokka-reported"}
    assert await excerpts(house) == ["quokka-reported"], "moderators have it, and nobody else"

    clock.advance(KEPT)
    async with asyncio.timeout(30):
        while await excerpts(house) != [""]:
            await asyncio.sleep(0.05)
    clock.advance(timedelta(hours=1))
    await done(house, jobs.SCRUB)
    assert found(db) == set()


async def noticed(visitor: Visitor) -> None:
    """Waits until somebody was told that they have a seat."""
    async with asyncio.timeout(30):
        while "accepted" not in [one["kind"] for one in (await visitor.get("notices"))["items"]]:
            await asyncio.sleep(0.05)


async def excerpts(house: House) -> list[str]:
    """What was reported, as moderators have it."""
    return await house.tools.db.read(lambda tx: list(tx.execute(select(cases.c.excerpt)).scalars()))
