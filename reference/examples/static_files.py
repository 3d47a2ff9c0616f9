"""Static files: what is in a folder, with types, validators and nothing from outside of it.

python3 reference serve reference/examples/static_files.py --env FOLDER=.
curl -i http://localhost:8000/README.md
"""

import mimetypes
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

from worker_runtime import URL, Env, Request, Response


def blocks_of(path: Path) -> Iterator[bytes]:
    with open(path, "rb") as file:
        while block := file.read(65_536):
            yield block


def fetch(request: Request, env: Env) -> Response:
    if request.method not in ("GET", "HEAD"):
        return Response("Only GET\n", status=405, headers={"Allow": "GET, HEAD"})
    folder = Path(env.get("FOLDER", ".")).resolve()
    try:
        file = (folder / unquote(URL(request.url).pathname).lstrip("/")).resolve()
        if file.is_dir():
            file /= "index.html"
        if not file.is_relative_to(folder) or not file.is_file():
            raise FileNotFoundError
        status = file.stat()
    except (OSError, ValueError):  # a NUL is in no path
        return Response("There is no such file\n", status=404)
    etag = f'"{status.st_mtime_ns:x}-{status.st_size:x}"'
    if etag in request.headers.get("If-None-Match", ""):
        return Response(None, status=304, headers={"ETag": etag})
    type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if type.startswith("text/"):
        type += "; charset=utf-8"
    headers = {"Content-Type": type, "ETag": etag, "Content-Length": str(status.st_size)}
    return Response(blocks_of(file), headers=headers)
