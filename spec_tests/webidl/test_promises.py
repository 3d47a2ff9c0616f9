"""Web IDL, 3.2.24 and ECMA-262, 27.2."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from worker_runtime.webidl.exceptions import DOMException, Thrown
from worker_runtime.webidl.promises import (
    is_fulfilled,
    Promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    get_a_promise_for_waiting_for_all,
    mark_as_handled,
    reject,
    resolve,
    take_up,
    upon_fulfillment,
    upon_rejection,
    wait_for_all,
)

spec = pytest.mark.spec


async def turns(count: int = 3) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


@spec("https://tc39.es/ecma262/#sec-promise-constructor")
@spec("https://tc39.es/ecma262/#await")
class TestAwait:
    async def test_gives_the_value_any_number_of_times(self) -> None:
        promise = Promise.resolve("x")
        assert (await promise, await promise) == ("x", "x")

    @spec("https://tc39.es/ecma262/#sec-promise.withResolvers")
    async def test_waits_beside_asyncio(self) -> None:
        promise, resolve_it, _ = Promise.withResolvers()
        asyncio.get_running_loop().call_later(0, resolve_it, 1)
        async with asyncio.timeout(5):
            assert await promise == 1

    @spec("https://tc39.es/ecma262/#sec-promise.reject")
    async def test_raises_a_reason_that_is_an_exception(self) -> None:
        error = KeyError("k")
        for _ in range(3):
            with pytest.raises(KeyError) as caught:
                await Promise.reject(error)
            assert caught.value is error

    async def test_raises_any_other_reason_inside_thrown(self) -> None:
        with pytest.raises(Thrown) as caught:
            await Promise.reject("why")
        assert caught.value.value == "why"

    async def test_a_reason_that_is_raised_often_does_not_grow_its_traceback(self) -> None:
        promise = Promise.reject(KeyError("k"))
        depths = []
        for _ in range(5):
            try:
                await promise
            except KeyError as error:
                depth, traceback = 0, error.__traceback__
                while traceback:
                    depth, traceback = depth + 1, traceback.tb_next
                depths.append(depth)
        assert len(set(depths)) == 1

    async def test_cancelling_a_waiter_leaves_the_promise_alone(self) -> None:
        promise, resolve_it, _ = Promise.withResolvers()

        async def wait() -> Any:
            return await promise

        waiter = asyncio.ensure_future(wait())
        await turns(1)
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter
        assert promise._reactions == []
        resolve_it("there")
        assert await promise == "there"


@spec("https://tc39.es/ecma262/#sec-promise.prototype.then")
class TestThen:
    async def test_reactions_run_in_order_and_before_the_loops_next_callbacks(self) -> None:
        seen: list[str] = []
        promise = Promise.resolve(None)
        promise.then(lambda _: seen.append("a")).then(lambda _: seen.append("c")).then(
            lambda _: seen.append("d")
        )
        promise.then(lambda _: seen.append("b"))
        asyncio.get_running_loop().call_soon(seen.append, "loop")
        assert seen == []
        await turns()
        assert seen == ["a", "b", "c", "d", "loop"]

    async def test_what_a_reaction_returns_is_the_next_value(self) -> None:
        assert await Promise.resolve(1).then(lambda x: x + 1).then(lambda x: x * 10) == 20

    async def test_a_promise_or_a_coroutine_that_a_reaction_returns_is_awaited(self) -> None:
        async def later() -> Promise[str]:
            await asyncio.sleep(0)
            return Promise.resolve("nested")

        assert await Promise.resolve(1).then(lambda _: later()) == "nested"

    async def test_a_missing_reaction_hands_the_outcome_on(self) -> None:
        assert await Promise.resolve(1).then() == 1
        assert (
            await Promise.reject("r").then(lambda _: "no").then(None, lambda reason: reason) == "r"
        )

    async def test_what_a_reaction_raises_is_the_reason(self) -> None:
        def fail(_: object) -> None:
            raise Thrown("plain")

        assert await Promise.resolve(1).then(fail).then(None, lambda reason: reason) == "plain"


@spec("https://tc39.es/ecma262/#sec-promise.resolve")
@spec("https://webidl.spec.whatwg.org/#resolve")
class TestResolve:
    async def test_only_the_first_settlement_counts(self) -> None:
        promise: Promise[int] = Promise()
        resolve(promise, 1)
        resolve(promise, 2)
        reject(promise, "late")
        assert await promise == 1

    async def test_a_promise_that_follows_another_cannot_be_settled_any_more(self) -> None:
        first, promise = Promise[int](), Promise[int]()
        resolve(promise, first)
        resolve(promise, 2)
        resolve(first, 1)
        assert await promise == 1

    async def test_itself_is_a_type_error(self) -> None:
        promise: Promise[object] = Promise()
        resolve(promise, promise)
        with pytest.raises(TypeError, match="itself"):
            await promise

    @spec("https://webidl.spec.whatwg.org/#a-promise-resolved-with")
    async def test_following_a_promise_takes_two_more_turns_of_the_queue(self) -> None:
        seen: list[str] = []

        def note(name: str, _: object) -> None:
            seen.append(name)

        a_promise_resolved_with(Promise.resolve(1)).then(lambda _: seen.append("followed"))
        steps: Promise[Any] = Promise.resolve(1)
        for name in "123":
            steps = steps.then(partial(note, name))
        await turns()
        assert seen == ["1", "2", "followed", "3"]

    async def test_a_task_that_is_cancelled_is_an_abort_error(self) -> None:
        task = asyncio.ensure_future(asyncio.sleep(60))
        promise = Promise.resolve(task)
        task.cancel()
        with pytest.raises(DOMException, match="AbortError"):
            await promise

    async def test_the_tasks_own_timeouts_work_in_a_coroutine_from_its_first_step_on(self) -> None:
        async def slow() -> str:
            try:
                async with asyncio.timeout(0.001):
                    await asyncio.sleep(60)
            except TimeoutError:
                return "timed out"
            return "not reached"

        assert await Promise.resolve(slow()) == "timed out"


@spec("https://webidl.spec.whatwg.org/#upon-fulfillment")
class TestUponFulfillment:
    async def test_steps_see_the_value(self) -> None:
        seen: list[object] = []
        upon_fulfillment(Promise.resolve("v"), seen.append)
        await turns()
        assert seen == ["v"]


@spec("https://webidl.spec.whatwg.org/#a-promise-rejected-with")
@spec("https://webidl.spec.whatwg.org/#upon-rejection")
class TestUponRejection:
    async def test_steps_see_the_reason_and_the_rejection_is_handled(self) -> None:
        seen: list[object] = []
        upon_rejection(a_promise_rejected_with("r"), seen.append)
        upon_rejection(Promise.resolve("v"), seen.append)
        await turns()
        assert seen == ["r"]


@spec("https://webidl.spec.whatwg.org/#wait-for-all")
class TestWaitForAll:
    @spec("https://webidl.spec.whatwg.org/#waiting-for-all-promise")
    async def test_values_are_in_the_order_of_the_promises(self) -> None:
        first, second = Promise[str](), Promise[str]()
        together = get_a_promise_for_waiting_for_all([first, second])
        resolve(second, "2")
        resolve(first, "1")
        assert await together == ["1", "2"]

    async def test_none_is_fulfilled_in_a_microtask(self) -> None:
        seen: list[object] = []
        wait_for_all([], seen.append, seen.append)
        assert seen == []
        await turns()
        assert seen == [[]]

    async def test_the_first_rejection_is_the_only_one(self) -> None:
        seen: list[object] = []
        wait_for_all(
            [a_promise_rejected_with(1), a_promise_rejected_with(2)],
            lambda _: seen.append("no"),
            seen.append,
        )
        await turns()
        assert seen == [1]


@spec("https://docs.python.org/3/library/asyncio-task.html#task-cancellation")
class TestTakeUp:
    async def wait_and_be_cancelled(
        self, promise: Promise[Any], settle: Callable[[], object] = lambda: None
    ) -> None:
        async def wait() -> Any:
            return await promise

        waiter = asyncio.ensure_future(wait())
        await turns(1)
        settle()
        waiter.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiter

    async def test_is_for_a_promise_whose_wait_was_cancelled_and_only_once(self) -> None:
        promise: Promise[int] = Promise()
        await self.wait_and_be_cancelled(promise)
        assert (take_up(promise), take_up(promise)) == (True, False)

    async def test_also_if_it_was_settled_before_the_task_could_see_it(self) -> None:
        promise: Promise[int] = Promise()
        await self.wait_and_be_cancelled(promise, lambda: resolve(promise, 1))
        assert take_up(promise)

    async def test_not_if_nobody_has_waited(self) -> None:
        assert not take_up(Promise())

    async def test_not_if_somebody_has_got_the_outcome(self) -> None:
        promise: Promise[int] = Promise()
        await self.wait_and_be_cancelled(promise)
        resolve(promise, 1)
        assert await promise == 1
        assert not take_up(promise)

    async def test_not_if_there_is_a_reaction(self) -> None:
        promise: Promise[int] = Promise()
        promise.then(lambda _: None)
        await self.wait_and_be_cancelled(promise)
        assert not take_up(promise)

    async def test_not_if_another_task_waits(self) -> None:
        promise: Promise[int] = Promise()

        async def wait() -> int:
            return await promise

        other = asyncio.ensure_future(wait())
        await self.wait_and_be_cancelled(promise)
        assert not take_up(promise)
        resolve(promise, 1)
        assert await other == 1


@spec("https://webidl.spec.whatwg.org/#reject")
@spec("https://webidl.spec.whatwg.org/#mark-a-promise-as-handled")
class TestMarkAsHandled:
    async def test_it_is_handled(self) -> None:
        promise: Promise[None] = Promise()
        mark_as_handled(promise)
        reject(promise, "unseen")
        assert promise._is_handled


class TestIsFulfilled:
    async def test_a_value_is_there_or_is_not(self) -> None:
        promise, resolve, _ = Promise.withResolvers()
        assert not is_fulfilled(promise)
        resolve(1)
        assert is_fulfilled(promise)
        rejected = Promise.reject("reason")
        mark_as_handled(rejected)
        assert not is_fulfilled(rejected)


async def value_later(value: int) -> int:
    await Promise.resolve()
    return value


@spec("https://tc39.es/ecma262/#sec-promise.all")
class TestAll:
    async def test_is_all_values_in_order(self) -> None:
        assert await Promise.all([value_later(1), Promise.resolve(2), 3]) == [1, 2, 3]
        assert await Promise.all([]) == []

    async def test_is_rejected_with_the_first_reason(self) -> None:
        with pytest.raises(KeyError):
            await Promise.all(
                [value_later(1), Promise.reject(KeyError()), Promise.reject(ValueError())]
            )


@spec("https://tc39.es/ecma262/#sec-promise.allsettled")
class TestAllSettled:
    async def test_is_what_has_become_of_each(self) -> None:
        assert await Promise.allSettled([value_later(1), Promise.reject("why")]) == [
            ("fulfilled", 1, None),
            ("rejected", None, "why"),
        ]


@spec("https://tc39.es/ecma262/#sec-promise.any")
class TestAny:
    async def test_is_the_first_value(self) -> None:
        assert await Promise.any([Promise.reject(KeyError()), value_later(1), value_later(2)]) == 1

    async def test_is_a_group_if_all_are_rejected(self) -> None:
        with pytest.raises(BaseExceptionGroup) as caught:
            await Promise.any([Promise.reject(KeyError("a")), Promise.reject("b")])
        assert [type(each) for each in caught.value.exceptions] == [KeyError, Thrown]
        with pytest.raises(TypeError, match="All promises were rejected"):
            await Promise.any([])


@spec("https://tc39.es/ecma262/#sec-promise.race")
class TestRace:
    async def test_is_as_the_first(self) -> None:
        never: Promise[int] = Promise()
        assert await Promise.race([never, value_later(1)]) == 1
        with pytest.raises(KeyError):
            await Promise.race([never, Promise.reject(KeyError())])


@spec("https://tc39.es/ecma262/#sec-promise.prototype.catch")
class TestCatch:
    async def test_reacts_to_a_reason(self) -> None:
        assert await Promise.reject("why").catch(lambda reason: f"{reason}!") == "why!"
        assert await Promise.reject("why").catch(lambda: "caught") == "caught"
        assert await Promise.resolve(1).catch(lambda: "caught") == 1


@spec("https://tc39.es/ecma262/#sec-promise.prototype.finally")
class TestFinally:
    async def test_the_outcome_stays(self) -> None:
        seen: list[str] = []
        assert await Promise.resolve(1).finally_(lambda: seen.append("x")) == 1
        with pytest.raises(KeyError):
            await Promise.reject(KeyError()).finally_(lambda: seen.append("y"))
        assert seen == ["x", "y"]

    async def test_unless_it_raises(self) -> None:
        def fail() -> None:
            raise ValueError

        with pytest.raises(ValueError):
            await Promise.resolve(1).finally_(fail)


@spec("https://tc39.es/ecma262/#sec-promise-executor")
class TestExecutor:
    async def test_settles_the_promise(self) -> None:
        assert await Promise(lambda resolve, reject: resolve(1)) == 1
        assert await Promise(lambda resolve: resolve(value_later(2))) == 2
        with pytest.raises(KeyError):
            await Promise(lambda resolve, reject: reject(KeyError()))

    async def test_what_it_raises_is_a_rejection(self) -> None:
        def fail(resolve: Callable[[Any], object]) -> None:
            raise KeyError

        with pytest.raises(KeyError):
            await Promise(fail)
