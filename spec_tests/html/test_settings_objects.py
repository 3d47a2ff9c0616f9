"""HTML, 8.1.3."""

from __future__ import annotations

import asyncio
import threading

import pytest

from spec_tests.fakes import running_worker
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_global_object,
    current_settings_object,
    queue_a_global_task,
    realm_execution_context,
)
from worker_runtime.url.origins import OpaqueOrigin

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object")
class TestEnvironmentSettingsObject:
    def test_has_an_origin_of_its_own_where_none_is_given(self) -> None:
        a, b = EnvironmentSettingsObject(), EnvironmentSettingsObject()
        assert isinstance(a.origin, OpaqueOrigin)
        assert a.origin is not b.origin


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#current-settings-object")
class TestCurrentSettingsObject:
    def test_a_plain_script_has_one_for_each_thread(self) -> None:
        seen: list[EnvironmentSettingsObject] = []
        thread = threading.Thread(target=lambda: seen.append(current_settings_object()))
        thread.start()
        thread.join()
        assert current_settings_object() is current_settings_object()
        assert seen[0] is not current_settings_object()
        assert current_settings_object().global_object is None

    async def test_it_goes_with_tasks_and_callbacks(self) -> None:
        loop = asyncio.get_running_loop()
        with running_worker() as first:
            in_a_task = loop.create_task(self.after_a_turn())
            in_a_callback: asyncio.Future[EnvironmentSettingsObject] = loop.create_future()
            loop.call_soon(lambda: in_a_callback.set_result(current_settings_object()))
        with running_worker() as second:
            assert current_settings_object() is second.settings_object
            assert await in_a_task is first.settings_object
            assert await in_a_callback is first.settings_object

    async def after_a_turn(self) -> EnvironmentSettingsObject:
        await asyncio.sleep(0)
        return current_settings_object()


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#current-global-object")
class TestCurrentGlobalObject:
    def test_is_the_scope_of_the_running_worker(self) -> None:
        with running_worker() as worker:
            assert current_global_object() is worker.scope

    def test_is_an_error_where_none_runs(self) -> None:
        with pytest.raises(RuntimeError, match="No worker is running"):
            current_global_object()


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-global-task")
class TestQueueAGlobalTask:
    async def test_that_scope_is_current_in_the_task_and_only_there(self) -> None:
        seen: list[EnvironmentSettingsObject] = []
        settings_object = EnvironmentSettingsObject()
        queue_a_global_task(
            "networking", settings_object, lambda: seen.append(current_settings_object())
        )
        assert realm_execution_context.get(None) is None
        await asyncio.sleep(0)
        assert seen == [settings_object]

    async def test_a_scope_that_is_closing_has_no_more_tasks(self) -> None:
        seen: list[str] = []
        settings_object = EnvironmentSettingsObject()
        settings_object.closing = True
        queue_a_global_task("networking", settings_object, lambda: seen.append("run"))
        await asyncio.sleep(0)
        assert seen == []


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception")
class TestReportToConsole:
    def test_goes_to_the_console_of_the_host(self) -> None:
        with running_worker() as worker:
            worker.settings_object.report_to_console("why", "Uncaught")
        assert worker.reports == [("why", "Uncaught")]
