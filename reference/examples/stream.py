"""A slow and endless stream: a line each second, for as long as somebody reads.

    python3 reference serve reference/examples/stream.py
    curl --no-buffer http://localhost:8000/
"""

import asyncio
from collections.abc import AsyncIterator

from worker_runtime import ReadableStream, Request, Response


async def ticks() -> AsyncIterator[bytes]:
    count = 0
    while True:
        yield f"tick {count}\n".encode()
        count += 1
        await asyncio.sleep(1)


def fetch(request: Request, env: object, ctx: object) -> Response:
    return Response(
        ReadableStream.from_(ticks()), headers={"Content-Type": "text/plain; charset=utf-8"}
    )
