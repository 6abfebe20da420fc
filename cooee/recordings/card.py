"""What others' pages show of a clip beside its link: a picture of 1200 by 630, drawn when it is asked for.

It is written in the fonts of the system, in Pillow's own where there are none. Letters that no font has are left out.
"""

import io
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont, ImageOps

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

WIDTH, HEIGHT = 1200, 630
MEDIA_TYPE = "image/png"

_FONTS = (
    "dejavu/DejaVuSans-Bold.ttf",
    "noto/NotoSans-Bold.ttf",
    "noto/NotoSansArabic-Bold.ttf",
    "noto/NotoSansHebrew-Bold.ttf",
    "noto/NotoSansDevanagari-Bold.ttf",
    "noto/NotoSansCJK-Bold.ttc",
    "droid/DroidSansFallbackFull.ttf",
    "liberation/LiberationSans-Bold.ttf",
)
_FOLDERS = (Path("/usr/share/fonts/truetype"), Path("/usr/share/fonts/opentype"), Path("/usr/share/fonts"))
_EDGE = 72
_FACE = 104
_BARS = 132
_WAVE = (456, 558)
"""From where to where it stands, from the top."""
_TITLE = (208, 424)
_SIZES = (72, 60, 48)
_MOST_LINES = {72: 2, 60: 3, 48: 4}
_LINE = 1.18
_GROUND, _INK, _FAINT, _REST, _VOICE = "#171122", "#ffffff", "#b9afc9", "#463a5a", "#a97bff"
_RIGHT_TO_LEFT = ("R", "AL")


@dataclass(frozen=True, slots=True)
class Card:
    """What is drawn. `span`: from where to where of the whole the clip goes, 0 to 1."""

    title: str
    host: str
    about: str
    site: str
    peaks: tuple[int, ...]
    span: tuple[float, float]
    face: bytes | None = None


@lru_cache(maxsize=64)
def drawn(card: Card) -> bytes:
    """The picture, as PNG."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), _GROUND)
    draw = ImageDraw.Draw(picture)
    left = _EDGE
    if card.face is not None:
        _paste_face(picture, card.face)
        left += _FACE + 28
    room = WIDTH - _EDGE - left
    _line(draw, card.host, left, _EDGE + 8, 40, _INK, room)
    _line(draw, card.about, left, _EDGE + 62, 30, _FAINT, room)
    _title(draw, card.title)
    _wave(draw, card.peaks, card.span)
    _line(draw, card.site, _EDGE, HEIGHT - 52, 26, _FAINT, WIDTH - 2 * _EDGE)
    written = io.BytesIO()
    picture.save(written, "PNG")
    return written.getvalue()


def is_right_to_left(text: str) -> bool:
    """Whether it is read from right to left: by its first letter that has a direction (UAX #9, P2)."""
    directions = (unicodedata.bidirectional(letter) for letter in text)
    return next((each in _RIGHT_TO_LEFT for each in directions if each in ("L", *_RIGHT_TO_LEFT)), False)


def wrapped(text: str, font: Font, width: float, most: int) -> list[str] | None:
    """The lines of a text, none wider than `width`; None if there are more than `most`."""
    lines = [""]
    for word in _pieces(text, font, width):
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines if len(lines) <= most else None


def _pieces(text: str, font: Font, width: float) -> list[str]:
    """Words; one that is wider than a line is cut."""
    pieces: list[str] = []
    for word in text.split():
        piece = ""
        for letter in word:
            if piece and font.getlength(piece + letter) > width:
                pieces.append(piece)
                piece = ""
            piece += letter
        pieces.append(piece)
    return pieces


def _title(draw: ImageDraw.ImageDraw, title: str) -> None:
    text, path = _written_in(title)
    width = WIDTH - 2 * _EDGE
    for size in _SIZES:
        font = _font(path, size)
        lines = wrapped(text, font, width, _MOST_LINES[size])
        if lines is not None:
            break
    else:
        lines = [_shortened(text, font, width)]
    height = len(lines) * size * _LINE
    top = _TITLE[0] + max(0, (_TITLE[1] - _TITLE[0] - height) / 2)
    for number, line in enumerate(lines):
        _put(draw, line, font, _EDGE, top + number * size * _LINE, width, _INK, is_right_to_left(text))


def _line(draw: ImageDraw.ImageDraw, text: str, left: int, top: int, size: int, ink: str, width: int) -> None:
    shown, path = _written_in(text)
    font = _font(path, size)
    _put(draw, _shortened(shown, font, width), font, left, top, width, ink, is_right_to_left(shown))


def _shortened(text: str, font: Font, width: float) -> str:
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _put(
    draw: ImageDraw.ImageDraw, text: str, font: Font, left: float, top: float, width: float, ink: str, mirrored: bool
) -> None:
    x = left + width - font.getlength(text) if mirrored and left == _EDGE else left
    shapes = getattr(font, "layout_engine", None) == ImageFont.Layout.RAQM
    direction = ("rtl" if mirrored else "ltr") if shapes else None
    draw.text((x, top), text, font=font, fill=ink, direction=direction)


def _wave(draw: ImageDraw.ImageDraw, peaks: Sequence[int], span: tuple[float, float]) -> None:
    """The whole replay, and what of it the clip is."""
    top, bottom = _WAVE
    step = (WIDTH - 2 * _EDGE) / _BARS
    first = min(_BARS - 1, int(span[0] * _BARS))
    last = max(first + 1, round(span[1] * _BARS))
    for bar in range(_BARS):
        at = bar * len(peaks) // _BARS
        loudest = max(peaks[at : max(at + 1, (bar + 1) * len(peaks) // _BARS)], default=0)
        half = max(3, (bottom - top) / 2 * min(100, loudest) / 100)
        x, middle = _EDGE + bar * step, (top + bottom) / 2
        ink = _VOICE if first <= bar < last else _REST
        draw.rounded_rectangle((x, middle - half, x + step - 3, middle + half), radius=2, fill=ink)


def _paste_face(picture: Image.Image, face: bytes) -> None:
    with Image.open(io.BytesIO(face), formats=("WEBP",)) as found:
        cut = ImageOps.fit(found.convert("RGB"), (_FACE, _FACE))
    # Larger, so that the edge of the circle is smooth.
    mask = Image.new("L", (_FACE * 4, _FACE * 4), 0)
    ImageDraw.Draw(mask).ellipse((0, 0, _FACE * 4 - 1, _FACE * 4 - 1), fill=255)
    picture.paste(cut, (_EDGE, _EDGE), mask.resize((_FACE, _FACE), Image.Resampling.LANCZOS))


def _written_in(text: str) -> tuple[str, Path | None]:
    """The font that has most letters of a text, and the text without those it has not."""
    fonts: list[Path | None] = [*_installed(), None]
    best = max(fonts, key=lambda path: sum(_has(path, letter) for letter in text))
    return " ".join("".join(letter for letter in text if _has(best, letter)).split()), best


@cache
def _installed() -> tuple[Path, ...]:
    places = (folder / name for name in _FONTS for folder in _FOLDERS)
    return tuple(path for path in places if path.is_file())


@cache
def _font(path: Path | None, size: int) -> Font:
    return ImageFont.load_default(size) if path is None else ImageFont.truetype(str(path), size)


@lru_cache(maxsize=4096)
def _has(path: Path | None, letter: str) -> bool:
    """Whether a font has a letter: it draws another sign than for what is none."""
    if letter.isspace() or unicodedata.category(letter) in ("Mn", "Cf"):
        return True
    font = _font(path, 24)
    return _drawn_as(font, letter) != _drawn_as(font, "\U0010ffff")


def _drawn_as(font: Font, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
