"""HTML, 8.1.4.6."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import (
    DOMException,
    ErrorEvent,
    Event,
    EventTarget,
    Promise,
    Thrown,
    reportError,
)
from worker_runtime.html.event_loops import queue_a_task
from worker_runtime.html.runtime_script_errors import (
    extract_error_information,
    invoke_and_report,
    report_an_exception,
    where_it_was_thrown,
)

spec = pytest.mark.spec


def raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#errorevent")
class TestErrorEvent:
    def test_has_the_defaults_of_the_standard(self) -> None:
        event = ErrorEvent("error")
        assert (event.message, event.filename, event.lineno, event.colno, event.error) == (
            "",
            "",
            0,
            0,
            None,
        )

    def test_has_what_it_is_given(self) -> None:
        event = ErrorEvent(
            "error",
            message="m",
            filename="\ud800",
            lineno=2**32 + 1,
            colno=2,
            error="e",
            cancelable=True,
        )
        assert (event.message, event.filename, event.lineno, event.colno, event.error) == (
            "m",
            "\ufffd",
            1,
            2,
            "e",
        )
        assert event.cancelable


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#extract-error")
class TestExtractErrorInformation:
    def test_says_what_was_raised_and_where(self) -> None:
        error = raised(ValueError("v"))
        information = extract_error_information(error)
        assert (information["error"], information["message"]) == (error, "Uncaught ValueError: v")
        assert information["filename"] == __file__
        assert information["lineno"] == raised.__code__.co_firstlineno + 2
        assert information["colno"] == 9

    @pytest.mark.parametrize(
        "exception, message",
        [
            (DOMException("m", "AbortError"), "Uncaught AbortError: m"),
            (Thrown("why"), "Uncaught why"),
            ("why", "Uncaught why"),
            (None, "Uncaught None"),
        ],
    )
    def test_message(self, exception: object, message: str) -> None:
        assert extract_error_information(exception)["message"] == message

    def test_the_error_is_the_value_itself(self) -> None:
        assert extract_error_information(Thrown("why"))["error"] == "why"


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#extract-error")
class TestWhereItWasThrown:
    def test_what_the_platform_raises_is_raised_where_the_script_calls_it(self) -> None:
        with pytest.raises(TypeError) as caught:
            EventTarget().dispatchEvent(5)  # type: ignore[arg-type]
        assert where_it_was_thrown(caught.value)[0].co_filename == __file__

    def test_a_value_that_was_not_thrown_is_where_the_script_reports_it(self) -> None:
        assert where_it_was_thrown(1)[0].co_filename == __file__


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception")
class TestReportAnException:
    def test_fires_error_at_the_scope_and_then_it_goes_to_the_console(self) -> None:
        error = raised(ValueError("v"))
        with running_worker() as worker:
            seen: list[ErrorEvent] = []
            worker.scope.addEventListener("error", seen.append)
            report_an_exception(worker.settings_object, error)
        [event] = seen
        assert isinstance(event, ErrorEvent)
        assert (event.error, event.isTrusted, event.cancelable, event.bubbles) == (
            error,
            True,
            True,
            False,
        )
        assert worker.reports == [(error, "Uncaught")]

    def test_a_listener_that_cancels_the_event_keeps_it_from_the_console(self) -> None:
        with running_worker() as worker:
            worker.scope.addEventListener("error", Event.preventDefault)
            report_an_exception(worker.settings_object, "why")
        assert worker.reports == []

    def test_what_an_error_listener_raises_goes_to_the_console_at_once(self) -> None:
        second = ValueError("second")

        def fail(event: ErrorEvent) -> None:
            raise second

        with running_worker() as worker:
            worker.scope.addEventListener("error", fail)
            report_an_exception(worker.settings_object, "first")
            report_an_exception(worker.settings_object, "third")
        assert [value for value, _ in worker.reports] == [second, "first", second, "third"]

    def test_a_plain_script_has_only_the_console(self, capsys: pytest.CaptureFixture[str]) -> None:
        reportError(ValueError("v"))
        assert capsys.readouterr().err == "Uncaught ValueError: v\n"


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#dom-reporterror")
class TestReportError:
    def test_reports_any_value(self) -> None:
        with running_worker() as worker:
            for value in (raised(ValueError("v")), "why", None):
                reportError(value)
                assert worker.reports[-1] == (value, "Uncaught")


@spec("https://webidl.spec.whatwg.org/#js-invoking-callback-functions")
class TestInvokeAndReport:
    def test_calls_with_the_arguments(self) -> None:
        seen: list[Any] = []
        invoke_and_report(lambda *args: seen.extend(args), 1, 2)
        assert seen == [1, 2]

    @pytest.mark.parametrize("error", [ValueError("v"), asyncio.CancelledError()])
    def test_reports_what_is_raised(self, error: BaseException) -> None:
        def fail() -> None:
            raise error

        with running_worker() as worker:
            invoke_and_report(fail)
        assert worker.reports == [(error, "Uncaught")]

    async def test_microtasks_come_before_the_report(self) -> None:
        seen: list[str] = []

        def fail() -> None:
            Promise.resolve().then(lambda _: seen.append("microtask"))
            raise ValueError("v")

        with running_worker() as worker:
            worker.scope.addEventListener("error", lambda event: seen.append("error"))
            queue_a_task("timer", lambda: invoke_and_report(fail))
            await asyncio.sleep(0)
        assert seen == ["microtask", "error"]

    async def test_a_coroutine_runs(self) -> None:
        ended = asyncio.Event()

        async def callback() -> None:
            await asyncio.sleep(0)
            ended.set()

        invoke_and_report(callback)
        await ended.wait()
