"""Assets: files of a folder, which are answered without asking the worker.

A path of a URL leads to the file of that name, to `index.html` in the folder of that name, or to
nothing: then the request goes on to the worker. Names that begin with a dot are nothing, but for
`.well-known`, and so are symbolic links.
"""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Awaitable
from functools import partial
from hashlib import sha256
from typing import Literal, NamedTuple, TypeAlias

from ..fetch.bodies import BodyRecord
from ..fetch.headers import HeaderList, build_a_content_range, parse_a_single_range_header_value
from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import FilteredResponse, ResponseRecord
from ..file_api.file import create_for_a_file
from ..fs.concepts import FileSystemPath, valid_file_name
from ..fs.content_types import content_type_of
from ..fs.folder_file_system import FolderFileState, FolderFileSystem
from ..host.folders import Folder
from ..http.dates import http_date, imf_fixdate
from ..service_workers.handle_fetch import cancel_the_body
from ..url.percent_encoded_bytes import percent_decode_string
from ..url.url_serializing import url_path_serializer
from .service import Answer, RequestHandler
from .text_responses import text_response

MOST_BYTES_AT_ONCE = 64 * 1024  # of a file that is read before its response begins
MOST_LOOKS = 3  # at a file that others replace again and again
ENTITY_TAG = re.compile(r'(W/)?("[!\x23-\x7e\x80-\xff]*")')
# "A~1" is the second name of a file on Windows, and may be that of what is hidden.
NO_NAME = re.compile(r'[\0-\x1f<>:"|?*]|[. ]$|~[0-9]' if sys.platform == "win32" else r"(?!)")
# What says of a name that nothing is there that may be read. What else goes wrong is not the
# client's business, and no answer.
NOT_THERE = (
    errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.ELOOP, errno.EINVAL, errno.EILSEQ,
    errno.ENAMETOOLONG, errno.EACCES, errno.EPERM,
)  # fmt: skip


class Asset(NamedTuple):
    """A file, with its bytes if they are few."""

    file: FolderFileState
    content: bytes | None


Found: TypeAlias = "Asset | Literal['folder'] | None"
"""A folder that has an `index.html`, if its path has no slash at its end."""


def with_assets(folder: Folder, handle: RequestHandler) -> RequestHandler:
    """GET and HEAD for what is in the folder are answered with it, and all others go on."""
    # A file system has threads that wait for the disk.
    file_system = FolderFileSystem("assets", folder, True)

    async def answer(
        request: RequestRecord, controller: FetchController, names: FileSystemPath
    ) -> Answer:
        response = await asset_response(file_system, request, names)
        if response is not None:
            cancel_the_body(request)
            return response
        answer = handle(request, controller)
        if answer is None or isinstance(answer, (ResponseRecord, FilteredResponse)):
            return answer
        return await answer

    def handle_or_answer(
        request: RequestRecord, controller: FetchController
    ) -> Answer | Awaitable[Answer]:
        if request.method in ("GET", "HEAD"):
            names = names_of(url_path_serializer(request.current_url))
            if names is not None:
                return answer(request, controller, names)
        return handle(request, controller)

    return handle_or_answer


def names_of(path: str) -> FileSystemPath | None:
    """The names that a path of a URL leads through; None if one of them is hidden, or none."""
    names = []
    for segment in path[1:].removesuffix("/").split("/") if path != "/" else ():
        try:
            name = percent_decode_string(segment).decode()
        except UnicodeDecodeError:
            return None
        is_hidden = name.startswith(".") and name != ".well-known"
        if is_hidden or not valid_file_name(name) or NO_NAME.search(name):
            return None
        names.append(name)
    return tuple(names)


async def asset_response(
    file_system: FolderFileSystem, request: RequestRecord, names: FileSystemPath
) -> ResponseRecord | None:
    """What is in the folder for a request; None if nothing is."""
    path = url_path_serializer(request.current_url)
    steps = partial(find, file_system, names, path.endswith("/"))
    found = await file_system.contents_queue.perform(steps)
    if found == "folder":
        # so that what is relative to it is in it
        return redirect_to_folder(request, path)
    return None if found is None else file_response(found, request)


def find(file_system: FolderFileSystem, names: FileSystemPath, is_folder: bool) -> Found:
    """What is there, in a thread that may wait for it. OSError if that cannot be said."""
    folder = file_system.folder
    try:
        entry = folder.look(names)
        if entry is not None and entry.kind == "directory":
            names = (*names, "index.html")
            entry = folder.look(names)
            if not is_folder and entry is not None and entry.kind == "file":
                return "folder"
        elif is_folder:
            return None
        for _ in range(MOST_LOOKS):
            if entry is None or entry.kind != "file":
                return None
            file = FolderFileState(file_system, names, entry)
            opened = folder.open(names)
            try:
                if opened.state() == entry.state:
                    if entry.size > MOST_BYTES_AT_ONCE:
                        return Asset(file, None)
                    content = opened.read(0, entry.size)
                    if len(content) == entry.size and opened.state() == entry.state:
                        return Asset(file, content)
            finally:
                opened.close()
            entry = folder.look(names)
    except OSError as error:
        if error.errno in NOT_THERE:
            return None
        raise
    raise OSError(errno.EBUSY, "It changes while it is read, again and again", names[-1])


def type_of(name: str) -> str:
    """The value of Content-Type for a file of that name."""
    type = content_type_of(name) or "application/octet-stream"
    return f"{type};charset=UTF-8" if type.startswith("text/") else type


def redirect_to_folder(request: RequestRecord, path: str) -> ResponseRecord:
    """The same path with a slash at its end."""
    query = request.current_url.query
    location = f"{path}/" + ("" if query is None else f"?{query}")
    return text_response(308, f"{location}\n", headers=(("location", location),))


def file_response(asset: Asset, request: RequestRecord) -> ResponseRecord:
    """All of a file, a part of it, or that the client has it already.

    https://www.rfc-editor.org/rfc/rfc9110#section-13.2.2
    """
    file, size, name = asset.file, asset.file.size, asset.file.names[-1]
    entity_tag, modified = entity_tag_of(file), file.modified // 1000
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
    first, last = 0, size - 1
    # A range is one of what GET gets: https://www.rfc-editor.org/rfc/rfc9110#section-14.2-5
    if request.method == "GET":
        part = wanted_part(request.header_list, entity_tag, modified, size)
        if part is not None:
            response.status = 206
            first, last = part
            if first > last:
                response.status = 416
                headers.append("content-range", f"bytes */{size}")
                return response
            headers.append("content-range", build_a_content_range(first, last, size))
    headers.append("content-type", type_of(name))
    length = last + 1 - first
    if asset.content is not None:
        response.body = BodyRecord(asset.content[first : last + 1], length)
    else:
        whole = create_for_a_file(file.snapshot_state, size, name, file.modified, "")
        response.body = BodyRecord(whole.slice(first, last + 1), length)
    return response


def entity_tag_of(file: FolderFileState) -> str:
    """It changes whenever the file does, also if another one of the same age takes its place."""
    return f'"{sha256(repr(file.state).encode()).hexdigest()[:24]}"'


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
