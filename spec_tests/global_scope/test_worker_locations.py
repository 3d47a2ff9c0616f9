"""HTML, 10.3.3."""

from __future__ import annotations

import pytest

from spec_tests.fakes import FakeClock, Worker, running_worker
from worker_runtime import WorkerLocation
from worker_runtime import location as worker_location

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#workerlocation")
class TestWorkerLocation:
    def test_is_the_url_in_parts(self) -> None:
        location = Worker(
            "https://user:pass@EXAMPLE.com:8443/a/../b c?q=1#f", FakeClock()
        ).scope.location
        assert location.href == str(location) == "https://user:pass@example.com:8443/b%20c?q=1#f"
        assert location.origin == "https://example.com:8443"
        assert (location.protocol, location.host, location.hostname) == (
            "https:",
            "example.com:8443",
            "example.com",
        )
        assert (location.port, location.pathname, location.search, location.hash) == (
            "8443",
            "/b%20c",
            "?q=1",
            "#f",
        )

    def test_what_is_not_there_is_empty(self) -> None:
        location = Worker("http://[::1]:80/?#", FakeClock()).scope.location
        assert (location.host, location.hostname, location.port) == ("[::1]", "[::1]", "")
        assert (location.pathname, location.search, location.hash) == ("/", "", "")

    def test_a_url_without_a_host_has_an_opaque_origin(self) -> None:
        location = Worker("data:,x", FakeClock()).scope.location
        assert (location.origin, location.host, location.hostname, location.pathname) == (
            "null",
            "",
            "",
            ",x",
        )

    def test_does_not_change(self) -> None:
        location = Worker("http://a.example/", FakeClock()).scope.location
        with pytest.raises(AttributeError):
            location.href = "http://b.example/"  # type: ignore[misc]

    def test_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            WorkerLocation()


@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-workerglobalscope-location")
class TestCurrentLocation:
    def test_is_that_of_the_worker_that_runs(self) -> None:
        with running_worker("https://a.example/w.py?x"):
            assert (worker_location.href, worker_location.search) == (
                "https://a.example/w.py?x",
                "?x",
            )
            with running_worker("https://b.example/"):
                assert str(worker_location) == "https://b.example/"
            assert worker_location.host == "a.example"

    def test_without_one_there_is_none(self) -> None:
        with pytest.raises(RuntimeError):
            worker_location.href
