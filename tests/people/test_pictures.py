"""Pictures: what is taken, what is kept of it, and how it is served."""

import asyncio
import io
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from cooee.people import pictures
from cooee.people.errors import PictureTooManyPixels, PictureUnreadable
from tests.visitor import Visitor


def picture(kind: str = "PNG", size: tuple[int, int] = (900, 600), mode: str = "RGB") -> bytes:
    written = io.BytesIO()
    Image.new(mode, size, "rebeccapurple").save(written, kind)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("size", [(900, 600), (1, 1), (3000, 40)])
def test_every_picture_becomes_a_square_webp(kind: str, size: tuple[int, int]) -> None:
    with Image.open(io.BytesIO(pictures.square(picture(kind, size)))) as kept:
        assert (kept.format, kept.size) == ("WEBP", (pictures.SIDE, pictures.SIDE))


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "RGBA", "I;16"])
def test_unusual_modes_are_taken(mode: str) -> None:
    written = io.BytesIO()
    Image.new(mode, (30, 30)).save(written, "PNG")
    assert pictures.square(written.getvalue())


def test_where_it_was_taken_is_not_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    exif[0x0112] = 6
    info = PngInfo()
    info.add_text("Comment", "at home")
    written = io.BytesIO()
    Image.new("RGB", (20, 40), "red").save(written, "PNG", exif=exif, pnginfo=info)
    assert b"at home" in written.getvalue()
    kept = pictures.square(written.getvalue())
    assert b"at home" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        assert not image.getexif()


def test_a_picture_lying_on_its_side_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    image = Image.new("RGB", (400, 400), "black")
    image.paste("white", (0, 0, 400, 100))
    written = io.BytesIO()
    image.save(written, "JPEG", exif=exif)
    with Image.open(io.BytesIO(pictures.square(written.getvalue()))) as kept:
        top, right = kept.convert("L").getpixel((100, 20)), kept.convert("L").getpixel((380, 200))
    assert isinstance(top, int)
    assert isinstance(right, int)
    assert (top < 50, right > 200) == (True, True)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(PictureTooManyPixels):
        pictures.square(picture("PNG", (12_000, 9_000), "1"))
    # Whole in memory, unlike a photograph: a small file, and many pixels.
    with pytest.raises(PictureTooManyPixels):
        pictures.square(picture("PNG", (6_000, 5_000), "1"))
    assert pictures.square(picture("JPEG", (6_000, 5_000), "L"))


@pytest.mark.anyio
async def test_however_many_pictures_come_at_once_they_are_decoded_one_by_one(monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = [0, 0]

    def slow(data: bytes) -> bytes:
        at_once[0] += 1
        at_once[1] = max(at_once)
        threading.Event().wait(0.02)
        at_once[0] -= 1
        return data

    monkeypatch.setattr(pictures, "square", slow)
    assert await asyncio.gather(*(pictures.squared(bytes([n])) for n in range(4))) == [bytes([n]) for n in range(4)]
    assert at_once == [0, 1]


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "ICO"])
def test_other_formats_are_refused_even_by_a_false_name(kind: str) -> None:
    with pytest.raises(PictureUnreadable):
        pictures.square(picture(kind))


@given(st.data())
def test_a_broken_file_is_refused_and_breaks_nothing(data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["PNG", "JPEG", "WEBP"]))
    whole = picture(kind, (16, 16))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(max_size=20)) + whole[at + data.draw(st.integers(0, 30)) :]
    try:
        pictures.square(broken)
    except (PictureUnreadable, PictureTooManyPixels):
        pass


@pytest.mark.anyio
async def test_a_picture_is_seen_by_all_and_may_be_cached_for_ever(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")
    headers = {"content-type": "image/png"}
    answer = await ada.send("PUT", "me/picture", content=picture(), headers=headers)
    url = answer.json()["picture_url"]
    assert url.startswith("/api/v1/pictures/")
    served = await guest.send("GET", url)
    assert (served.status_code, served.headers["content-type"]) == (200, "image/webp")
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert served.headers["x-content-type-options"] == "nosniff"
    again = await ada.send("PUT", "me/picture", content=picture(), headers=headers)
    assert again.json()["picture_url"] == url, "the same picture has the same address"
    assert (await ada.delete("me/picture"))["picture_url"] is None


@pytest.mark.anyio
async def test_what_is_no_picture_is_refused_with_the_reason(guest: Visitor) -> None:
    ada = await guest.sign_up("ada")

    async def put(content: bytes, kind: str) -> tuple[int, str]:
        return await ada.refused("PUT", "me/picture", content=content, headers={"content-type": kind})

    assert await put(b"<svg/>", "image/svg+xml") == (415, "unsupported_media_type")
    assert await put(b"not a picture", "image/png") == (422, "picture_unreadable")
    assert await put(b"\0" * (pictures.MOST_BYTES + 1), "image/png") == (413, "body_too_large")
    assert (await ada.get("me"))["picture_url"] is None


@pytest.mark.anyio
@pytest.mark.parametrize("name", ["..%2F..%2Fsecret.key", "secret.key", "0" * 32 + ".webp", ".webp"])
async def test_no_other_file_is_served(guest: Visitor, name: str) -> None:
    status, code = await guest.refused("GET", f"pictures/{name}")
    assert (status, code) == (404, "not_found")
