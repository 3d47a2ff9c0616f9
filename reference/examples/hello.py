"""Hello World: the smallest worker, as the introduction to Worker Runtimes has it.

python3 reference serve reference/examples/hello.py
curl http://localhost:8000/
"""

from worker_runtime import FetchEvent, Response, addEventListener


def handle(event: FetchEvent) -> None:
    event.respondWith(Response("Hello World", headers={"Content-Type": "text/plain"}))


addEventListener("fetch", handle)
