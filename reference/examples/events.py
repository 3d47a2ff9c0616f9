"""Server-sent events: a page, and the events that it shows as they come.

python3 reference serve reference/examples/events.py
curl --no-buffer http://localhost:8000/events
"""

import asyncio
import json
from collections.abc import AsyncIterator
from itertools import count

from worker_runtime import URL, ReadableStream, Request, Response, ServerSentEventStream

PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Events</title>
<style>:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }</style>
<output id="number"></output>
<script>
  new EventSource("/events").onmessage = (event) => {
    number.value = JSON.parse(event.data).number;
  };
</script>
"""


async def events(first: int) -> AsyncIterator[dict[str, object]]:
    for number in count(first):
        yield {"id": number, "data": json.dumps({"number": number})}
        await asyncio.sleep(1)


def fetch(request: Request) -> Response:
    if URL(request.url).pathname != "/events":
        return Response(PAGE, headers={"Content-Type": "text/html; charset=utf-8"})
    # A browser that connects again says what it has seen last.
    last = request.headers.get("Last-Event-ID", "")
    first = int(last) + 1 if last.isdecimal() else 0
    stream = ReadableStream.from_(events(first)).pipeThrough(ServerSentEventStream())
    headers = {"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
    return Response(stream, headers=headers)
