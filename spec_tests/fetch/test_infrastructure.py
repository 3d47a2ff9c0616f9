"""Fetch, 2: fetch controllers."""

from __future__ import annotations

import pytest

from worker_runtime import DOMException
from worker_runtime.fetch.infrastructure import (
    FetchController,
    FetchParams,
    appropriate_network_error,
)
from worker_runtime.fetch.requests import RequestRecord

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#fetch-controller")
@spec("https://fetch.spec.whatwg.org/#fetch-controller-abort")
class TestAbort:
    def test_performs_the_steps_once_with_the_reason(self) -> None:
        controller = FetchController()
        seen: list[object] = []
        controller.upon_abort(seen.append)
        controller.abort("reason")
        controller.abort("again")
        assert (controller.state, seen) == ("aborted", ["reason"])

    def test_without_a_reason_is_an_abort_error(self) -> None:
        controller = FetchController()
        controller.abort()
        assert isinstance(controller.serialized_abort_reason, DOMException)
        assert controller.serialized_abort_reason.name == "AbortError"


@spec("https://fetch.spec.whatwg.org/#fetch-controller-abort")
class TestUponAbort:
    def test_performs_steps_that_come_too_late_at_once(self) -> None:
        controller = FetchController()
        seen: list[object] = []
        controller.abort("reason")
        controller.upon_abort(seen.append)
        assert seen == ["reason"]


@spec("https://fetch.spec.whatwg.org/#fetch-controller-terminate")
class TestTerminate:
    def test_performs_no_steps(self) -> None:
        controller = FetchController()
        seen: list[object] = []
        controller.upon_abort(seen.append)
        controller.terminate()
        controller.upon_abort(seen.append)
        assert (controller.state, seen) == ("terminated", [])


@spec("https://fetch.spec.whatwg.org/#fetch-params")
class TestFetchParams:
    def test_a_copy_belongs_to_the_same_fetch(self) -> None:
        params = FetchParams(RequestRecord("http://a.example/"))
        request = RequestRecord("http://b.example/")
        copy = params.copy_for(request)
        assert (copy.request, copy.controller) == (request, params.controller)
        params.controller.abort()
        assert copy.is_canceled


@spec("https://fetch.spec.whatwg.org/#appropriate-network-error")
class TestAppropriateNetworkError:
    def test_tells_an_abort_from_another_end(self) -> None:
        params = FetchParams(RequestRecord("http://a.example/"))
        params.controller.terminate()
        assert not appropriate_network_error(params).aborted
        params.controller.state = "aborted"
        assert appropriate_network_error(params).aborted
