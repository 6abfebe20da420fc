"""Clips, which are cut out of a replay."""

import io
from typing import Any

import pytest
from PIL import Image

from cooee.recordings import rules
from tests.recordings.conftest import Studio
from tests.spaces import rooms

pytestmark = pytest.mark.anyio


async def test_a_clip_is_cut_out_of_it_and_heard_by_whoever_hears_the_replay(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    clip = await house.stranger.post(f"spaces/{id}/clips", {"start_ms": 200, "length_ms": 1_000, "title": "Ha"})
    assert (clip["title"], clip["duration_ms"], clip["by"]["id"], clip["mine"]) == ("Ha", 1_000, rooms.STRANGER, True)
    assert (await house.guest.get(f"clips/{clip['id']}"))["mine"] is False
    audio = await house.guest.send("GET", clip["audio_url"], headers={"Range": "bytes=0-3"})
    assert (audio.status_code, audio.content) == (206, b"OggS")
    assert [each["id"] for each in (await house.guest.get(f"spaces/{id}/replay"))["clips"]] == [clip["id"]]
    assert await house.listener.refused("DELETE", f"clips/{clip['id']}") == (403, "host_only")
    await house.host.delete(f"clips/{clip['id']}")
    assert await house.guest.refused("GET", f"clips/{clip['id']}") == (404, "clip_not_found")
    await studio.files_are_gone("clips/")


async def test_a_clip_has_a_shape_of_its_own(studio: Studio) -> None:
    id = await studio.ended()
    house = studio.house
    clip = await house.host.post(f"spaces/{id}/clips", {"start_ms": 200, "length_ms": 1_000})
    assert len(clip["peaks"]) == 50
    assert max(clip["peaks"]) > 20, "somebody talks"
    assert len(set(clip["peaks"])) > 3, "it is no line"
    assert (await house.guest.get(f"clips/{clip['id']}"))["peaks"] == clip["peaks"]
    whole = await house.guest.get(f"spaces/{id}/replay")
    assert max(clip["peaks"]) <= max(whole["peaks"])
    assert whole["clips"][0]["peaks"] == [], "a list does not carry them"
    studio.house.tools.blobs.delete(f"recordings/{id}.{_token(studio)}.levels")
    bare = await house.host.post(f"spaces/{id}/clips", {"start_ms": 200, "length_ms": 1_000})
    assert bare["peaks"] == [], "recorded before anybody kept it"


def test_a_piece_has_the_levels_of_what_is_heard_of_it() -> None:
    assert rules.levels_of(0, 1_000) == (4, 50)
    assert rules.levels_of(10_000, 59_999) == (504, 3_000)


def _token(studio: Studio) -> str:
    return next(key for key in studio.files() if key.startswith("recordings/")).split(".")[1]


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        ({"start_ms": 0, "length_ms": 60_001}, (422, "invalid_request")),
        ({"start_ms": 0, "length_ms": 999}, (422, "invalid_request")),
        ({"start_ms": -1, "length_ms": 5_000}, (422, "invalid_request")),
        ({"start_ms": 3_600_000, "length_ms": 5_000}, (422, "clip_outside")),
    ],
)
async def test_a_clip_is_a_minute_at_most_and_lies_within(
    studio: Studio, body: dict[str, Any], refused: tuple[int, str]
) -> None:
    id = await studio.ended()
    assert await studio.house.host.refused("POST", f"spaces/{id}/clips", json=body) == refused
    assert await studio.house.guest.refused("POST", f"spaces/{id}/clips", json=body) == (401, "unauthenticated")
    assert not any(key.startswith("clips/") for key in studio.files())


async def test_a_clips_link_says_what_it_is_and_shows_a_picture_of_it(studio: Studio) -> None:
    id = await studio.ended()
    clip = await studio.house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
    drawing = f"/api/v1/clips/{clip['id']}/card.png"
    page = (await studio.house.guest.send("GET", f"/clips/{clip['id']}")).text
    assert '<meta property="og:title" content="Morning" />' in page
    assert f'content="http://localhost:8000/api/v1/clips/{clip["id"]}/audio"' in page
    assert f'<meta property="og:image" content="http://localhost:8000{drawing}" />' in page
    assert '<meta name="twitter:card" content="summary_large_image" />' in page
    answer = await studio.house.guest.send("GET", drawing)
    assert answer.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.size == (1200, 630)
    await studio.house.host.delete(f"clips/{clip['id']}")
    assert await studio.house.guest.refused("GET", drawing) == (404, "clip_not_found")


async def test_a_picture_of_what_one_may_not_hear_is_not_shown(studio: Studio) -> None:
    id = await studio.ended(audience="invited")
    clip = await studio.house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
    drawing = f"/api/v1/clips/{clip['id']}/card.png"
    assert await studio.house.guest.refused("GET", drawing) == (404, "space_not_found")
    assert (await studio.house.host.send("GET", drawing)).status_code == 200
