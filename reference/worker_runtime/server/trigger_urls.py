"""Trigger URLs: events that somebody fires by hand, while a worker is being developed.

They are those of Cloudflare's own tools; what they do is in SPEC_NOTES.md#scheduled-events.
"""

from __future__ import annotations

from collections.abc import Awaitable

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..fetch.responses import ResponseRecord
from ..runtime.runtime import RunningWorker
from ..service_workers.handle_fetch import cancel_the_body
from ..url.host_serializing import host_serializer
from ..url.url_parsing import url_parser
from ..url.url_serializing import url_path_serializer
from ..url.urlencoded import urlencoded_string_parser
from ..url.writing import URLFailure
from .service import Answer, RequestHandler
from .text_responses import text_response

FOLDER = "/cdn-cgi/handler/"
NAMES_OF_THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "[::1]"})


def with_trigger_urls(worker: RunningWorker, handle: RequestHandler) -> RequestHandler:
    """Requests for trigger URLs fire events of the worker, and all others go on."""

    def handle_or_fire(
        request: RequestRecord, controller: FetchController
    ) -> Answer | Awaitable[Answer]:
        path = url_path_serializer(request.url)
        if not path.startswith(FOLDER):
            return handle(request, controller)
        cancel_the_body(request)
        return fire(worker, path.removeprefix(FOLDER), request)

    return handle_or_fire


async def fire(worker: RunningWorker, name: str, request: RequestRecord) -> ResponseRecord:
    """Fire the event of that name, and answer with its outcome."""
    if not comes_from_this_machine(request):
        return text_response(403, "Trigger URLs are for localhost only")
    if name != "scheduled":
        return text_response(404, f"There is no event {name[:80]!r} to be fired")
    query = dict(urlencoded_string_parser(request.url.query or ""))
    try:
        time = float(query["time"]) if "time" in query else None
    except ValueError:
        return text_response(400, "The time is a number of milliseconds since 1970")
    if time is None:
        time = worker.registration.host.clock.wall() * 1000
    result = await worker.scheduled(query.get("cron", ""), time)
    return text_response(200 if result.outcome == "ok" else 500, result.outcome)


def comes_from_this_machine(request: RequestRecord) -> bool:
    """Whether its Host, and its Origin if it has one, is this machine: a page of a browser is
    not.
    """
    origin = request.header_list.get("origin")
    return is_this_machine(f"http://{request.header_list.get('host')}") and (
        origin is None or is_this_machine(origin)
    )


def is_this_machine(url: str) -> bool:
    """Whether the host of a URL is a name of this machine."""
    try:
        host = url_parser(url).host
    except URLFailure:
        return False
    return host is not None and host_serializer(host) in NAMES_OF_THIS_MACHINE
