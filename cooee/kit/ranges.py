"""Parts of files over HTTP (RFC 9110 §14): players ask for what they play, and seek by it."""

import re
from dataclasses import dataclass

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from cooee.kit.blobs import Blobs
from cooee.kit.errors import NotFound

_ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


@dataclass(frozen=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        return self.last - self.first + 1


class Unsatisfiable(Exception):
    """What is asked for lies outside of the file."""


def part_of(asked: str | None, size: int) -> Part | None:
    """The part that a `Range` header asks for; None for the whole, also where it is not one range that we know.

    Raises:
        Unsatisfiable
    """
    match = _ONE_RANGE.fullmatch(asked.replace(" ", "")) if asked else None
    if match is None or match.groups() == ("", ""):
        return None
    begin, end = match.groups()
    if begin == "":
        first, last = max(0, size - int(end)), size - 1
    else:
        first, last = int(begin), min(int(end), size - 1) if end else size - 1
        if end and int(end) < first:
            return None
    if first >= size or last < first:
        raise Unsatisfiable
    return Part(first, last)


async def answer(blobs: Blobs, key: str, request: Request, media_type: str, headers: dict[str, str]) -> Response:
    """A file, or the part of it that the request asks for.

    Raises:
        NotFound: it is there no longer.
    """
    size = await run_in_threadpool(blobs.size, key)
    if size is None:
        raise NotFound
    headers = {"accept-ranges": "bytes", **headers}
    try:
        part = part_of(request.headers.get("range"), size)
    except Unsatisfiable:
        return Response(status_code=416, headers=headers | {"content-range": f"bytes */{size}"})
    status, sent = (200, Part(0, size - 1)) if part is None else (206, part)
    if part is not None:
        headers["content-range"] = f"bytes {part.first}-{part.last}/{size}"
    headers["content-length"] = str(sent.length)
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers, media_type=media_type)
    pieces = blobs.part(key, sent.first, sent.length)
    return StreamingResponse(pieces, status_code=status, headers=headers, media_type=media_type)
