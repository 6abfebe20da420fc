"""Profile pictures: decoded with a cap, cut to a square, and written anew, so that nothing but the pixels is kept."""

import asyncio
import hashlib
import io
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PIL import Image, ImageOps

from cooee.people.errors import PictureTooManyPixels, PictureUnreadable

KIND = "pictures"
MOST_BYTES = 8 * 1024 * 1024
MOST_PIXELS = 25_000_000
MOST_PIXELS_JPEG = 50_000_000
"""Of a photograph, which is decoded at a fraction of its size."""
SIDE = 400
"""Pixels: the largest face of the interface, on a screen of three pixels to the point."""

# Pillow's own cap warns, and refuses from twice as many pixels on; ours refuses, below.
Image.MAX_IMAGE_PIXELS = None

MEDIA_TYPES = ("image/png", "image/jpeg", "image/webp")
OPENAPI: dict[int | str, dict[str, Any]] = {
    200: {"description": "The picture", "content": {"image/webp": {"schema": {"type": "string", "format": "binary"}}}}
}
"""How a route that answers with a picture describes it."""

# One at a time: each may take a few hundred megabytes for a moment, whatever its file's size.
_DECODING = ThreadPoolExecutor(1, "pictures")

_NAME = re.compile(r"[0-9a-f]{32}\.webp")
_FORMATS = ("PNG", "JPEG", "WEBP")
_QUALITY = 84


async def squared(data: bytes) -> bytes:
    """`square`, away from the event loop, after those who came before."""
    return await asyncio.get_running_loop().run_in_executor(_DECODING, square, data)


def square(data: bytes) -> bytes:
    """The middle of the picture as a WebP of 400 by 400 pixels, without metadata.

    Raises:
        PictureUnreadable: it is no whole PNG, JPEG or WebP.
        PictureTooManyPixels: decoding it would take too much memory.
    """
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as picture:
            most = MOST_PIXELS_JPEG if picture.format == "JPEG" else MOST_PIXELS
            if picture.width * picture.height > most:
                raise PictureTooManyPixels(most=most)
            # JPEG only: decodes at a fraction of the size, where that is still large enough.
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            # In place, and converted only if it must be: each would be a copy of all pixels.
            ImageOps.exif_transpose(picture, in_place=True)
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            cut = ImageOps.fit(picture if picture.mode == mode else picture.convert(mode), (SIDE, SIDE))
    # What Pillow's decoders raise on a broken file is not told apart by its documentation.
    except (OSError, SyntaxError, ValueError, TypeError, IndexError, EOFError):
        raise PictureUnreadable from None
    # A picture without pixels of its own: what `info` held (comments, profiles, positions) stays behind.
    clean = Image.frombytes(cut.mode, cut.size, cut.tobytes())
    written = io.BytesIO()
    clean.save(written, "WEBP", quality=_QUALITY, method=4)
    return written.getvalue()


def name_of(data: bytes) -> str:
    """The name under which a picture is kept: told by its content, so that it may be cached for ever."""
    return hashlib.sha256(data).hexdigest()[:32] + ".webp"


def blob_key(name: str) -> str:
    """Where the picture of this name is kept (`cooee.kit.blobs`)."""
    return f"{KIND}/{name}"


def is_name(text: str) -> bool:
    """Whether a picture could have this name."""
    return _NAME.fullmatch(text) is not None
