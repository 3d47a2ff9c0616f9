"""Callback function types: a callback gets as many arguments as it takes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import pytest

from spec_tests.fakes import FakeClock, running_worker
from worker_runtime import (
    Event,
    EventTarget,
    Headers,
    Promise,
    ReadableStream,
    TransformStream,
    WritableStream,
    setTimeout,
)
from worker_runtime.webidl.callback_function_types import (
    number_of_parameters,
    to_callback_function,
)

spec = pytest.mark.spec


class Methods:
    def none(self) -> tuple[object, ...]:
        return ()

    def one(self, a: object) -> tuple[object, ...]:
        return (a,)

    def any(self, *all: object) -> tuple[object, ...]:
        return all

    @staticmethod
    def static(a: object) -> tuple[object, ...]:
        return (a,)

    @classmethod
    def of_class(cls, a: object) -> tuple[object, ...]:
        return (a,)

    def __call__(self, a: object, b: object = None) -> tuple[object, ...]:
        return (a, b)


def wrapped(function: Callable[..., object]) -> Callable[..., object]:
    @wraps(function)
    def wrapper(*args: object) -> object:
        return function(*args)

    return wrapper


@spec("https://webidl.spec.whatwg.org/#js-callback-function")
class TestToCallbackFunction:
    @pytest.mark.parametrize(
        "callback, got",
        [
            (lambda: (), ()),
            (lambda a: (a,), (1,)),
            (lambda a, b=None: (a, b), (1, 2)),
            (lambda *all: all, (1, 2, 3)),
            (lambda a, *, b=5: (a, b), (1, 5)),
            (Methods().none, ()),
            (Methods().one, (1,)),
            (Methods().any, (1, 2, 3)),
            (Methods.static, (1,)),
            (Methods.of_class, (1,)),
            (Methods(), (1, 2)),
            (partial(Methods().any, 0), (0, 1, 2, 3)),
            (partial(lambda a, b: (a, b), 0), (0, 1)),
            (partial(lambda a, b: (a, b), b=0), (1, 0)),
            (wrapped(lambda a: (a,)), (1,)),
        ],
    )
    def test_gets_what_it_takes(self, callback: Callable[..., Any], got: object) -> None:
        assert to_callback_function(callback, 3)(1, 2, 3) == got

    def test_one_that_takes_them_all_is_itself(self) -> None:
        callback = Methods().one
        assert to_callback_function(callback, 1) is callback

    def test_builtins(self) -> None:
        seen: list[object] = []
        to_callback_function(seen.append, 2)(1, 2)
        to_callback_function(seen.copy, 2)(1, 2)
        assert seen == [1]
        assert to_callback_function(int, 1)("5") == 5

    def test_one_that_wants_more_says_so_itself(self) -> None:
        def greedy(a: object, b: object) -> None: ...

        with pytest.raises(TypeError, match="missing 1 required positional argument: 'b'"):
            to_callback_function(greedy, 1)(1)


@spec("https://webidl.spec.whatwg.org/#js-callback-function")
class TestNumberOfParameters:
    def test_none_is_no_limit(self) -> None:
        assert number_of_parameters(print) is None
        assert number_of_parameters(Methods().any) is None
        assert number_of_parameters(Methods().one) == 1


@spec("https://webidl.spec.whatwg.org/#js-callback-function")
class TestCallbacks:
    """Each kind that the platform calls, without its last argument."""

    def test_listeners_and_handlers(self) -> None:
        seen: list[str] = []

        class Listener:
            def handleEvent(self) -> None:
                seen.append("object")

        target = EventTarget()
        target.addEventListener("x", lambda: seen.append("function"))
        target.addEventListener("x", Listener())
        target.dispatchEvent(Event("x"))
        assert seen == ["function", "object"]
        with running_worker() as worker:
            worker.scope.onoffline = lambda: seen.append("handler")
            worker.scope.dispatchEvent(Event("offline"))
        assert seen[2:] == ["handler"]

    def test_a_listener_is_removed_by_what_was_added(self) -> None:
        seen: list[str] = []
        target = EventTarget()

        def listener() -> None:
            seen.append("x")

        target.addEventListener("x", listener)
        target.removeEventListener("x", listener)
        target.dispatchEvent(Event("x"))
        assert seen == []

    async def test_algorithms_of_streams(self) -> None:
        seen: list[object] = []

        class Source:
            def start(self, controller: Any) -> None:
                self.controller = controller

            def pull(self) -> None:
                self.controller.enqueue("a")
                self.controller.close()

        class Sink:
            def start(self) -> None: ...

            def write(self, chunk: object) -> None:
                seen.append(chunk)

        def upper(chunk: str, controller: Any) -> None:
            controller.enqueue(chunk.upper())

        transform = TransformStream(
            {"transform": upper, "flush": lambda: seen.append("flush")}, {"size": lambda: 1}
        )
        await ReadableStream(Source()).pipeThrough(transform).pipeTo(WritableStream(Sink()))
        await ReadableStream({"cancel": lambda: seen.append("cancel")}).cancel("why")
        assert seen == ["A", "flush", "cancel"]

    async def test_timers_reactions_and_for_each(self) -> None:
        seen: list[object] = []
        clock = FakeClock()
        with running_worker(clock=clock):
            setTimeout(lambda: seen.append("timer"), 1, "more", "than it takes")
            clock.advance(0.001)
        Headers({"a": "1"}).forEach(lambda value, name: seen.append((name, value)))
        await Promise.resolve(1).then(lambda: seen.append("then"))
        assert seen == ["timer", ("a", "1"), "then"]
