"""Service Workers, 4.6: fetch events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from spec_tests.service_workers.harness import Site, site_with
from worker_runtime import (
    DOMException,
    FetchEvent,
    Promise,
    ReadableStream,
    Request,
    Response,
    queueMicrotask,
)
from worker_runtime.dom.event import create_an_event
from worker_runtime.fetch.responses import FilteredResponse, ResponseRecord
from worker_runtime.host.console import Mistake
from worker_runtime.html.settings_objects import current_settings_object
from worker_runtime.service_workers import fetch_event
from worker_runtime.service_workers.fetch_event import create

spec = pytest.mark.spec


def body_of(response: ResponseRecord | FilteredResponse | None) -> bytes | None:
    assert response is not None and response.body is not None
    return response.body.take_bytes()


def cancel_this_task() -> Response:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()
    return Response("cancelled")


async def site_that(listener: Callable[[FetchEvent], object]) -> Site:
    return await site_with(lambda scope: scope.addEventListener("fetch", listener))


@spec("https://w3c.github.io/ServiceWorker/#dom-fetchevent-respondwith")
class TestRespondWith:
    async def test_takes_a_response(self) -> None:
        site = await site_that(lambda event: event.respondWith(Response("here", status=201)))
        response = await site.fetch()
        assert response is not None and response.status == 201
        assert body_of(response) == b"here"

    async def test_takes_a_promise_a_coroutine_or_a_future(self) -> None:
        async def later() -> Response:
            await asyncio.sleep(0)
            return Response("later")

        for response in (
            lambda: Promise.resolve(Response("later")),
            later,
            lambda: asyncio.ensure_future(later()),
        ):
            site = await site_that(lambda event, response=response: event.respondWith(response()))  # type: ignore[misc]
            assert body_of(await site.fetch()) == b"later"

    async def test_a_listener_may_be_a_coroutine_that_responds_before_it_waits(self) -> None:
        async def listener(event: FetchEvent) -> None:
            event.respondWith(Response("from a coroutine"))
            await asyncio.sleep(0)

        assert body_of(await (await site_that(listener)).fetch()) == b"from a coroutine"

    @pytest.mark.parametrize(
        "first", [lambda: Response("first"), lambda: Promise.resolve(Response("first"))]
    )
    async def test_twice_is_an_invalid_state_error(self, first: Callable[[], Any]) -> None:
        errors = []

        def listener(event: FetchEvent) -> None:
            event.respondWith(first())
            try:
                event.respondWith(Response("second"))
            except DOMException as error:
                errors.append(error.name)

        assert body_of(await (await site_that(listener)).fetch()) == b"first"
        assert errors == ["InvalidStateError"]

    async def test_after_the_listeners_is_an_invalid_state_error(self) -> None:
        errors = asyncio.Queue[str]()

        def listener(event: FetchEvent) -> None:
            async def too_late() -> None:
                await asyncio.sleep(0)
                try:
                    event.respondWith(Response("too late"))
                except DOMException as error:
                    errors.put_nowait(error.name)

            event.waitUntil(too_late())

        assert await (await site_that(listener)).fetch() is None
        assert await errors.get() == "InvalidStateError"

    async def test_an_event_of_the_authors_own_is_never_responded_to(self) -> None:
        event = FetchEvent("fetch", request=Request("https://site.example/"))
        with pytest.raises(DOMException, match="InvalidStateError"):
            event.respondWith(Response("no"))

    async def test_stops_the_other_listeners(self) -> None:
        seen: list[str] = []

        def script(scope: Any) -> None:
            scope.addEventListener("fetch", lambda event: event.respondWith(Response("first")))
            scope.addEventListener("fetch", lambda event: seen.append("second"))

        assert body_of(await (await site_with(script)).fetch()) == b"first"
        assert seen == []

    async def test_an_async_function_that_has_returned_is_as_one_that_waits(self) -> None:
        async def outcome_of(turns: int, answer: Callable[[FetchEvent], object]) -> list[object]:
            seen: list[object] = []

            async def handler(event: FetchEvent) -> object:
                for _ in range(turns):
                    await asyncio.sleep(0)
                return answer(event)

            def listener(event: FetchEvent) -> None:
                event.handled.then(seen.append, lambda reason: seen.append(reason.name))
                event.respondWith(handler(event))
                try:
                    event.respondWith(Response("again"))
                except DOMException as error:
                    seen.append(error.name)

            site = await site_that(listener)
            response = await site.fetch()
            assert response is not None
            await asyncio.sleep(0)
            seen += [response.type, response.status, *[type(value) for value, _ in site.reports]]
            return seen

        async def response() -> Response:
            return Response("later")

        def waits_until(event: FetchEvent) -> object:
            event.waitUntil(response())
            return Response("waits until")

        def raises(event: FetchEvent) -> object:
            raise KeyError("why")

        answers: list[Callable[[FetchEvent], object]] = [
            lambda event: Response("at once"),
            lambda event: Promise.resolve(Response("a promise")),
            lambda event: response(),
            waits_until,
            lambda event: "text",
            lambda event: None,
            raises,
        ]
        for answer in answers:
            at_once, later = await outcome_of(0, answer), await outcome_of(1, answer)
            assert at_once == later
        # of one that has cancelled itself there is no response
        for turns in (0, 1):
            cancelled = await outcome_of(turns, lambda event: cancel_this_task())
            assert cancelled[-3:] == ["error", 0, DOMException]

    async def test_an_async_function_that_waits_is_as_a_promise_of_it(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def outcome_of(answer: Callable[[FetchEvent], object]) -> list[object]:
            seen: list[object] = []

            async def handler(event: FetchEvent) -> object:
                await asyncio.sleep(0)
                queueMicrotask(lambda: seen.append(try_to_wait(event)))
                return answer(event)

            def try_to_wait(event: FetchEvent) -> str:
                try:
                    event.waitUntil(Promise.resolve())
                except DOMException as error:
                    return error.name
                return "waits"

            def listener(event: FetchEvent) -> None:
                event.handled.then(lambda _: seen.append("handled"), seen.append)
                event.respondWith(handler(event))

            site = await site_that(listener)
            response = await site.fetch()
            await asyncio.sleep(0)
            worker = site.registration.active_worker
            assert response is not None and worker is not None
            assert not worker.set_of_extended_events
            return [response.type, response.status, *map(str, seen), *map(str, site.reports)]

        async def later() -> Response:
            await asyncio.sleep(0)
            return Response("later")

        def raises(event: FetchEvent) -> object:
            raise KeyError("why")

        answers: list[Callable[[FetchEvent], object]] = [
            lambda event: Response("there"),
            lambda event: Promise.resolve(Response("a promise")),
            lambda event: later(),
            lambda event: "text",
            lambda event: cancel_this_task(),
            raises,
        ]
        without = [await outcome_of(answer) for answer in answers]
        monkeypatch.setattr(fetch_event, "a_microtask_would_be_next", lambda: False)
        assert [await outcome_of(answer) for answer in answers] == without
        assert [outcome[:3] for outcome in without[:3]] == [["default", 200, "waits"]] * 3

    async def test_an_async_function_that_has_returned_schedules_nothing(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def handler() -> Response:
            return Response("at once")

        scheduled: list[object] = []
        loop = asyncio.get_running_loop()

        def listener(event: FetchEvent) -> None:
            monkeypatch.setattr(loop, "call_soon", lambda *args, **kwargs: scheduled.append(args))
            event.respondWith(handler())
            monkeypatch.undo()

        assert body_of(await (await site_that(listener)).fetch()) == b"at once"
        assert scheduled == []

    @pytest.mark.parametrize(
        "answer, error",
        [(lambda: "text", Mistake), (lambda: None, Mistake),
            (lambda: Promise.resolve({"status": 200}), Mistake),
         (lambda: Promise.reject(KeyError("why")), KeyError)],
    )  # fmt: skip
    async def test_what_is_no_response_is_a_network_error_and_reported(
        self, answer: Callable[[], Any], error: type[Exception]
    ) -> None:
        site = await site_that(lambda event: event.respondWith(answer()))
        response = await site.fetch()
        assert response is not None and response.type == "error"
        assert [(type(value), what) for value, what in site.reports] == [
            (error, "Uncaught (in respondWith)")
        ]

    async def test_a_response_whose_body_has_been_used_is_a_network_error(self) -> None:
        async def used() -> Response:
            response = Response("used")
            await response.text()
            return response

        response = Response("once")
        for answer in (used, lambda: response):
            site = await site_that(lambda event, answer=answer: event.respondWith(answer()))  # type: ignore[misc]
            first = await site.fetch()
            if first is not None and first.type != "error":
                body_of(first)
                first = await site.fetch()
            assert first is not None and first.type == "error"

    async def test_a_response_whose_stream_is_locked_is_a_network_error(self) -> None:
        def listener(event: FetchEvent) -> None:
            stream = ReadableStream()
            response = Response(stream)
            stream.getReader()
            event.respondWith(response)

        response = await (await site_that(listener)).fetch()
        assert response is not None and response.type == "error"

    async def test_the_way_without_a_promise_is_as_active_as_the_one_with_it(self) -> None:
        outcomes = []

        async def at_once(response: Response) -> Response:
            return response

        async def in_a_turn(response: Response) -> Response:
            await asyncio.sleep(0)
            return response

        for wrap in (lambda response: response, Promise.resolve, at_once, in_a_turn):
            seen: list[str] = []

            def listener(event: FetchEvent, wrap: Any = wrap, seen: list[str] = seen) -> None:
                def wait_for_more(_: object) -> None:
                    try:
                        event.waitUntil(Promise.resolve())
                        seen.append("active")
                    except DOMException as error:
                        seen.append(error.name)

                Promise.resolve().then(wait_for_more)
                event.respondWith(wrap(Response("x")))

            assert body_of(await (await site_that(listener)).fetch()) == b"x"
            await asyncio.sleep(0)
            outcomes.append(seen)
        assert outcomes == [["active"]] * 4


@spec("https://w3c.github.io/ServiceWorker/#dom-fetcheventinit-request")
class TestCreate:
    async def test_it_is_made_at_once_as_its_constructors_make_it(self) -> None:
        request = Request("https://site.example/")
        at_once = create(request, current_settings_object())
        constructed = create_an_event(FetchEvent, "fetch", request=request, cancelable=True)
        slots = {name for base in FetchEvent.__mro__ for name in getattr(base, "__slots__", ())} - {
            "__weakref__",
            "_unsafe_time",
        }
        assert len(slots) > 20
        for name in slots:
            assert getattr(at_once, name) == getattr(constructed, name), name
        assert at_once.timeStamp == pytest.approx(constructed.timeStamp, abs=1000)


@spec("https://w3c.github.io/ServiceWorker/#fetchevent-interface")
class TestFetchEvent:
    async def test_has_the_request_and_ids(self) -> None:
        seen: list[Any] = []

        def listener(event: FetchEvent) -> None:
            seen.extend(
                [
                    event.type,
                    event.isTrusted,
                    event.cancelable,
                    event.request.url,
                    event.request.headers.get("Accept"),
                ]
            )
            seen.extend(
                [
                    event.clientId,
                    event.resultingClientId,
                    event.replacesClientId,
                    event.request is event.request,
                ]
            )
            event.respondWith(Response())

        await (await site_that(listener)).fetch("/path?q")
        assert seen == ["fetch", True, True, "https://site.example/path?q", "*/*", "", "", "", True]

    async def test_its_request_headers_are_immutable(self) -> None:
        errors = []

        def listener(event: FetchEvent) -> None:
            try:
                event.request.headers.set("x", "y")
            except TypeError:
                errors.append("immutable")

        await (await site_that(listener)).fetch()
        assert errors == ["immutable"]

    async def test_its_request_can_be_the_input_of_another(self) -> None:
        async def listener(event: FetchEvent) -> None:
            copy = Request(event.request, headers={"X-Copy": "yes"})
            event.respondWith(
                Promise.resolve(copy.text()).then(
                    lambda text: Response(f"{copy.method} {text} {copy.headers.get('x-copy')}")
                )
            )

        assert (
            body_of(await (await site_that(listener)).fetch("/", "POST", b"body"))
            == b"POST body yes"
        )

    async def test_preload_response_is_a_promise_of_nothing(self) -> None:
        seen: list[Any] = []

        async def listener(event: FetchEvent) -> None:
            seen.append(await event.preloadResponse)

        await (await site_that(listener)).fetch()
        await asyncio.sleep(0)
        assert seen == [None]

    def test_can_be_constructed(self) -> None:
        request = Request("https://site.example/")
        event = FetchEvent(
            "fetch",
            request=request,
            clientId="c",
            resultingClientId="r",
            replacesClientId="p",
            cancelable=True,
        )
        assert (event.request, event.clientId, event.resultingClientId, event.replacesClientId) == (
            request,
            "c",
            "r",
            "p",
        )
        assert event.cancelable and not event.isTrusted


@spec("https://w3c.github.io/ServiceWorker/#dom-fetchevent-handled")
class TestHandled:
    @pytest.mark.parametrize(
        "respond, outcome",
        [(lambda event: event.respondWith(Response()), "fulfilled"),
            (lambda event: None, "fulfilled"),
         (lambda event: event.preventDefault(), "NetworkError"),
         (lambda event: event.respondWith("no response"), "NetworkError")],
    )  # fmt: skip
    @pytest.mark.parametrize("is_asked_before", [True, False])
    async def test_says_whether_the_event_was_answered_or_left(
        self, respond: Callable[[FetchEvent], None], outcome: str, is_asked_before: bool
    ) -> None:
        events: list[FetchEvent] = []

        def listener(event: FetchEvent) -> None:
            events.append(event)
            if is_asked_before:
                event.handled.then()
            respond(event)

        await (await site_that(listener)).fetch()
        settled = events[0].handled.then(lambda _: "fulfilled", lambda reason: reason.name)
        assert await settled == outcome
