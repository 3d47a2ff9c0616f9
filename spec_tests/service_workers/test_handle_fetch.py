"""Service Workers, Appendix A: from a request to a response."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.service_workers.harness import site_with
from worker_runtime import DOMException, FetchEvent, Promise, ReadableStream, Response, globalThis
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.service_workers.handle_fetch import cancel_the_body

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm")
class TestCreateFetchEventAndDispatch:
    async def test_nobody_responds(self) -> None:
        site = await site_with(lambda scope: scope.addEventListener("fetch", lambda event: None))
        assert await site.fetch() is None

    async def test_nobody_listens(self) -> None:
        assert await (await site_with(lambda scope: None)).fetch() is None

    async def test_a_canceled_event_is_a_network_error(self) -> None:
        site = await site_with(
            lambda scope: scope.addEventListener("fetch", lambda event: event.preventDefault())
        )
        response = await site.fetch()
        assert response is not None and response.type == "error"

    async def test_a_listener_that_raises_is_a_network_error_and_reported(self) -> None:
        def fail(event: FetchEvent) -> None:
            raise KeyError("in the listener")

        site = await site_with(lambda scope: scope.addEventListener("fetch", fail))
        response = await site.fetch()
        assert response is not None and response.type == "error"
        assert isinstance(site.reports[0][0], KeyError)

    async def test_a_listener_that_raises_after_another_responded_changes_nothing(self) -> None:
        def fail(event: FetchEvent) -> None:
            event.respondWith(Response("fine"))
            raise KeyError("after")

        site = await site_with(lambda scope: scope.addEventListener("fetch", fail))
        response = await site.fetch()
        assert response is not None and response.status == 200
        assert isinstance(site.reports[0][0], KeyError)

    @pytest.mark.parametrize("outcome", ["canceled", "raised", "rejected"])
    async def test_the_body_of_a_request_that_gets_no_response_ends(self, outcome: str) -> None:
        def listener(event: FetchEvent) -> None:
            if outcome == "canceled":
                event.preventDefault()
            elif outcome == "raised":
                raise KeyError("x")
            else:
                event.respondWith(Promise.reject(KeyError("x")))

        site = await site_with(lambda scope: scope.addEventListener("fetch", listener))
        canceled: list[object] = []
        stream = ReadableStream({"cancel": canceled.append})
        response = await site.fetch(method="POST", body=stream)
        assert response is not None and response.type == "error" and canceled == [None]

    async def test_each_handler_runs_in_the_scope_of_its_worker(self) -> None:
        seen: list[bool] = []

        def script(scope: Any) -> None:
            async def handle() -> Response:
                await asyncio.sleep(0)
                seen.append(globalThis == scope)
                return Response()

            scope.addEventListener("fetch", lambda event: event.respondWith(handle()))

        site, other = await site_with(script), await site_with(script)
        await asyncio.gather(*(s.fetch() for s in (site, other, site, other)))
        assert seen == [True] * 4


@spec("https://w3c.github.io/ServiceWorker/#create-fetch-event-and-dispatch-algorithm")
class TestCancelTheBody:
    async def test_unless_it_is_in_use(self) -> None:
        canceled: list[object] = []
        stream = ReadableStream({"cancel": canceled.append})
        request = RequestRecord("https://a.example/", "POST", body=BodyRecord(stream=stream))
        reader = stream.getReader()
        cancel_the_body(request)
        assert canceled == []
        reader.releaseLock()
        cancel_the_body(request)
        assert canceled == [None]

    async def test_bytes_in_hand_are_left_alone(self) -> None:
        request = RequestRecord("https://a.example/", "POST", body=BodyRecord(b"x", 1))
        cancel_the_body(request)
        assert request.body is not None and request.body.take_bytes() == b"x"


@spec("https://w3c.github.io/ServiceWorker/#fetch-event-request")
class TestSignal:
    async def test_is_aborted_when_the_client_leaves(self) -> None:
        controller = FetchController()
        requests = []

        def listener(event: FetchEvent) -> None:
            requests.append(event.request)
            assert not event.request.signal.aborted
            event.respondWith(Response())

        site = await site_with(lambda scope: scope.addEventListener("fetch", listener))
        await site.fetch(controller=controller)
        controller.abort()
        assert requests[0].signal.aborted
        assert (
            isinstance(requests[0].signal.reason, DOMException)
            and requests[0].signal.reason.name == "AbortError"
        )

    async def test_is_aborted_from_the_start_where_it_is_asked_for_later(self) -> None:
        controller = FetchController()
        requests = []
        site = await site_with(
            lambda scope: scope.addEventListener(
                "fetch", lambda event: requests.append(event.request)
            )
        )
        await site.fetch(controller=controller)
        controller.abort("left")
        assert requests[0].signal.reason == "left"
