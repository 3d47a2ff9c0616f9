"""Who answers the requests of a server."""

from __future__ import annotations

import inspect

from worker_runtime import Response
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.runtime.runtime import Runtime
from worker_runtime.server.answering import request_handler, with_health
from worker_runtime.server.service import Answer
from worker_runtime.server.upstream import Upstream


class FakeUpstream(Upstream):
    def __init__(self) -> None:
        self.forwarded: list[RequestRecord] = []

    async def forward(self, request: RequestRecord, controller: FetchController) -> ResponseRecord:
        self.forwarded.append(request)
        return ResponseRecord(HeaderList())


async def answer_to(path: str, upstream: Upstream | None) -> Answer:
    listener = lambda scope: scope.addEventListener(
        "fetch",
        lambda event: event.respondWith(Response("mine")) if "/mine" in event.request.url else None,
    )
    async with Runtime() as runtime:
        handler = request_handler(await runtime.start(listener), upstream)
        answer = handler(RequestRecord(f"http://x.example{path}", "GET"), FetchController())
        return await answer if inspect.isawaitable(answer) else answer


class TestRequestHandler:
    async def test_the_worker_answers_first(self) -> None:
        upstream = FakeUpstream()
        answer = await answer_to("/mine", upstream)
        assert answer is not None and upstream.forwarded == []

    async def test_the_upstream_server_answers_the_rest(self) -> None:
        upstream = FakeUpstream()
        assert await answer_to("/theirs", upstream) is not None
        assert len(upstream.forwarded) == 1

    async def test_without_one_nobody_does(self) -> None:
        assert await answer_to("/theirs", None) is None


class TestWithHealth:
    async def test_the_path_is_answered_without_the_worker_and_others_are_not(self) -> None:
        async def handle(request: RequestRecord, controller: FetchController) -> Answer:
            return None

        handler = with_health("/healthz", handle)
        answer = handler(RequestRecord("http://x.example/healthz?a", "GET"), FetchController())
        assert isinstance(answer, ResponseRecord) and answer.status == 200
        other = handler(RequestRecord("http://x.example/", "GET"), FetchController())
        assert inspect.isawaitable(other) and await other is None
