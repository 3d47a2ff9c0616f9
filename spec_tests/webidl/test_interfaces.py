"""Web IDL, 3.7: interfaces."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Sequence
from weakref import ref

import pytest

from worker_runtime import Promise
from worker_runtime.webidl.interfaces import (
    END_OF_ITERATION,
    AsyncIterator,
    EndOfIteration,
    Iterable,
    NamedPairs,
    add_the_partial_interface,
    illegal_constructor,
    missing_attribute,
    new,
)

spec = pytest.mark.spec


class Pairs(Iterable[str, int]):
    def __init__(self) -> None:
        self.pairs = [("a", 1), ("b", 2)]

    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[str, int]]:
        return self.pairs


async def anext_of(iterator: AsyncIterator[int]) -> int:
    return await iterator.__anext__()


class Countdown(AsyncIterator[int]):
    """Counts down with a promise that is settled later, and remembers how it was returned from."""

    def __init__(self, start: int) -> None:
        super().__init__()
        self.left = start
        self.returned: list[object] = []

    def _get_the_next_iteration_result(self) -> Promise[int | EndOfIteration]:
        async def later() -> int | EndOfIteration:
            await asyncio.sleep(0)
            self.left -= 1
            if self.left < -1:
                raise KeyError("past the end")
            return self.left if self.left >= 0 else END_OF_ITERATION

        return Promise.resolve(later())

    def _asynchronous_iterator_return(self, value: object) -> Promise[None]:
        self.returned.append(value)
        return Promise.resolve()


@spec("https://webidl.spec.whatwg.org/#dfn-partial-interface")
class TestAddThePartialInterface:
    def test_its_members_are_those_of_the_interface(self) -> None:
        class Pot:
            pass

        class Partial:
            """Other words."""

            def pour(self) -> str:
                return "tea"

        assert add_the_partial_interface(Pot, Partial) is Pot
        assert getattr(Pot(), "pour")() == "tea"
        assert Pot.__doc__ is None


@spec("https://webidl.spec.whatwg.org/#new")
@spec("https://webidl.spec.whatwg.org/#interface-object")
class TestIllegalConstructor:
    def test_only_algorithms_make_such_an_object(self) -> None:
        class Closed:
            __init__ = illegal_constructor

        with pytest.raises(TypeError, match="Illegal constructor"):
            Closed()
        assert isinstance(new(Closed), Closed)


@spec("https://webidl.spec.whatwg.org/#js-iterable")
class TestIterable:
    def test_gives_pairs_keys_and_values(self) -> None:
        pairs = Pairs()
        assert list(pairs) == list(pairs.entries()) == [("a", 1), ("b", 2)]
        assert (list(pairs.keys()), list(pairs.values())) == (["a", "b"], [1, 2])

    def test_for_each_calls_with_value_key_and_object(self) -> None:
        pairs, seen = Pairs(), []
        pairs.forEach(lambda value, key, target: seen.append((value, key, target)))
        assert seen == [(1, "a", pairs), (2, "b", pairs)]

    def test_is_live(self) -> None:
        pairs = Pairs()
        iterator = iter(pairs)
        next(iterator)
        pairs.pairs.append(("c", 3))
        assert list(iterator) == [("b", 2), ("c", 3)]


@spec("https://webidl.spec.whatwg.org/#dfn-default-asynchronous-iterator-object")
class TestAsyncIterator:
    async def test_async_for_sees_every_value(self) -> None:
        assert [value async for value in Countdown(3)] == [2, 1, 0]

    async def test_calls_follow_one_another(self) -> None:
        iterator = Countdown(3)
        promises = [iterator.__anext__() for _ in range(3)]
        assert [await promise for promise in promises] == [2, 1, 0]

    async def test_the_end_is_the_end(self) -> None:
        iterator = Countdown(0)
        for _ in range(2):
            with pytest.raises(StopAsyncIteration):
                await iterator.__anext__()

    @spec("https://webidl.spec.whatwg.org/#asynchronous-iterator-return")
    async def test_return_ends_it_once_with_the_value(self) -> None:
        iterator = Countdown(3)
        assert await iterator.return_("done") == "done"
        assert await iterator.return_("again") == "again"
        assert iterator.returned == ["done"]
        with pytest.raises(StopAsyncIteration):
            await iterator.__anext__()

    async def test_return_waits_for_the_step_before(self) -> None:
        iterator = Countdown(3)
        step, end = iterator.__anext__(), iterator.return_()
        assert iterator.returned == []
        assert await step == 2
        await end
        assert iterator.returned == [None]

    async def test_a_value_that_a_cancelled_task_waited_for_is_the_next_one(self) -> None:
        iterator = Countdown(3)
        for arrives_before_the_next_call in (False, True):
            waiter = asyncio.ensure_future(anext_of(iterator))
            await asyncio.sleep(0)
            waiter.cancel()
            await asyncio.wait([waiter])
            if arrives_before_the_next_call:
                for _ in range(10):
                    await asyncio.sleep(0)
            assert waiter.cancelled()
            assert await iterator.__anext__() == iterator.left
        assert await iterator.__anext__() == 0

    async def test_return_does_not_wait_for_a_step_that_nobody_waits_for(self) -> None:
        class Stalled(Countdown):
            def _get_the_next_iteration_result(self) -> Promise[int | EndOfIteration]:
                return Promise()

        iterator = Stalled(3)
        waiter = asyncio.ensure_future(anext_of(iterator))
        await asyncio.sleep(0)
        waiter.cancel()
        await asyncio.wait([waiter])
        assert await iterator.return_("done") == "done"
        assert iterator.returned == ["done"]

    async def test_an_iterator_that_nobody_holds_goes_though_a_step_is_under_way(self) -> None:
        promise: Promise[int | EndOfIteration] = Promise()

        class Stalled(Countdown):
            def _get_the_next_iteration_result(self) -> Promise[int | EndOfIteration]:
                return promise

        async def loop() -> None:
            async for _ in iterators.pop():
                pass

        iterators = [Stalled(3)]
        reference = ref(iterators[0])
        waiter = asyncio.ensure_future(loop())
        await asyncio.sleep(0)
        assert reference() is not None
        waiter.cancel()
        await asyncio.wait([waiter])
        gc.collect()
        assert reference() is None

    async def test_a_promise_of_a_value_holds_the_iterator(self) -> None:
        promise = Countdown(3).__anext__()
        gc.collect()
        assert await promise == 2


class Box(NamedPairs[int]):
    """A collection that has what an interface brings."""

    def __init__(self) -> None:
        self.pairs = [("a", 1), ("b", 2), ("a", 3)]

    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[str, int]]:
        return self.pairs

    def get(self, name: str) -> int | None:
        return next((value for other, value in self.pairs if other == name), None)

    def has(self, name: str) -> bool:
        return self.get(name) is not None

    def delete(self, name: str) -> None:
        self.pairs = [pair for pair in self.pairs if pair[0] != name]


@spec("SPEC_NOTES.md#collections")
class TestNamedPairs:
    def test_has_names_and_values(self) -> None:
        box = Box()
        assert (len(box), "a" in box, "z" in box, box["a"]) == (3, True, False, 1)
        assert dict(box) == {"a": 1, "b": 2}
        assert list(box) == list(box.items()) == box.pairs
        assert repr(box) == "<Box [('a', 1), ('b', 2), ('a', 3)]>"
        del box["a"]
        assert list(box) == [("b", 2)]

    def test_a_name_that_is_not_there_is_a_key_error(self) -> None:
        box = Box()
        with pytest.raises(KeyError):
            box["z"]
        with pytest.raises(KeyError):
            del box["z"]

    def test_what_is_looked_for_is_a_name(self) -> None:
        with pytest.raises(TypeError, match="in list"):
            ("a", 1) in Box()


@spec("SPEC_NOTES.md#missing-attributes")
class TestMissingAttribute:
    @pytest.mark.parametrize(
        "name, hint",
        [
            ("other", ": write box.pairs"),
            ("for_each", ": write 'forEach'"),
            ("no_such_thing", ""),
            ("x", ""),
            ("_x", ""),
        ],
    )
    def test_says_what_to_write(self, name: str, hint: str) -> None:
        error = missing_attribute(Box(), name, {"other": "box.pairs"})
        assert str(error) == f"'Box' object has no attribute {name!r}{hint}"
