"""fetch(): what its promise becomes."""

from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from worker_runtime import AbortController, AbortSignal, DOMException, Request, Thrown, fetch

from .scripted_network import network_of, response

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#dom-global-fetch")
class TestFetch:
    def test_needs_an_event_loop(self) -> None:
        with pytest.raises(RuntimeError, match="running event loop"):
            fetch("data:,x")

    async def test_an_argument_that_is_wrong_is_a_rejection(self) -> None:
        with pytest.raises(TypeError, match="Invalid URL"):
            await fetch("no URL")

    async def test_a_request_is_an_argument(self) -> None:
        with network_of(lambda request: response(request.method.encode() + request.body)):
            request = Request("http://a.example/", method="POST", body="!")
            assert await (await fetch(request)).text() == "POST!"
            assert request.bodyUsed

    async def test_a_response_of_a_server_cannot_be_changed(self) -> None:
        with network_of(lambda request: response()):
            answer = await fetch("http://a.example/")
            with pytest.raises(TypeError, match="immutable"):
                answer.headers.set("a", "b")

    async def test_a_status_that_says_no_is_no_failure(self) -> None:
        with network_of(lambda request: response(status="500 Oh")):
            assert (await fetch("http://a.example/")).status == 500

    async def test_what_is_at_hand_is_there_without_a_task(self) -> None:
        tasks = asyncio.all_tasks()
        promise = fetch("data:text/plain,hello")
        assert asyncio.all_tasks() == tasks
        assert await (await promise).text() == "hello"

    async def test_a_worker_sees_the_cookies_that_it_is_sent(self) -> None:
        with network_of(lambda request: response(set_cookie="a=b")):
            assert (await fetch("http://a.example/")).headers.getSetCookie() == ["a=b"]


@spec("https://fetch.spec.whatwg.org/#abort-fetch")
class TestAbortTheFetchCall:
    async def test_a_signal_that_is_aborted_already_sends_nothing(self) -> None:
        with network_of(lambda request: response()) as network:
            with pytest.raises(Thrown) as caught:
                await fetch("http://a.example/", signal=AbortSignal.abort("why"))
            assert caught.value.value == "why"
            assert network.dialled == []

    async def test_the_signal_of_a_request_counts(self) -> None:
        with network_of(lambda request: None):
            controller = AbortController()
            promise = fetch(Request("http://a.example/", signal=controller.signal))
            controller.abort()
            with pytest.raises(DOMException, match="AbortError"):
                await promise

    async def test_a_body_that_has_come_whole_fails_as_well(self) -> None:
        with network_of(lambda request: response(b"x")):
            controller = AbortController()
            answer = await fetch("http://a.example/", signal=controller.signal)
            controller.abort()
            with pytest.raises(DOMException, match="AbortError"):
                await answer.text()

    async def test_an_abort_after_the_end_changes_nothing(self) -> None:
        with network_of(lambda request: response(b"x")):
            controller = AbortController()
            answer = await fetch("http://a.example/", signal=controller.signal)
            assert await answer.text() == "x"
            controller.abort()


@spec("https://fetch.spec.whatwg.org/#dom-global-fetch")
class TestFetchCall:
    async def test_a_signal_that_lives_on_does_not_hold_responses(self) -> None:
        with network_of(lambda request: response(b"x")):
            controller = AbortController()
            answer = await fetch("http://a.example/", signal=controller.signal)
            reference = weakref.ref(answer)
            assert await answer.text() == "x"
            del answer
            gc.collect()
            assert reference() is None
            assert not controller.signal._observed_dependent_signals
