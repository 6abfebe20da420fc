"""Recordings that lie in a bucket."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from cooee.kit.bucket import Place
from tests.recordings.conftest import Studio
from tests.s3 import Store, serving
from tests.s3 import settings as s3_settings

pytestmark = pytest.mark.anyio


class TestInABucket:
    @pytest.fixture
    def store(self) -> Iterator[Store]:
        with serving() as store:
            yield store

    @pytest.fixture
    def place(self, store: Store) -> Place:
        return store.bucket()

    @pytest.fixture
    def changed_settings(self, changed_settings: dict[str, Any], place: Place) -> dict[str, Any]:
        return changed_settings | s3_settings(place)

    async def test_a_replay_is_made_heard_in_parts_cut_and_deleted(
        self, studio: Studio, store: Store, place: Place
    ) -> None:
        id = await studio.ended()
        house = studio.house
        replay = await house.guest.get(f"spaces/{id}/replay")
        whole = (await house.guest.send("GET", replay["audio_url"])).content
        assert whole.startswith(b"OggS")
        assert len(whole) == replay["size"]
        part = await house.guest.send("GET", replay["audio_url"], headers={"Range": "bytes=100-299"})
        assert (part.status_code, part.content) == (206, whole[100:300])
        clip = await house.host.post(f"spaces/{id}/clips", {"start_ms": 0, "length_ms": 1_000})
        assert (await house.guest.send("GET", clip["audio_url"])).content.startswith(b"OggS")
        assert len(store.keys(place.bucket)) == 4, "the mix, its levels, a track and a clip"
        assert studio.files() == []
        await house.host.delete(f"spaces/{id}/replay")
        async with asyncio.timeout(20):
            while store.keys(place.bucket):
                await studio.worker.run_due()
                await asyncio.sleep(0.02)
