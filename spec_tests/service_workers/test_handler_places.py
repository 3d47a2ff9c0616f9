"""Where a worker answers its events."""

from __future__ import annotations

from functools import partial

from spec_tests.service_workers.harness import site_with
from worker_runtime import ServiceWorkerGlobalScope
from worker_runtime.service_workers.handler_places import place_of_function, place_of_the_handler


def handler(event: object) -> None: ...


PLACE = f"{__file__}:{handler.__code__.co_firstlineno}"


class TestPlaceOfFunction:
    def test_it_is_where_the_function_is_defined(self) -> None:
        class Handler:
            __call__ = handler

        assert place_of_function(handler) == place_of_function(partial(handler, 1)) == PLACE
        assert place_of_function(Handler().__call__) == PLACE

    def test_what_is_not_of_python_has_none(self) -> None:
        assert place_of_function(print) is None and place_of_function(None) is None


class TestPlaceOfTheHandler:
    async def test_the_only_listener_has_a_place(self) -> None:
        site = await site_with(lambda scope: scope.addEventListener("fetch", handler))
        worker = site.registration.active_worker
        assert worker is not None
        assert place_of_the_handler(worker.global_object, "fetch") == PLACE
        assert place_of_the_handler(worker.global_object, "scheduled") is None

    async def test_of_several_nobody_knows_which_it_is(self) -> None:
        def script(scope: ServiceWorkerGlobalScope) -> None:
            scope.addEventListener("fetch", handler)
            scope.addEventListener("fetch", lambda event: None)

        site = await site_with(script)
        worker = site.registration.active_worker
        assert worker is not None
        assert place_of_the_handler(worker.global_object, "fetch") is None
