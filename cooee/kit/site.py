"""Serves the built client: files by name, and its first page wherever a person navigates to."""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from fastapi import Request, Response

from cooee.kit.errors import NotFound

_FOR_EVER = "public, max-age=31536000, immutable"
_ASK_EACH_TIME = "no-cache"
_WORTH_COMPRESSING = ("text/", "application/javascript", "application/json", "application/manifest", "image/svg")
_TYPES = {".webmanifest": "application/manifest+json", ".js": "text/javascript", ".woff2": "font/woff2"}


@dataclass(frozen=True)
class _File:
    path: Path
    cache_control: str

    @cached_property
    def content(self) -> bytes:
        return self.path.read_bytes()

    @cached_property
    def etag(self) -> str:
        return f'"{hashlib.sha256(self.content).hexdigest()[:20]}"'

    @cached_property
    def media_type(self) -> str:
        return _TYPES.get(self.path.suffix) or mimetypes.guess_type(self.path.name)[0] or "application/octet-stream"

    @cached_property
    def compressed(self) -> bytes | None:
        if not self.media_type.startswith(_WORTH_COMPRESSING):
            return None
        packed = gzip.compress(self.content, mtime=0)
        return packed if len(packed) < len(self.content) else None


class Site:
    """The files of a folder, as they were when the node started. Each is read once, when first asked for."""

    def __init__(self, folder: Path) -> None:
        self._files = {
            path.relative_to(folder).as_posix(): _File(path, _cache_control(path.relative_to(folder)))
            for path in folder.rglob("*")
            if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        }

    def answer(self, path: str, request: Request, *, page: str = "index.html", head: str = "") -> Response:
        """The file at `path`, or `page` if a person opened a page that the client draws, with `head` in its head.

        Raises:
            NotFound: no file, and nobody who could look at a page.
        """
        file = self._files.get(path.strip("/"))
        if file is None and _is_a_page(path, request):
            file = self._files.get(page)
            if file is not None and head:
                return _with_head(file, head)
        if file is None:
            raise NotFound
        headers = {"Cache-Control": file.cache_control, "ETag": file.etag, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match", "").removeprefix("W/") == file.etag:
            return Response(status_code=304, headers=headers)
        if file.compressed and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(
                file.compressed, media_type=file.media_type, headers={**headers, "Content-Encoding": "gzip"}
            )
        return Response(file.content, media_type=file.media_type, headers=headers)


def _with_head(file: _File, head: str) -> Response:
    content = file.content.replace(b"</head>", head.encode() + b"</head>", 1)
    return Response(content, media_type=file.media_type, headers={"Cache-Control": _ASK_EACH_TIME})


def _cache_control(path: Path) -> str:
    # The build names what is in `assets` by its content.
    return _FOR_EVER if path.parts[0] == "assets" else _ASK_EACH_TIME


def _is_a_page(path: str, request: Request) -> bool:
    accepted = request.headers.get("accept", "*/*")
    return "." not in path.rpartition("/")[2] and ("text/html" in accepted or "*/*" in accepted)
