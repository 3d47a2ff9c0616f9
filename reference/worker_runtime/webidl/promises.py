"""Promises: values that are not there yet, with reactions in the order that ECMA-262 defines.

ECMA-262, 27.2: https://tc39.es/ecma262/#sec-promise-objects
Web IDL, 3.2.24: https://webidl.spec.whatwg.org/#js-promise

A promise is settled by the functions of Web IDL below, or by the ones that
`Promise.withResolvers()` hands out. Its reactions are jobs, which enter the host's queue of
microtasks. A reaction runs in a copy of the context in which it was added: so it sees the scope and
the context variables of the code that added it, no matter who settles the promise.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Generator, Iterable
from contextvars import Context, copy_context
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, NamedTuple, TypeAlias, TypeVar, overload

from .awaitables import begin, is_starting, let_go
from .callback_function_types import to_callback_function
from .exceptions import DOMException, exception_of, reason_of
from .host_hooks import hooks

T = TypeVar("T")
U = TypeVar("U")

# [[PromiseState]], and a state for a promise that has been resolved with another one and waits for
# it.
PENDING, FOLLOWING, FULFILLED, REJECTED = range(4)

Handler: TypeAlias = Callable[[Any], Any]


# A PromiseReaction record: on fulfilled, on rejected, the promise of what they return, where one is
# wanted, and the context of the code that has added it.
# https://tc39.es/ecma262/#sec-promisereaction-records
Reaction: TypeAlias = "tuple[Handler | None, Handler | None, Promise[Any] | None, Context]"


class Promise(Generic[T]):
    """A value that is or will be there: `await` it any number of times, or react to it with `then`.

    Cancelling a task that awaits a promise leaves the promise alone.

    https://tc39.es/ecma262/#sec-promise-constructor
    """

    __slots__ = (
        "__weakref__",
        "_is_abandoned",
        "_is_handled",
        "_reactions",
        "_result",
        "_state",
        "_traceback",
    )

    def __init__(self, executor: Callable[..., object] | None = None) -> None:
        """A promise that is settled by the functions `resolve` and `reject` that the executor is
        called with; without one, by the platform.
        """
        # None: somebody has got the outcome, or is told of it
        self._is_abandoned: bool | None = False
        self._state = PENDING
        self._result: Any = None
        self._reactions: list[Reaction | asyncio.Future[None]] | None = None
        self._is_handled = False
        self._traceback: TracebackType | None = None
        if executor is not None:
            call_the_executor(self, executor)

    @overload
    @staticmethod
    def resolve() -> Promise[None]: ...
    @overload
    @staticmethod
    def resolve(value: Awaitable[U]) -> Promise[U]: ...
    @overload
    @staticmethod
    def resolve(value: U) -> Promise[U]: ...
    @staticmethod
    def resolve(value: object = None) -> Promise[Any]:
        """The promise that a value is, or a promise fulfilled with it; an awaitable is awaited.

        https://tc39.es/ecma262/#sec-promise.resolve
        """
        return promise_resolve(value)

    @staticmethod
    def reject(reason: object = None) -> Promise[Any]:
        """https://tc39.es/ecma262/#sec-promise.reject"""
        return a_promise_rejected_with(reason)

    @staticmethod
    def withResolvers() -> PromiseWithResolvers[Any]:
        """A new promise and the two functions that settle it.

        https://tc39.es/ecma262/#sec-promise.withResolvers
        """
        promise: Promise[Any] = Promise()
        return PromiseWithResolvers(promise, partial(resolve, promise), partial(reject, promise))

    @staticmethod
    def all(promises: Iterable[object]) -> Promise[list[Any]]:
        """The values of all, in their order; or the reason of the first that is rejected.

        https://tc39.es/ecma262/#sec-promise.all
        """
        return promise_all(promises)

    @staticmethod
    def allSettled(promises: Iterable[object]) -> Promise[list[SettledResult]]:
        """What has become of each: `status`, and `value` or `reason`.

        https://tc39.es/ecma262/#sec-promise.allsettled
        """
        return promise_all_settled(promises)

    @staticmethod
    def any(promises: Iterable[object]) -> Promise[Any]:
        """The first value; if all are rejected, an ExceptionGroup, as AggregateError is there.

        https://tc39.es/ecma262/#sec-promise.any
        """
        return promise_any(promises)

    @staticmethod
    def race(promises: Iterable[object]) -> Promise[Any]:
        """As the first that is settled.

        https://tc39.es/ecma262/#sec-promise.race
        """
        return promise_race(promises)

    def catch(self, on_rejected: Handler | Callable[[], Any]) -> Promise[Any]:
        """React to the reason.

        https://tc39.es/ecma262/#sec-promise.prototype.catch
        """
        return self.then(None, on_rejected)

    def finally_(self, on_finally: Callable[[], Any]) -> Promise[Any]:
        """React to either; the outcome stays, unless the reaction raises.

        https://tc39.es/ecma262/#sec-promise.prototype.finally
        """
        return promise_finally(self, on_finally)

    def then(
        self,
        on_fulfilled: Callable[[T], Any] | Callable[[], Any] | None = None,
        on_rejected: Handler | Callable[[], Any] | None = None,
    ) -> Promise[Any]:
        """React to the value, or to the reason; the promise that is returned is of what the
        reaction returns.

        https://tc39.es/ecma262/#sec-promise.prototype.then
        """
        return react(
            self,
            None if on_fulfilled is None else to_callback_function(on_fulfilled, 1),
            None if on_rejected is None else to_callback_function(on_rejected, 1),
        )

    if not TYPE_CHECKING:  # which would take the names for attributes that are there

        def __getattr__(self, name):
            raise AttributeError(
                f"A promise has no {name!r}: write `(await promise).{name}` for that of its value",
                name=name,
                obj=self,
            )

        def __getitem__(self, key):
            raise TypeError(f"A promise has no items: write `(await promise)[{key!r}]`")

    def __await__(self) -> Generator[Any, None, T]:
        """https://tc39.es/ecma262/#await"""
        if self._state < FULFILLED and not is_starting():
            hooks.clean_up_before_waiting()
        if self._state < FULFILLED:
            # A future wakes a task in the loop's next turn anyway, so it needs no job to be told.
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            if self._reactions is None:
                self._reactions = []
            self._reactions.append(waiter)
            self._is_handled = True
            try:
                yield from waiter
            except (asyncio.CancelledError, GeneratorExit):
                if self._reactions is not None and waiter in self._reactions:
                    self._reactions.remove(waiter)
                if not self._reactions and self._is_abandoned is not None:
                    self._is_abandoned = True
                    self._has_been_abandoned()
                raise
        self._is_abandoned = None
        if self._state == FULFILLED:
            result: T = self._result
            return result
        mark_rejection_as_handled(self)
        raise exception_of(self._result).with_traceback(self._traceback)

    def _has_been_abandoned(self) -> None:
        """For a kind of promise that has something to do when the task that waited for it was
        cancelled, and nobody else waits.
        """

    def __repr__(self) -> str:
        state = ("pending", "pending", "fulfilled", "rejected")[self._state]
        return (
            f"<Promise {state}>"
            if self._state < FULFILLED
            else f"<Promise {state}: {self._result!r}>"
        )


# OPTIMIZATION: "a promise resolved with undefined" for steps that only react to it, where one is as
# good as another.
RESOLVED_WITH_UNDEFINED: Promise[None] = Promise()
RESOLVED_WITH_UNDEFINED._state = FULFILLED


class PromiseWithResolvers(NamedTuple, Generic[T]):
    """https://tc39.es/ecma262/#sec-promisecapability-records"""

    promise: Promise[T]
    resolve: Callable[..., None]
    reject: Callable[..., None]


# ---- ECMA-262, 27.2.1 and 27.2.2: abstract operations and jobs -----------------------------------


def settle(promise: Promise[Any], state: int, result: object) -> None:
    """Fulfil or reject a promise, and trigger its reactions.

    https://tc39.es/ecma262/#sec-triggerpromisereactions
    """
    reactions, promise._reactions = promise._reactions, None
    promise._state = state
    promise._result = result
    if state == REJECTED:
        if isinstance(result, BaseException):
            promise._traceback = result.__traceback__
        # the end of an iteration is not an error
        if not promise._is_handled and not isinstance(result, StopAsyncIteration):
            hooks.promise_rejection_tracker(promise, "reject")
    if reactions is None:
        return
    for reaction in reactions:
        if isinstance(reaction, tuple):
            on_fulfilled, on_rejected, derived, context = reaction
            handler = on_fulfilled if state == FULFILLED else on_rejected
            if handler is not None or derived is not None:
                hooks.enqueue_promise_job(
                    partial(context.run, promise_reaction_job, handler, derived, state, result)
                )
        elif not reaction.done():
            reaction.set_result(None)


def promise_reaction_job(
    handler: Handler | None, derived: Promise[Any] | None, state: int, argument: object
) -> None:
    """https://tc39.es/ecma262/#sec-newpromisereactionjob"""
    if handler is None:
        assert derived is not None
        (resolve if state == FULFILLED else reject)(derived, argument)
        return
    try:
        result = handler(argument)
    except (Exception, asyncio.CancelledError) as error:
        # Where nobody wanted the derived promise, its rejection is unhandled: it is tracked like
        # any other.
        reject(Promise() if derived is None else derived, reason_of(error))
    else:
        if derived is not None:
            resolve(derived, result)


def promise_resolve_thenable_job(promise: Promise[Any], followed: Promise[Any]) -> None:
    """https://tc39.es/ecma262/#sec-newpromiseresolvethenablejob"""
    perform_promise_then(
        followed, partial(settle, promise, FULFILLED), partial(settle, promise, REJECTED)
    )


def perform_promise_then(
    promise: Promise[Any],
    on_fulfilled: Handler | None,
    on_rejected: Handler | None,
    derived: Promise[Any] | None = None,
) -> None:
    """https://tc39.es/ecma262/#sec-performpromisethen"""
    promise._is_abandoned = None
    if promise._state < FULFILLED:
        if promise._reactions is None:
            promise._reactions = []
        promise._reactions.append((on_fulfilled, on_rejected, derived, copy_context()))
        promise._is_handled = True
        return
    if promise._state == REJECTED:
        mark_rejection_as_handled(promise)
    handler = on_fulfilled if promise._state == FULFILLED else on_rejected
    if handler is not None or derived is not None:
        job = partial(promise_reaction_job, handler, derived, promise._state, promise._result)
        hooks.enqueue_promise_job(partial(copy_context().run, job))


def mark_rejection_as_handled(promise: Promise[Any]) -> None:
    """Somebody has asked for a reason; the host is told if it took that rejection for unhandled.

    https://tc39.es/ecma262/#sec-host-promise-rejection-tracker
    """
    if not promise._is_handled:
        promise._is_handled = True
        hooks.promise_rejection_tracker(promise, "handle")


def promise_resolve(value: object) -> Promise[Any]:
    """What the platform takes as a promise: a promise is itself, an awaitable is awaited, any other
    value is there.

    https://tc39.es/ecma262/#sec-promise-resolve
    """
    return value if isinstance(value, Promise) else a_promise_resolved_with(value)


# ---- Web IDL, 3.2.24.1: creating and manipulating promises ---------------------------------------


def a_new_promise() -> Promise[Any]:
    """https://webidl.spec.whatwg.org/#a-new-promise"""
    return Promise()


@overload
def a_promise_resolved_with(value: Awaitable[U]) -> Promise[U]: ...
@overload
def a_promise_resolved_with(value: U) -> Promise[U]: ...
def a_promise_resolved_with(value: object) -> Promise[Any]:
    """https://webidl.spec.whatwg.org/#a-promise-resolved-with"""
    promise: Promise[Any] = Promise()
    if value is None or not hasattr(type(value), "__await__"):
        # OPTIMIZATION: as `resolve` settles a promise to which nobody has reacted
        promise._state = FULFILLED
        promise._result = value
    else:
        resolve(promise, value)
    return promise


def a_promise_rejected_with(reason: object) -> Promise[Any]:
    """https://webidl.spec.whatwg.org/#a-promise-rejected-with"""
    promise: Promise[Any] = Promise()
    reject(promise, reason)
    return promise


def resolve(promise: Promise[Any], value: object = None) -> None:
    """Settle a promise with a value, or let it follow another promise or an awaitable; does nothing
    a second time.

    https://webidl.spec.whatwg.org/#resolve
    """
    if promise._state != PENDING:
        return
    if value is None or not hasattr(type(value), "__await__"):
        settle(promise, FULFILLED, value)
    elif value is promise:
        settle(promise, REJECTED, TypeError("A promise cannot be resolved with itself"))
    elif isinstance(value, Promise):
        promise._state = FOLLOWING
        job = partial(promise_resolve_thenable_job, promise, value)
        hooks.enqueue_promise_job(partial(copy_context().run, job))
    else:
        promise._state = FOLLOWING
        awaitable: Any = value
        begun = begin(awaitable)
        if isinstance(begun, tuple):
            promise._state = PENDING  # what an async function returns may be a promise, too
            resolve(promise, begun[0])
        elif begun.done():
            _settle_with_future(promise, begun)
        else:
            begun.add_done_callback(partial(_settle_with_future, promise))


def reject(promise: Promise[Any], reason: object = None) -> None:
    """Settle a promise with a reason, which may be any value; does nothing a second time.

    https://webidl.spec.whatwg.org/#reject
    """
    if promise._state == PENDING:
        settle(promise, REJECTED, reason)


def react(
    promise: Promise[T],
    on_fulfilled: Callable[[T], Any] | None = None,
    on_rejected: Handler | None = None,
) -> Promise[Any]:
    """Perform steps when a promise is settled; the promise that is returned is of what they return.

    A missing set of steps hands the outcome on, as JavaScript's `then` does; by the letter of the
    standard a reason would take two more turns, through a new rejected promise.

    https://webidl.spec.whatwg.org/#dfn-perform-steps-once-promise-is-settled
    """
    derived: Promise[Any] = Promise()
    perform_promise_then(promise, on_fulfilled, on_rejected, derived)
    return derived


def upon_fulfillment(promise: Promise[T], steps: Callable[[T], object]) -> None:
    """Perform steps with the value; what they return is of no interest.

    https://webidl.spec.whatwg.org/#upon-fulfillment
    """
    perform_promise_then(promise, steps, None)


def upon_rejection(promise: Promise[Any], steps: Callable[[Any], object]) -> None:
    """Perform steps with the reason; what they return is of no interest.

    https://webidl.spec.whatwg.org/#upon-rejection
    """
    perform_promise_then(promise, None, steps)


def wait_for_all(
    promises: Iterable[Promise[T]],
    success_steps: Callable[[list[T]], object],
    failure_steps: Callable[[Any], object],
) -> None:
    """https://webidl.spec.whatwg.org/#wait-for-all"""
    waited_for = list(promises)
    if not waited_for:
        hooks.enqueue_promise_job(partial(copy_context().run, success_steps, []))
        return
    results: list[Any] = [None] * len(waited_for)
    fulfilled_count = 0
    rejected = False

    def fulfillment_handler(index: int, value: T) -> None:
        nonlocal fulfilled_count
        results[index] = value
        fulfilled_count += 1
        if fulfilled_count == len(results):
            success_steps(results)

    def rejection_handler(reason: object) -> None:
        nonlocal rejected
        if not rejected:
            rejected = True
            failure_steps(reason)

    for index, promise in enumerate(waited_for):
        perform_promise_then(promise, partial(fulfillment_handler, index), rejection_handler)


def get_a_promise_for_waiting_for_all(promises: Iterable[Promise[T]]) -> Promise[list[T]]:
    """https://webidl.spec.whatwg.org/#waiting-for-all-promise"""
    promise: Promise[list[T]] = Promise()
    wait_for_all(promises, partial(resolve, promise), partial(reject, promise))
    return promise


def mark_as_handled(promise: Promise[Any]) -> None:
    """A rejection of this promise is no news to anybody.

    https://webidl.spec.whatwg.org/#mark-a-promise-as-handled
    """
    promise._is_handled = True


def is_fulfilled(promise: Promise[Any]) -> bool:
    """Whether a value is there already, for steps that need not wait then.

    Part of https://webidl.spec.whatwg.org/#dfn-perform-steps-once-promise-is-settled
    """
    return promise._state == FULFILLED


def take_up(promise: Promise[Any]) -> bool:
    """Whether the task that waited for a promise was cancelled, and nobody has asked for it since;
    the caller has asked now.

    https://docs.python.org/3/library/asyncio-task.html#task-cancellation
    """
    if not promise._is_abandoned:
        return False
    promise._is_abandoned = False
    return True


def _settle_with_future(promise: Promise[Any], future: asyncio.Future[Any]) -> None:
    """Settle a promise that follows an asyncio future, which is done; a cancelled one is an
    AbortError.
    """
    let_go(future)
    if future.cancelled():
        settle(promise, REJECTED, DOMException("The task was cancelled", "AbortError"))
    elif (error := future.exception()) is not None:
        settle(promise, REJECTED, reason_of(error))
    else:
        promise._state = PENDING  # what an async function returns may be a promise, too
        resolve(promise, future.result())


# ---- ECMA-262, 27.2.4 and 27.2.5: what several promises come to
# -----------------------------------


class SettledResult(NamedTuple):
    """What has become of a promise: one of the last two is None.

    https://tc39.es/ecma262/#sec-promise.allsettled-resolve-element-functions
    """

    status: Literal["fulfilled", "rejected"]
    value: Any
    reason: Any


def promise_all(promises: Iterable[object]) -> Promise[list[Any]]:
    """Part of https://tc39.es/ecma262/#sec-promise.all"""
    return get_a_promise_for_waiting_for_all(promise_resolve(each) for each in promises)


def promise_all_settled(promises: Iterable[object]) -> Promise[list[SettledResult]]:
    """Part of https://tc39.es/ecma262/#sec-promise.allsettled"""
    return promise_all(
        react(
            promise_resolve(each),
            lambda value: SettledResult("fulfilled", value, None),
            lambda reason: SettledResult("rejected", None, reason),
        )
        for each in list(promises)
    )


def promise_any(promises: Iterable[object]) -> Promise[Any]:
    """Part of https://tc39.es/ecma262/#sec-promise.any"""
    promise: Promise[Any] = Promise()
    waited_for = [promise_resolve(each) for each in promises]
    errors: list[Any] = [None] * len(waited_for)
    remaining = len(waited_for)

    def fail() -> None:
        exceptions = [exception_of(error) for error in errors]
        message = "All promises were rejected"
        # A group needs one exception at least.
        reject(promise, BaseExceptionGroup(message, exceptions) if errors else TypeError(message))

    def rejection_handler(index: int, reason: object) -> None:
        nonlocal remaining
        errors[index] = reason
        remaining -= 1
        if remaining == 0:
            fail()

    for index, each in enumerate(waited_for):
        perform_promise_then(each, partial(resolve, promise), partial(rejection_handler, index))
    if not waited_for:
        fail()
    return promise


def promise_race(promises: Iterable[object]) -> Promise[Any]:
    """Part of https://tc39.es/ecma262/#sec-promise.race"""
    promise: Promise[Any] = Promise()
    for each in promises:
        perform_promise_then(
            promise_resolve(each), partial(resolve, promise), partial(reject, promise)
        )
    return promise


def promise_finally(promise: Promise[Any], on_finally: Callable[[], Any]) -> Promise[Any]:
    """Part of https://tc39.es/ecma262/#sec-promise.prototype.finally"""

    def then_finally(value: object) -> Promise[Any]:
        return react(promise_resolve(on_finally()), lambda _: value)

    def catch_finally(reason: object) -> Promise[Any]:
        return react(promise_resolve(on_finally()), lambda _: Promise.reject(reason))

    return react(promise, then_finally, catch_finally)


def call_the_executor(promise: Promise[Any], executor: Callable[..., object]) -> None:
    """Part of https://tc39.es/ecma262/#sec-promise-executor"""
    try:
        to_callback_function(executor, 2)(partial(resolve, promise), partial(reject, promise))
    except Exception as error:
        reject(promise, reason_of(error))
