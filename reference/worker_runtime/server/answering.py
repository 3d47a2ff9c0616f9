"""Answering: what answers the requests of a server."""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import TYPE_CHECKING

from ..fetch.infrastructure import FetchController
from ..fetch.requests import RequestRecord
from ..runtime.runtime import RunningWorker
from ..service_workers.handle_fetch import cancel_the_body, create_fetch_event_and_dispatch
from ..url.url_serializing import url_path_serializer
from .service import Answer, RequestHandler

if TYPE_CHECKING:
    from .upstream import Upstream


def request_handler(worker: RunningWorker, upstream: Upstream | None) -> RequestHandler:
    """The worker answers; what it leaves to the network, the upstream server answers.

    What the worker fetches from the origin that was asked is asked of the upstream server, too: of
    itself it would be asked for ever.
    """

    async def handle(request: RequestRecord, controller: FetchController) -> Answer:
        if upstream is not None:
            from ..fetch.http_network_fetch import next_server

            controller.before_it_is_handled += [partial(next_server.set, upstream.behind(request))]
        answer = await create_fetch_event_and_dispatch(request, worker.registration, controller)
        if answer is None:
            if upstream is not None:
                return await upstream.forward(request, controller)
            cancel_the_body(request)
        return answer

    return handle


def with_health(path: str, handle: RequestHandler) -> RequestHandler:
    """Requests for that path are answered at once, so that others see that the server is there."""
    from .text_responses import text_response

    def handle_or_say_so(
        request: RequestRecord, controller: FetchController
    ) -> Answer | Awaitable[Answer]:
        if url_path_serializer(request.current_url) != path:
            return handle(request, controller)
        cancel_the_body(request)
        return text_response(200, "ok\n")

    return handle_or_say_so
