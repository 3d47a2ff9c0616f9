"""Performance Timeline, 4: the PerformanceObserver interface."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import DOMException, PerformanceObserver, performance

spec = pytest.mark.spec


def names(observer: PerformanceObserver) -> list[str]:
    return [entry.name for entry in observer.takeRecords()]


@spec("https://w3c.github.io/performance-timeline/#performanceobserver")
class TestPerformanceObserver:
    @spec("https://w3c.github.io/performance-timeline/#dom-performanceobserver-supportedentrytypes")
    def test_the_supported_types_are_in_alphabetical_order(self) -> None:
        assert PerformanceObserver.supportedEntryTypes == ("mark", "measure", "resource")

    @spec("https://w3c.github.io/performance-timeline/#dom-performanceobserver-performanceobserver")
    def test_its_callback_is_called_with_the_list_and_the_observer(self) -> None:
        async def main() -> None:
            with running_worker():
                told: list[tuple[object, ...]] = []
                observer = PerformanceObserver(lambda *arguments: told.append(arguments))
                observer.observe(type="mark")
                performance.mark("a")
                await asyncio.sleep(0)
                assert told[0][1] is observer and len(told[0]) == 3

        asyncio.run(main())

    @pytest.mark.parametrize("callback", [None, "x", 1])
    def test_its_callback_is_callable(self, callback: object) -> None:
        with pytest.raises(TypeError, match="callable"):
            PerformanceObserver(callback)  # type: ignore[arg-type]

    async def test_a_coroutine_instead_of_a_function_is_refused(self) -> None:
        async def callback() -> None: ...

        with pytest.raises(TypeError, match="without calling it"):
            PerformanceObserver(callback())  # type: ignore[arg-type]


@spec("https://w3c.github.io/performance-timeline/#dom-performanceobserver-observe")
class TestObserve:
    @spec("https://w3c.github.io/performance-timeline/#dictdef-performanceobserverinit")
    @pytest.mark.parametrize(
        "options",
        [
            {},
            {"buffered": True},
            {"entryTypes": ["mark"], "type": "mark"},
            {"entryTypes": "mark"},
            {"entryTypes": 1},
            {"typ": "mark"},
        ],
    )
    def test_options_that_contradict_each_other_are_a_type_error(
        self, options: dict[str, object]
    ) -> None:
        with pytest.raises(TypeError):
            PerformanceObserver(print).observe(options)  # type: ignore[arg-type]

    @pytest.mark.parametrize(
        "wrong, right",
        [({"entryTypes": [b""]}, {"type": "mark"}), ({"type": b""}, {"entryTypes": ["mark"]})],
    )
    def test_options_that_cannot_be_leave_the_observer_as_it_was(
        self, wrong: Any, right: Any
    ) -> None:
        with running_worker():
            observer = PerformanceObserver(print)
            with pytest.raises(TypeError):
                observer.observe(wrong)
            observer.observe(right)
            performance.mark("a")
            assert names(observer) == ["a"]

    @pytest.mark.parametrize("buffered", [True, False])
    def test_buffered_beside_entry_types_is_ignored_with_a_warning(self, buffered: bool) -> None:
        with running_worker() as worker:
            performance.mark("a")
            observer = PerformanceObserver(print)
            observer.observe(entryTypes=["mark"], buffered=buffered)
            performance.mark("b")
            assert names(observer) == ["b"]
            assert "`buffered`" in worker.console.messages[0][1]

    def test_it_is_one_by_one_or_all_at_once(self) -> None:
        with running_worker():
            single, multiple = PerformanceObserver(print), PerformanceObserver(print)
            single.observe(type="mark")
            with pytest.raises(DOMException) as raised:
                single.observe(entryTypes=["mark"])
            assert raised.value.name == "InvalidModificationError"
            multiple.observe(entryTypes=["mark"])
            with pytest.raises(DOMException, match="one by one"):
                multiple.observe(type="mark")

    async def test_one_by_one_they_add_up_and_all_at_once_they_replace(self) -> None:
        with running_worker():
            single, multiple = PerformanceObserver(print), PerformanceObserver(print)
            single.observe(type="mark")
            single.observe(type="measure")
            single.observe(type="mark")
            multiple.observe(entryTypes=["mark"])
            multiple.observe(entryTypes=["measure"])
            performance.mark("a")
            performance.measure("b")
            assert names(single) == ["a", "b"] and names(multiple) == ["b"]

    async def test_buffered_has_what_was_there_before(self) -> None:
        with running_worker():
            performance.mark("a")
            with_it, without = PerformanceObserver(print), PerformanceObserver(print)
            with_it.observe(type="mark", buffered=True)
            without.observe(type="mark")
            performance.mark("b")
            assert names(with_it) == ["a", "b"] and names(without) == ["b"]

    def test_unsupported_types_are_ignored_with_a_warning(self) -> None:
        with running_worker() as worker:
            observer = PerformanceObserver(print)
            observer.observe(entryTypes=["navigation", "measure"])
            observer.observe(entryTypes=[])
            performance.measure("a")
            assert names(observer) == ["a"]
            level, text = worker.console.messages[0]
            assert "'navigation'" in text and "mark, measure, resource" in text

    def test_a_single_unsupported_type_registers_nothing(self) -> None:
        with running_worker():
            observer = PerformanceObserver(print)
            observer.observe(type="paint", buffered=True)
            performance.mark("a")
            assert names(observer) == []


@spec("https://w3c.github.io/performance-timeline/#dom-performanceobserver-disconnect")
class TestDisconnect:
    async def test_it_forgets_its_types_and_what_it_was_not_told(self) -> None:
        with running_worker():
            told: list[object] = []
            observer = PerformanceObserver(told.append)
            observer.observe(type="mark")
            performance.mark("a")
            observer.disconnect()
            assert names(observer) == []
            observer.observe(type="measure")
            performance.mark("b")
            performance.measure("c")
            assert names(observer) == ["c"]
            await asyncio.sleep(0)
            assert told == []


@spec("https://w3c.github.io/performance-timeline/#dom-performanceobserver-takerecords")
class TestTakeRecords:
    async def test_they_are_not_told_again(self) -> None:
        with running_worker():
            told: list[object] = []
            observer = PerformanceObserver(told.append)
            observer.observe(type="mark")
            mark = performance.mark("a")
            assert observer.takeRecords() == [mark]
            assert observer.takeRecords() == []
            await asyncio.sleep(0)
            assert told == []
