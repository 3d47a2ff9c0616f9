"""HTML, 10.2.1.1 and 8.2."""

from __future__ import annotations

import pytest

import worker_runtime
from spec_tests.fakes import FakeClock, Worker, running_worker
from worker_runtime import (
    Event,
    EventTarget,
    WorkerGlobalScope,
    addEventListener,
    dispatchEvent,
    globalThis,
    removeEventListener,
)
from worker_runtime.global_scope.worker_global_scope import (
    GlobalOperation,
    set_up_a_worker_environment_settings_object,
)
from worker_runtime.host.host import Host
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.webidl.interfaces import new

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#windoworworkerglobalscope")
class TestWindowOrWorkerGlobalScope:
    def test_origin_is_that_of_the_url(self) -> None:
        assert (
            Worker("https://a.example:8443/x", FakeClock()).scope.origin == "https://a.example:8443"
        )
        assert Worker("data:,x", FakeClock()).scope.origin == "null"

    def test_is_a_secure_context_and_not_isolated(self) -> None:
        scope = Worker("http://a.example/", FakeClock()).scope
        assert (scope.isSecureContext, scope.crossOriginIsolated) == (True, False)

    @pytest.mark.parametrize(
        "name",
        [
            "atob", "btoa", "caches", "clearInterval", "clearTimeout", "crypto", "performance",
            "queueMicrotask", "reportError", "setInterval", "setTimeout",
        ],
    )  # fmt: skip
    def test_what_the_scope_has_is_what_the_package_has(self, name: str) -> None:
        assert getattr(Worker("https://a.example/", FakeClock()).scope, name) is getattr(
            worker_runtime, name
        )


@spec("https://html.spec.whatwg.org/multipage/workers.html#workerglobalscope")
class TestWorkerGlobalScope:
    def test_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            WorkerGlobalScope()

    def test_self_is_the_scope(self) -> None:
        scope = Worker("https://a.example/", FakeClock()).scope
        assert scope.self is scope
        assert isinstance(scope, EventTarget)

    def test_location_is_the_url(self) -> None:
        scope = Worker("https://a.example/x", FakeClock()).scope
        assert scope.location.href == "https://a.example/x"
        assert scope.location is scope.location

    def test_navigator_is_there(self) -> None:
        assert Worker("https://a.example/", FakeClock()).scope.navigator is worker_runtime.navigator

    @pytest.mark.parametrize(
        "name",
        [
            "onerror",
            "onlanguagechange",
            "onoffline",
            "ononline",
            "onrejectionhandled",
            "onunhandledrejection",
        ],
    )
    def test_has_event_handlers(self, name: str) -> None:
        scope, seen = Worker("https://a.example/", FakeClock()).scope, list[Event]()
        setattr(scope, name, seen.append)
        scope.dispatchEvent(Event(name[2:]))
        assert len(seen) == 1


@spec(
    "https://html.spec.whatwg.org/multipage/workers.html#set-up-a-worker-environment-settings-object"
)
class TestSetUpAWorkerEnvironmentSettingsObject:
    def test_scope_and_settings_object_know_each_other(self) -> None:
        worker = Worker("https://a.example/x", FakeClock(monotonic=5))
        settings_object = worker.settings_object
        assert settings_object.global_object is worker.scope
        assert settings_object.api_base_url is not None and settings_object.api_base_url.path == [
            "x"
        ]
        assert settings_object.time_origin == 5000

    def test_it_has_what_the_host_has(self) -> None:
        scope, host = new(WorkerGlobalScope), Host()
        url = url_parser("https://a.example/")
        assert set_up_a_worker_environment_settings_object(scope, url, host).host is host


@spec("https://tc39.es/ecma262/#sec-globalthis")
class TestGlobalThis:
    def test_is_the_scope_that_is_running(self) -> None:
        for url in ("https://a.example/", "https://b.example/"):
            with running_worker(url) as worker:
                assert globalThis.location.href == url
                assert globalThis == worker.scope
                assert hash(globalThis) == hash(worker.scope)
                assert "location" in dir(globalThis)

    def test_what_a_script_sets_on_it_stays(self) -> None:
        with running_worker() as worker:
            globalThis.counter = 1
            globalThis.onerror = print
            assert (worker.scope.counter, worker.scope.onerror) == (1, print)  # type: ignore[attr-defined]
            del globalThis.counter
            assert not hasattr(worker.scope, "counter")

    def test_without_a_worker_it_is_an_error_and_has_nothing(self) -> None:
        with pytest.raises(RuntimeError, match="No worker is running"):
            globalThis.location
        assert not hasattr(globalThis, "location")
        assert globalThis != None


@spec("https://tc39.es/ecma262/#sec-global-object")
class TestGlobalOperation:
    def test_listens_to_the_scope_that_is_running(self) -> None:
        seen: list[Event] = []
        with running_worker() as worker:
            addEventListener("x", seen.append, once=False)
            event = Event("x", cancelable=True)
            assert dispatchEvent(event) is True
            assert event.target is worker.scope
            removeEventListener("x", seen.append)
            dispatchEvent(event)
        assert seen == [event]

    def test_a_scope_of_another_kind_may_bring_its_own(self) -> None:
        with running_worker() as worker:
            worker.scope.__dict__["dispatchEvent"] = lambda event: event
            assert GlobalOperation(EventTarget.dispatchEvent)(5) == 5  # type: ignore[arg-type]

    def test_without_a_worker_it_is_an_error(self) -> None:
        with pytest.raises(RuntimeError, match="No worker is running"):
            addEventListener("x", print)
