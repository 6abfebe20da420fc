"""Ids of what is somebody else's, in every address that takes one: refused, or without effect on what is theirs."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, insert

from cooee.people import store as people_store
from cooee.people.sign_in import invitations
from cooee.people.sign_in.invitations import Wish
from cooee.people.sign_in.tables import passkeys
from cooee.recordings.tables import clips, recordings
from cooee.spaces.rules.presence import Present
from cooee.spaces.rules.room import End
from cooee.spaces.state import SpaceId
from cooee.tickets.tables import offers, sales
from tests.people.everything import held
from tests.spaces import conftest as spaces
from tests.spaces import rooms
from tests.spaces.conftest import House
from tests.spaces.test_doors import SPEAK

pytestmark = pytest.mark.anyio

house = spaces.house
changed_settings = spaces.changed_settings
# Attempts are counted, whoever makes them, and work goes on.
PASSING = {"attempts", "outbox"}


@dataclass(frozen=True)
class Theirs:
    """What others have, by what an address calls it."""

    live: SpaceId
    over: SpaceId
    ids: Mapping[str, str]
    key: str


@pytest.fixture
async def theirs(house: House) -> Theirs:
    """One of each: of the host's, of a speaker's, and of somebody's who asks."""
    now = house.tools.clock.now()
    # Everybody is away already, so that the node has nothing to note meanwhile.
    quiet = rooms.seen(rooms.busy(), Present(frozenset()))
    live, selling = await house.place(quiet), await house.place(quiet)
    over = await house.place(rooms.done(replace(rooms.busy(), audience="invited"), End()))
    soon = {"scheduled_start": (now + timedelta(days=1)).isoformat()}
    public = (await house.host.post("spaces", {"title": "Tea", **soon}))["id"]
    private = (await house.host.post("spaces", {"title": "Cake", "audience": "invited", **soon}))["id"]
    await house.asker.put(f"spaces/{public}/reminder")
    await house.asker.post("reports", {"about": "person", "id": rooms.SPEAKER, "reason": "spam"})
    talk = (await house.host.post("conversations", {"person": rooms.SPEAKER}))["id"]
    said = (await house.host.post(f"conversations/{talk}/messages", {"text": "Between us"}))["id"]
    key = (await house.speaker.post(f"spaces/{live}/stream-key"))["key"]
    (device,) = (await house.host.get("sessions"))["items"]

    def settle(tx: Connection) -> str:
        recorded = {"space_id": over, "owner_id": rooms.HOST, "state": "ready", "token": "t", "made_at": now}
        length = {"duration_ms": 60_000, "size": 1, "peaks": [], "chapters": {}}
        tx.execute(insert(recordings).values(**recorded, **length))
        cut = {"id": "1GdTjE1ILTsCQ", "space_id": over, "by_id": rooms.SPEAKER, "title": "", "at": now}
        tx.execute(insert(clips).values(**cut, start_ms=0, duration_ms=1000))
        shown = {"credential_id": b"c", "handle": b"h", "public_key": b"k", "sign_count": 0, "name": "Phone"}
        tx.execute(insert(passkeys).values(id="77", person_id=rooms.HOST, created_at=now, **shown))
        offer = {"space_id": selling, "host_id": rooms.HOST, "currency": "usd", "price": 500, "seats": 9}
        tx.execute(insert(offers).values(**offer, state="open", made_at=now))
        sold = {"host_id": rooms.HOST, "buyer_id": rooms.SPEAKER, "holder_id": rooms.SPEAKER}
        paid = {"currency": "usd", "amount": 500, "fee": 15, "rate": 1, "state": "paid", "made_at": now}
        tx.execute(insert(sales).values(id="1GdTjE1ILSALE", kind="ticket", space_id=selling, **sold, **paid))
        # Who has no other way in is refused to take away any passkey, their own too.
        people_store.change(tx, rooms.STRANGER, {"password_hash": "hash"})
        return invitations.make(tx, rooms.HOST, Wish(1, timedelta(days=1), ""), house.tools.ids, now).id

    invitation = await house.tools.db.write(settle)
    rows = await everything(house)
    ids = {
        "public": public,
        "private": private,
        "selling": selling,
        "talk": talk,
        "said": said,
        "device": device["id"],
        "invitation": invitation,
        "case": next(row["id"] for table, row in rows if table == "cases"),
        "clip": "1GdTjE1ILTsCQ",
        "passkey": "77",
        "sale": "1GdTjE1ILSALE",
    }
    return Theirs(live, over, ids, key)


async def everything(house: House) -> list[tuple[str, dict[str, Any]]]:
    """All that the database holds."""
    rows = await house.tools.db.read(lambda tx: [(table.name, dict(row)) for table, row in held(tx)])
    return [(table, row) for table, row in rows if table not in PASSING]


REFUSED: list[tuple[str, str, Any]] = [
    ("GET", "clips/{clip}", None),
    ("GET", "clips/{clip}/audio", None),
    ("GET", "clips/{clip}/card.png", None),
    ("DELETE", "clips/{clip}", None),
    ("GET", "spaces/{over}/replay", None),
    ("GET", f"spaces/{{over}}/replay/tracks/{rooms.SPEAKER}", None),
    ("DELETE", "spaces/{over}/replay", None),
    ("POST", "spaces/{over}/clips", {"title": "", "start_ms": 0, "length_ms": 1000}),
    ("GET", "moderation/cases/{case}", None),
    ("POST", "moderation/cases/{case}/decision", {"decision": "dismiss"}),
    ("POST", "moderation/cases/{case}/entry", None),
    ("DELETE", f"moderation/people/{rooms.SPEAKER}/suspensions/account", None),
    ("PUT", f"moderation/moderators/{rooms.STRANGER}", None),
    ("POST", "spaces/{live}/stream-key", None),
    ("PUT", "spaces/{private}/reminder", None),
    ("PATCH", "spaces/{public}/schedule", {"title": "Mine"}),
    ("POST", "spaces/{public}/cancel", None),
    ("POST", "spaces/{public}/start", None),
    ("POST", "spaces/{private}/start", None),
    ("DELETE", "signup-invitations/{invitation}", None),
    ("PATCH", "me/passkeys/{passkey}", {"name": "Mine"}),
    ("DELETE", "me/passkeys/{passkey}", None),
    ("GET", "conversations/{talk}", None),
    ("GET", "conversations/{talk}/messages", None),
    ("POST", "conversations/{talk}/messages", {"text": "Hello"}),
    ("PUT", "conversations/{talk}/read", {"message": "1"}),
    ("POST", "conversations/{talk}/accept", None),
    ("POST", "conversations/{talk}/decline", None),
    ("DELETE", "conversations/{talk}", None),
    ("DELETE", "messages/{said}", None),
    ("POST", "reports", {"about": "message", "id": "{said}", "reason": "spam"}),
    ("GET", "me/tickets/{sale}", None),
    ("GET", "spaces/{selling}/tickets/sold", None),
    ("POST", "spaces/{selling}/tickets/sold/{sale}/refund", None),
    ("PUT", "spaces/{selling}/tickets/codes/FREE", {"per_cent": 100, "uses": 9}),
    ("DELETE", "spaces/{selling}/tickets/codes/FREE", None),
    ("DELETE", "spaces/{selling}/tickets", None),
    ("GET", "spaces/{live}/analytics", None),
    ("GET", "spaces/{live}/log", None),
]
# One's own is taken away: that there is none is no error, and what others have stays.
SILENT = [
    ("DELETE", "spaces/{live}/stream-key"),
    ("DELETE", "spaces/{public}/reminder"),
    ("DELETE", "sessions/{device}"),
]


async def test_what_is_somebodys_is_nobody_elses(house: House, theirs: Theirs) -> None:
    ids = {**theirs.ids, "live": theirs.live, "over": theirs.over}

    def filled(body: Any) -> Any:
        return {name: ids.get(str(value).strip("{}"), value) for name, value in body.items()}

    before = await everything(house)
    for method, path, body in REFUSED:
        parts = {} if body is None else {"json": filled(body)}
        status, code = await house.stranger.refused(method, f"{path.format(**ids)}", **parts)
        assert status in (403, 404), (method, path, status, code)
        assert await everything(house) == before, (method, path)
    for method, path in SILENT:
        assert (await house.stranger.send(method, path.format(**ids))).is_success, (method, path)
        assert await everything(house) == before, (method, path)
    assert (await house.stranger.get(f"spaces/{theirs.live}/stream-key"))["made_at"] is None


async def test_a_stream_key_opens_its_own_space_and_no_other(house: House, theirs: Theirs) -> None:
    other = await house.place(rooms.busy())
    headers = {"authorization": f"Bearer {theirs.key}", "content-type": "application/sdp"}
    refused = await house.guest.refused("POST", f"/whip/{other}", content=SPEAK, headers=headers)
    assert refused == (401, "unauthenticated")
    assert (await house.state(other)).seat(rooms.SPEAKER) == rooms.busy().seat(rooms.SPEAKER)
    # It is no token either: of nothing else that its owner may do.
    assert await house.guest.refused("GET", "me", headers=headers) == (401, "unauthenticated")
