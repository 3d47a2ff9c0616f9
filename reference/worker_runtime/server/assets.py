"""Assets: files of a folder, which are answered without asking the worker.

A path of a URL leads to the file of that name, to `index.html` in the folder of that name, or to
nothing: then the request goes on to the worker. Names that begin with a dot are nothing, but for
`.well-known`, and so is what a symbolic link leads to outside of the folder.
"""

from __future__ import annotations

import os
import re
import stat
import sys
from collections.abc import Awaitable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from ..fetch.bodies import BodyRecord
from ..fetch.headers import HeaderList, build_a_content_range, parse_a_single_range_header_value
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import ResponseRecord
from ..http.dates import http_date, imf_fixdate
from ..url.percent_encoded_bytes import percent_decode_string
from ..url.url_serializing import url_path_serializer
from .service import Answer, RequestHandler
from .text_responses import text_response

if TYPE_CHECKING:
    from ..streams.readable_stream import ReadableStream

BLOCK = 64 * 1024  # bytes that are read at once
ENTITY_TAG = re.compile(r'(W/)?("[!\x23-\x7e\x80-\xff]*")')
NO_NAME = re.compile(r"[\0/\\]" if sys.platform != "win32" else r'[\0-\x1f/\\:*?"<>|]|[. ]$')
# The types of files, by the ends of their names: those of the web, whatever the machine knows.
TYPES = {
    "avif": "image/avif", "bin": "application/octet-stream", "bmp": "image/bmp",
    "css": "text/css", "csv": "text/csv", "gif": "image/gif", "gz": "application/gzip",
    "htm": "text/html", "html": "text/html", "ico": "image/x-icon", "ics": "text/calendar",
    "jpeg": "image/jpeg", "jpg": "image/jpeg", "js": "text/javascript",
    "json": "application/json", "jsonld": "application/ld+json", "map": "application/json",
    "md": "text/markdown", "mjs": "text/javascript", "mp3": "audio/mpeg", "mp4": "video/mp4",
    "oga": "audio/ogg", "ogg": "audio/ogg", "ogv": "video/ogg", "opus": "audio/ogg",
    "otf": "font/otf", "pdf": "application/pdf", "png": "image/png", "rss": "application/rss+xml",
    "svg": "image/svg+xml", "tar": "application/x-tar", "ttf": "font/ttf", "txt": "text/plain",
    "vtt": "text/vtt", "wasm": "application/wasm", "wav": "audio/wav", "weba": "audio/webm",
    "webm": "video/webm", "webmanifest": "application/manifest+json", "webp": "image/webp",
    "woff": "font/woff", "woff2": "font/woff2", "xhtml": "application/xhtml+xml",
    "xml": "application/xml", "zip": "application/zip",
}  # fmt: skip


def with_assets(folder: Path, handle: RequestHandler) -> RequestHandler:
    """GET and HEAD for what is in the folder are answered with it, and all others go on."""
    root = folder.resolve()

    def handle_or_answer(
        request: RequestRecord, controller: FetchController
    ) -> Answer | Awaitable[Answer]:
        if request.method in ("GET", "HEAD"):
            response = asset_response(root, request)
            if response is not None:
                return response
        return handle(request, controller)

    return handle_or_answer


def asset_response(root: Path, request: RequestRecord) -> ResponseRecord | None:
    """What is in the folder for a request; None if nothing is."""
    path = url_path_serializer(request.current_url)
    file = file_of(root, path)
    if file is None:
        return None
    try:
        is_folder = file.is_dir()
        if is_folder:
            file /= "index.html"
        if path.endswith("/") == is_folder:
            return file_response(file, request)
        # so that what is relative to it is in it
        return redirect_to_folder(request, path) if is_folder and file.is_file() else None
    except OSError:  # it cannot be read, or its name is too long
        return None


def file_of(root: Path, path: str) -> Path | None:
    """The file or folder that a path of a URL leads to, which need not be there; None if it would
    lead out of the folder, or to what is hidden.
    """
    names = []
    for segment in path[1:].removesuffix("/").split("/") if path != "/" else ():
        try:
            name = percent_decode_string(segment).decode()
        except UnicodeDecodeError:
            return None
        if not name or NO_NAME.search(name) or name.startswith(".") and name != ".well-known":
            return None
        names.append(name)
    try:
        file = root.joinpath(*names).resolve()
    except (OSError, RuntimeError, ValueError):  # links go round in a circle, or it is too long
        return None
    return file if file.is_relative_to(root) else None


def open_without_waiting(path: str, flags: int) -> int:
    """A descriptor of a file; nobody waits for the other end of a pipe."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def type_of(name: str) -> str:
    """The value of Content-Type for a file of that name."""
    type = TYPES.get(Path(name).suffix[1:].lower(), "application/octet-stream")
    is_text = type.startswith("text/") or type.endswith("/json")
    return f"{type};charset=UTF-8" if is_text and type != "application/json" else type


def redirect_to_folder(request: RequestRecord, path: str) -> ResponseRecord:
    """The same path with a slash at its end."""
    query = request.current_url.query
    location = f"{path}/" + ("" if query is None else f"?{query}")
    return text_response(308, f"{location}\n", headers=(("location", location),))


def file_response(path: Path, request: RequestRecord) -> ResponseRecord:
    """All of a file, a part of it, or that the client has it already. OSError if it is not a file
    that can be read.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
    """
    with open_regular(path) as file:
        state = os.fstat(file.fileno())
        entity_tag, modified = entity_tag_of(state), int(state.st_mtime)
        headers = HeaderList([
            ("etag", entity_tag),
            ("last-modified", imf_fixdate(modified)),
            ("accept-ranges", "bytes"),
            ("cache-control", "no-cache"),
            ("x-content-type-options", "nosniff"),
        ])  # fmt: skip
        response = ResponseRecord(headers)
        response.status = status_by_preconditions(request.header_list, entity_tag, modified)
        if response.status != 200:
            return response
        first, last = 0, state.st_size - 1
        part = wanted_part(request.header_list, entity_tag, modified, state.st_size)
        if part is not None:
            response.status = 206
            first, last = part
            if first > last:
                response.status = 416
                headers.append("content-range", f"bytes */{state.st_size}")
                return response
            headers.append("content-range", build_a_content_range(first, last, state.st_size))
        headers.append("content-type", type_of(path.name))
        length = last + 1 - first
        if length <= BLOCK:
            file.seek(first)
            content = file.read(length)
            response.body = BodyRecord(content, len(content))
        elif request.method == "HEAD":
            headers.append("content-length", str(length))
        else:
            stream = partial(stream_of, path, entity_tag, first, length)
            response.body = BodyRecord(None, length, stream)
    return response


def open_regular(path: Path) -> BinaryIO:
    """A file, opened; OSError if it is not a regular one."""
    file = open(path, "rb", opener=open_without_waiting)
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError(f"{path} is not a file")
    return file


def entity_tag_of(state: os.stat_result) -> str:
    """It changes whenever the file does."""
    return f'"{state.st_mtime_ns:x}-{state.st_size:x}"'


def status_by_preconditions(headers: HeaderList, entity_tag: str, modified: int) -> int:
    """200 if the client is to get the file, 304 if it has it, 412 if it wants another one.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
    """
    if (value := headers.get("If-Match")) is not None:
        if value.strip() != "*" and entity_tag not in strong_tags(value):
            return 412
    elif (date := date_of(headers, "If-Unmodified-Since")) is not None and modified > date:
        return 412
    if (value := headers.get("If-None-Match")) is not None:
        if value.strip() == "*" or entity_tag in (tag for _, tag in ENTITY_TAG.findall(value)):
            return 304
    elif (date := date_of(headers, "If-Modified-Since")) is not None and modified <= date:
        return 304
    return 200


def strong_tags(value: str) -> list[str]:
    """The entity tags of a field that are not weak."""
    return [tag for weak, tag in ENTITY_TAG.findall(value) if not weak]


def date_of(headers: HeaderList, name: str) -> float | None:
    """The date of a header; None if it has none."""
    value = headers.get(name)
    return None if value is None else http_date(value, 0)


def wanted_part(
    headers: HeaderList, entity_tag: str, modified: int, size: int
) -> tuple[int, int] | None:
    """The first and the last byte that are asked for, the first behind the last if there are no
    such bytes; None for the whole. Several parts are the whole, as the server may decide.

    https://www.rfc-editor.org/rfc/rfc9110#section-14.2
    """
    value = headers.get("Range")
    if value is None:
        return None
    condition = headers.get("If-Range")
    if condition is not None:
        date = None if condition.endswith('"') else http_date(condition, 0)
        if condition != entity_tag and date != modified:
            return None
    part = parse_a_single_range_header_value(value, True)
    if part is None:
        return None
    first, last = part
    if first is None:
        assert last is not None
        return max(0, size - last), size - 1 if last else -1
    return first, size - 1 if last is None else min(last, size - 1)


def stream_of(path: Path, entity_tag: str, first: int, length: int) -> ReadableStream:
    """A part of a file, block by block."""
    from ..streams.readable_stream import ReadableStream

    return ReadableStream.from_(blocks_of(path, entity_tag, first, length))


def blocks_of(path: Path, entity_tag: str, first: int, length: int) -> Iterator[bytes]:
    """A part of a file. OSError if it is not any more what it was."""
    with open_regular(path) as file:
        file.seek(first)
        while length:
            block = file.read(min(BLOCK, length))
            if not block or entity_tag_of(os.fstat(file.fileno())) != entity_tag:
                raise OSError(f"{path} has changed while it was read")
            length -= len(block)
            yield block
