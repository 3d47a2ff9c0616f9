"""Interfaces: how the objects of the platform are made and iterated.

Web IDL, 3.7: https://webidl.spec.whatwg.org/#js-interfaces
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, Generic, TypeVar

from .promises import FULFILLED, Promise, a_promise_resolved_with, perform_promise_then, react, reject, settle

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


def new(interface: type[T]) -> T:
    """A new object of an interface, with its slots still to be set: how an algorithm makes what authors cannot construct.

    https://webidl.spec.whatwg.org/#new
    """
    return interface.__new__(interface)


def illegal_constructor(self: object, *args: object, **kwargs: object) -> None:
    """The `__init__` of an interface without a constructor.

    https://webidl.spec.whatwg.org/#interface-object
    """
    raise TypeError("Illegal constructor")


class Iterable(Generic[K, V]):
    """What `iterable<K, V>` gives an interface: iteration over pairs, live while the object changes.

    https://webidl.spec.whatwg.org/#js-iterable
    """

    __slots__ = ()

    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[K, V]]:
        raise NotImplementedError

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self.entries()

    def entries(self) -> Iterator[tuple[K, V]]:
        """The pairs; one that is added while this runs is seen, too.

        https://webidl.spec.whatwg.org/#dfn-iterator-prototype-object
        """
        index = 0
        while index < len(pairs := self._value_pairs_to_iterate_over()):
            yield pairs[index]
            index += 1

    def keys(self) -> Iterator[K]:
        """The key of each pair."""
        return (key for key, _ in self.entries())

    def values(self) -> Iterator[V]:
        """The value of each pair."""
        return (value for _, value in self.entries())

    def forEach(self, callback: Callable[[V, K, Any], object]) -> None:
        """Call back with the value, the key and this object, for each pair."""
        for key, value in self.entries():
            callback(value, key, self)


class EndOfIteration:
    """What an algorithm for the next iteration result answers when there is none.

    https://webidl.spec.whatwg.org/#dfn-get-the-next-iteration-result
    """

    __slots__ = ()


END_OF_ITERATION = EndOfIteration()


class AsyncIterator(Generic[T]):
    """What `async iterable<T>` gives an interface: steps that follow one another, however they are called.

    An interface derives its iterator from this class and brings its two algorithms. Where JavaScript's `next()` answers that
    it is done, Python's raises StopAsyncIteration.

    https://webidl.spec.whatwg.org/#dfn-default-asynchronous-iterator-object
    """

    __slots__ = ("_is_finished", "_ongoing_promise")

    def __init__(self) -> None:
        self._ongoing_promise: Promise[Any] | None = None
        self._is_finished = False

    def _get_the_next_iteration_result(self) -> Promise[T | EndOfIteration]:
        raise NotImplementedError

    def _asynchronous_iterator_return(self, value: object) -> Promise[Any]:
        raise NotImplementedError

    def __aiter__(self) -> AsyncIterator[T]:
        return self

    def __anext__(self) -> Promise[T]:
        """A promise of the next value, or a rejection with StopAsyncIteration.

        https://webidl.spec.whatwg.org/#dfn-asynchronous-iterator-prototype-object
        """
        ongoing = self._ongoing_promise
        self._ongoing_promise = self._next_steps() if ongoing is None else react(ongoing, self._next_steps, self._next_steps)
        return self._ongoing_promise

    def _next_steps(self, _: object = None) -> Promise[T]:
        next_promise: Promise[T] = Promise()
        if self._is_finished:
            reject(next_promise, StopAsyncIteration())
            return next_promise

        def fulfill_steps(next: T | EndOfIteration) -> None:
            self._ongoing_promise = None
            if isinstance(next, EndOfIteration):
                self._is_finished = True
                reject(next_promise, StopAsyncIteration())
            else:
                settle(next_promise, FULFILLED, next)  # as it is: a chunk that is a promise is not awaited

        def reject_steps(reason: object) -> None:
            self._ongoing_promise = None
            self._is_finished = True
            reject(next_promise, reason)

        perform_promise_then(self._get_the_next_iteration_result(), fulfill_steps, reject_steps)
        return next_promise

    def return_(self, value: object = None) -> Promise[Any]:
        """End the iteration before its end; it starts at once, and its promise is of the value.

        https://webidl.spec.whatwg.org/#asynchronous-iterator-return
        """
        ongoing = self._ongoing_promise
        return_steps = partial(self._return_steps, value)
        self._ongoing_promise = return_steps() if ongoing is None else react(ongoing, return_steps, return_steps)
        return react(self._ongoing_promise, lambda _: value)

    def _return_steps(self, value: object, _: object = None) -> Promise[Any]:
        if self._is_finished:
            return a_promise_resolved_with(value)
        self._is_finished = True
        return self._asynchronous_iterator_return(value)

    def aclose(self) -> Promise[Any]:
        """The name under which Python's own tools, such as `contextlib.aclosing`, look for `return_`."""
        return self.return_()
