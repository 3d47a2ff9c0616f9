"""Server-sent events beside a real peer, where it is installed: node's EventSource listens to a
ServerSentEventStream.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from .processes import serving

WORKER = r"""
from worker_runtime import ReadableStream, Response, ServerSentEventStream

async def events(last):
    for number in range(last + 1, last + 3):
        yield {"id": number, "event": "count", "data": f"{number}\n:\u20ac", "comment": "x"}
    yield {"retry": 10, "id": number}

def fetch(request):
    last = int(request.headers.get("Last-Event-ID", "0"))
    stream = ReadableStream.from_(events(last)).pipeThrough(ServerSentEventStream())
    return Response(stream, headers={"Content-Type": "text/event-stream"})
"""

LISTENER = """
const source = new EventSource(process.argv[1]);
const told = [];
setInterval(() => {}, 1000);  // what connects again does not keep node alive
source.addEventListener("count", (event) => {
  told.push([event.lastEventId, event.data]);
  if (told.length === 5) {
    console.log(JSON.stringify(told));
    process.exit();
  }
});
"""


def has_event_source() -> bool:
    if shutil.which("node") is None:
        return False
    command = ["node", "--experimental-eventsource", "--eval", "new EventSource('data:,').close()"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class TestNode:
    def test_listens_and_comes_back(self, tmp_path: Path) -> None:
        if not has_event_source():
            pytest.skip("there is no node with an EventSource")
        worker = tmp_path / "worker.py"
        worker.write_text(WORKER)
        with serving(worker) as server:
            result = subprocess.run(
                ["node", "--experimental-eventsource", "--eval", LISTENER, server.url],
                capture_output=True, text=True, timeout=30, check=True,
            )  # fmt: skip
        told = [[str(number), f"{number}\n:\u20ac"] for number in range(1, 6)]
        assert json.loads(result.stdout) == told
