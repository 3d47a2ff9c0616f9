"""Web Locks, 3.2: the LockManager class."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import (
    AbortController,
    AbortSignal,
    DOMException,
    Lock,
    LockManager,
    globalThis,
    navigator,
)

spec = pytest.mark.spec


@spec("https://w3c.github.io/web-locks/#dom-lockmanager-request")
@spec("https://w3c.github.io/web-locks/#dictdef-lockoptions")
@spec("https://w3c.github.io/web-locks/#lockmanager")
class TestRequest:
    async def test_its_promise_is_that_of_the_callback(self) -> None:
        with running_worker():
            assert await navigator.locks.request("a", lambda lock: 7) == 7

            async def work(lock: Lock) -> str:
                await asyncio.sleep(0)
                return lock.name

            assert await navigator.locks.request("a", work) == "a"
            assert await navigator.locks.request("a", lambda: 8) == 8

            def fail(lock: Lock) -> None:
                raise ValueError("why")

            with pytest.raises(ValueError, match="why"):
                await navigator.locks.request("a", fail)
            assert await navigator.locks.request("a", lambda lock: 9) == 9

    @pytest.mark.parametrize(
        "request_", [
            lambda locks, f: locks.request("a", f, mode="shared"),
            lambda locks, f: locks.request("a", {"mode": "shared"}, f),
            lambda locks, f: locks.request("a", {"mode": "exclusive"}, f, mode="shared"),
        ],
    )  # fmt: skip
    async def test_options_are_keywords_or_stand_in_the_middle(self, request_: Any) -> None:
        with running_worker():
            assert await request_(navigator.locks, lambda lock: lock.mode) == "shared"

    @pytest.mark.parametrize(
        "options, name",
        [
            ({"steal": True, "ifAvailable": True}, "a"), ({"steal": True, "mode": "shared"}, "a"),
            ({}, "-a"), ({}, "-"),
        ],
    )  # fmt: skip
    async def test_what_excludes_each_other_is_not_supported(self, options: Any, name: str) -> None:
        with running_worker():
            with pytest.raises(DOMException, match="NotSupportedError"):
                await navigator.locks.request(name, options, lambda lock: None)
            for option in ("steal", "ifAvailable"):
                signal = AbortController().signal
                with pytest.raises(DOMException, match="NotSupportedError"):
                    both: Any = {option: True, "signal": signal}
                    await navigator.locks.request("a", both, print)

    @pytest.mark.parametrize(
        "arguments",
        [("a", None), ("a", {}), ("a", {}, 7), ("a", {"mode": "none"}, print),
         ("a", {"signal": 1}, print), ("a", {"stal": True}, print)],
    )  # fmt: skip
    async def test_what_cannot_be_meant_is_a_type_error(self, arguments: Any) -> None:
        with running_worker():
            promise = navigator.locks.request(*arguments)
            with pytest.raises(TypeError):
                await promise

    async def test_a_signal_that_is_aborted_already_ends_it(self) -> None:
        with running_worker(), pytest.raises(ValueError, match="why"):
            signal = AbortSignal.abort(ValueError("why"))
            await navigator.locks.request("a", print, signal=signal)

    async def test_a_scope_of_an_opaque_origin_has_no_locks(self) -> None:
        with running_worker("data:,"):
            with pytest.raises(DOMException, match="SecurityError"):
                await navigator.locks.request("a", print)
            with pytest.raises(DOMException, match="SecurityError"):
                await navigator.locks.query()

    async def test_the_callback_runs_as_the_code_that_brought_it(self) -> None:
        variable: ContextVar[str] = ContextVar("variable")
        with running_worker():
            seen: list[Any] = []

            async def ask(text: str) -> None:
                variable.set(text)
                await navigator.locks.request(
                    "a", lambda lock: seen.append((variable.get(), globalThis.origin))
                )

            await asyncio.gather(ask("first"), ask("second"))
            assert seen == [(text, "https://worker.example") for text in ("first", "second")]


@spec("https://w3c.github.io/web-locks/#dom-lockmanager-query")
class TestQuery:
    async def test_it_tells_of_locks(self) -> None:
        with running_worker():

            async def look(lock: Lock) -> Any:
                return await navigator.locks.query()

            snapshot = await navigator.locks.request("a", look)
            assert [info.name for info in snapshot.held] == ["a"] and snapshot.pending == []
            assert (await navigator.locks.query()).held == []


@spec("https://w3c.github.io/web-locks/#dom-navigatorlocks-locks")
class TestLocks:
    def test_each_scope_has_one_object(self) -> None:
        with running_worker():
            locks = navigator.locks
            assert isinstance(locks, LockManager) and navigator.locks is locks
        with running_worker():
            assert navigator.locks is not locks

    def test_it_cannot_be_constructed(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            LockManager()
