"""The picture beside a clip's link."""

import io
from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image, ImageFont

from cooee.people.pictures import square
from cooee.recordings import card
from cooee.recordings.card import Card, drawn, is_right_to_left, wrapped

TEA = Card("Tea", "Ann", "0:07 · Morning", "Cooee", tuple(range(0, 96, 2)), (0.5, 0.75))
WAVE = (72, 440, 1128, 570)
TITLE = (72, 208, 1128, 424)
VOICE = (169, 123, 255)


def seen(one: Card) -> Image.Image:
    picture = Image.open(io.BytesIO(drawn(one)))
    assert picture.size == (1200, 630)
    return picture


def marked(picture: Image.Image, part: tuple[int, int, int, int]) -> tuple[int, int] | None:
    """From which column to which something bright stands in a part."""
    box = picture.crop(part).convert("L").point(lambda value: 255 if value > 200 else 0).getbbox()
    return None if box is None else (box[0], box[2])


@pytest.fixture
def no_fonts(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(card, "_FOLDERS", ())
    for each in (card._installed, card._has, card.drawn):
        each.cache_clear()
    yield
    for each in (card._installed, card._has, card.drawn):
        each.cache_clear()


def test_what_of_the_whole_it_is_stands_out() -> None:
    wave = seen(TEA).crop(WAVE)
    columns = [x for x in range(wave.width) if any(wave.getpixel((x, y)) == VOICE for y in range(0, wave.height, 4))]
    assert min(columns) == pytest.approx(wave.width / 2, abs=10)
    assert max(columns) == pytest.approx(wave.width * 3 / 4, abs=10)


def test_the_shortest_clip_of_a_long_night_is_seen() -> None:
    wave = seen(replace(TEA, span=(0.9999, 0.99991))).crop(WAVE)
    assert VOICE in {wave.getpixel((x, y)) for x in range(wave.width) for y in range(0, wave.height, 4)}


def test_a_title_begins_where_it_is_read_from() -> None:
    (left, _), (_, right) = (
        marked(seen(TEA), TITLE) or (99, 0),
        marked(seen(replace(TEA, title="שלום")), TITLE) or (0, 0),
    )
    assert left < 20
    if card._installed():
        assert right > TITLE[2] - TITLE[0] - 20


@pytest.mark.parametrize(("text", "mirrored"), [("Tea", False), ("مرحبا", True), ("1. שלום", True), ("12", False)])
def test_the_first_letter_says_from_where_one_reads(text: str, mirrored: bool) -> None:
    assert is_right_to_left(text) is mirrored


def test_no_line_is_wider_than_the_picture_and_a_title_without_end_is_cut() -> None:
    font = ImageFont.load_default(40)
    lines = wrapped("x" * 90 + " and so on", font, 500, 9)
    assert lines is not None
    assert "".join(lines).replace(" ", "") == "x" * 90 + "andsoon"
    assert all(font.getlength(line) <= 500 for line in lines)
    assert wrapped("many words " * 40, font, 500, 3) is None
    assert marked(seen(replace(TEA, title="W" * 70, host="W" * 70)), TITLE) is not None


@pytest.mark.usefixtures("no_fonts")
def test_where_there_are_no_fonts_latin_is_written_and_nothing_breaks() -> None:
    assert marked(seen(TEA), TITLE) is not None
    assert marked(seen(replace(TEA, title="茶")), TITLE) is None


def test_a_face_stands_there_as_a_circle() -> None:
    red = io.BytesIO()
    Image.new("RGB", (40, 40), "red").save(red, "PNG")
    picture = seen(replace(TEA, face=square(red.getvalue())))
    middle, corner = picture.getpixel((72 + 52, 72 + 52)), picture.getpixel((72, 72))
    assert isinstance(middle, tuple)
    assert middle[0] > 200
    assert middle[2] < 60
    assert corner == seen(TEA).getpixel((1, 1))
