"""Static files: what is in a folder, with types, validators and ranges.

python3 reference serve reference/examples/static.py --dir FILES=.:ro
curl -i http://localhost:8000/README.md
curl -i http://localhost:8000/README.md --range 0-99
"""

import re
from email.utils import formatdate, parsedate_to_datetime
from urllib.parse import unquote

from worker_runtime import (
    URL,
    DOMException,
    Env,
    File,
    FileSystemDirectoryHandle,
    Headers,
    Request,
    Response,
)

WRONG_KIND = "TypeMismatchError"


async def fetch(request: Request, env: Env) -> Response:
    if request.method not in ("GET", "HEAD"):
        return Response("Only GET and HEAD\n", status=405, headers={"Allow": "GET, HEAD"})
    url = URL(request.url)
    *directories, name = [unquote(part) for part in url.pathname.split("/")[1:]]
    try:
        file = await file_at(env.FILES, directories, name or "index.html")
    except (TypeError, DOMException) as error:
        if isinstance(error, DOMException) and error.name not in ("NotFoundError", WRONG_KIND):
            raise
        return Response("There is no such file\n", status=404)
    if file is None:
        return Response(None, status=308, headers={"Location": f"{url.pathname}/{url.search}"})
    return response_with(file, request.headers, is_head=request.method == "HEAD")


async def file_at(
    directory: FileSystemDirectoryHandle, directories: list[str], name: str
) -> File | None:
    """None is a directory."""
    for part in (*directories, name):
        if part.startswith(".") and part != ".well-known":
            raise TypeError("What begins with a dot is nobody's business")
    for part in directories:
        directory = await directory.getDirectoryHandle(part)
    try:
        return await (await directory.getFileHandle(name)).getFile()
    except DOMException as error:
        if error.name != WRONG_KIND:
            raise
    await directory.getDirectoryHandle(name)
    return None


def response_with(file: File, asked: Headers, is_head: bool = False) -> Response:
    modified = file.lastModified // 1000
    etag = f'"{file.lastModified:x}-{file.size:x}"'
    validators = {"ETag": etag, "Last-Modified": formatdate(modified, usegmt=True)}
    if is_precondition_false(asked, etag, modified):
        return Response(None, status=412)
    if is_not_modified(asked, etag, modified):
        return Response(None, status=304, headers=validators)
    type = file.type or "application/octet-stream"
    if type.startswith("text/"):
        type += "; charset=utf-8"
    headers = {
        **validators,
        "Accept-Ranges": "bytes",
        "Content-Type": type,
        "X-Content-Type-Options": "nosniff",
    }
    range = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", asked.get("Range") or "")
    if not range or is_head or asked.get("If-Range") not in (None, *validators.values()):
        return Response(file, headers=headers)
    first, last = range.groups()
    if first:
        start, end = int(first), min(int(last or file.size), file.size - 1)
    else:
        start, end = max(0, file.size - int(last or 0)), file.size - 1
    if start > end:
        return Response(None, status=416, headers={"Content-Range": f"bytes */{file.size}"})
    headers["Content-Range"] = f"bytes {start}-{end}/{file.size}"
    return Response(file.slice(start, end + 1), status=206, headers=headers)


def is_precondition_false(asked: Headers, etag: str, modified: int) -> bool:
    if (tags := asked.get("If-Match")) is not None:
        return tags.strip() != "*" and etag not in etags_of(tags)
    since = time_of(asked.get("If-Unmodified-Since"))
    return since is not None and modified > since


def is_not_modified(asked: Headers, etag: str, modified: int) -> bool:
    if (tags := asked.get("If-None-Match")) is not None:
        return tags.strip() == "*" or etag in [tag.removeprefix("W/") for tag in etags_of(tags)]
    since = time_of(asked.get("If-Modified-Since"))
    return since is not None and modified <= since


def etags_of(header: str) -> list[str]:
    return re.findall(r'(?:W/)?"[^"]*"', header)


def time_of(date: str | None) -> float | None:
    try:
        return None if date is None else parsedate_to_datetime(date).timestamp()
    except (ValueError, OverflowError):  # it is no date
        return None
