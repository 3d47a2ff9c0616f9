"""Interfaces: how the objects of the platform are made and iterated.

Web IDL, 3.7: https://webidl.spec.whatwg.org/#js-interfaces
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from types import MappingProxyType
from typing import Any, Generic, TypeVar

from .callback_function_types import to_callback_function
from .promises import (
    FULFILLED,
    Promise,
    a_promise_resolved_with,
    perform_promise_then,
    react,
    reject,
    settle,
    take_up,
)

T = TypeVar("T")
K = TypeVar("K")
V = TypeVar("V")


def new(interface: type[T]) -> T:
    """A new object of an interface, with its slots still to be set: how an algorithm makes what
    authors cannot construct.

    https://webidl.spec.whatwg.org/#new
    """
    return interface.__new__(interface)


def add_the_partial_interface(interface: type[T], members: type) -> type[T]:
    """Add the members of a class to an interface of another standard, which is returned.

    https://webidl.spec.whatwg.org/#dfn-partial-interface
    """
    for name, member in vars(members).items():
        if not name.startswith("__"):
            setattr(interface, name, member)
    return interface


def default_to_json_steps(object: object, interface: type) -> dict[str, Any]:
    """The attributes of an interface and of those that it inherits from, by name.

    https://webidl.spec.whatwg.org/#default-tojson-steps
    """
    return {
        name: getattr(object, name)
        for inherited in reversed(interface.__mro__)
        for name, member in vars(inherited).items()
        if isinstance(member, property)
    }


def illegal_constructor(self: object, *args: object, **kwargs: object) -> None:
    """The `__init__` of an interface without a constructor.

    https://webidl.spec.whatwg.org/#interface-object
    """
    raise TypeError("Illegal constructor")


def missing_attribute(
    object: object, name: str, advice: Mapping[str, str] = MappingProxyType({})
) -> AttributeError:
    """The error for an attribute that an object lacks: what to write instead, where a name is in
    the advice or is spelt as in Python.

    SPEC_NOTES.md#missing-attributes
    """
    first, *rest = name.split("_")
    spelt_here = first + "".join(word.capitalize() for word in rest)
    if name in advice:
        hint = f": write {advice[name]}"
    elif spelt_here != name and hasattr(type(object), spelt_here):
        hint = f": write {spelt_here!r}"
    else:
        hint = ""
    message = f"{type(object).__name__!r} object has no attribute {name!r}{hint}"
    return AttributeError(message, name=name, obj=object)


class Iterable(Generic[K, V]):
    """What `iterable<K, V>` gives an interface: iteration over pairs, live while the object
    changes.

    https://webidl.spec.whatwg.org/#js-iterable
    """

    __slots__ = ()

    def _value_pairs_to_iterate_over(self) -> Sequence[tuple[K, V]]:
        raise NotImplementedError

    def __iter__(self) -> Iterator[tuple[K, V]]:
        return self.entries()

    def entries(self) -> Iterator[tuple[K, V]]:
        """The pairs; one that is added while this runs is seen, too.

        Part of https://webidl.spec.whatwg.org/#dfn-iterator-prototype-object
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

    def forEach(self, callback: Callable[..., object]) -> None:
        """Call back with the value, the key and this object, for each pair."""
        callback = to_callback_function(callback, 3)
        for key, value in self.entries():
            callback(value, key, self)


class NamedPairs(Iterable[str, V]):
    """What Python expects of a collection of names and values, beside what an interface has:
    `x[name]`, `x[name] = value`, `del x[name]`, `name in x`, `len(x)`, `dict(x)`, `items()`.

    Iteration stays the web's: over pairs. Where a name is there several times, `x[name]` and
    `dict(x)` have what `get` answers.

    SPEC_NOTES.md#collections
    """

    __slots__ = ()

    def get(self, name: str) -> V | None:
        """The value of a name; None if there is none."""
        raise NotImplementedError

    def has(self, name: str) -> bool:
        """Whether there is a value of that name."""
        raise NotImplementedError

    def delete(self, name: str) -> None:
        """Remove what has that name."""
        raise NotImplementedError

    def items(self) -> Iterator[tuple[str, V]]:
        """The pairs, as `entries` gives them."""
        return self.entries()

    def __len__(self) -> int:
        return sum(1 for _ in self.entries())

    def __contains__(self, name: object) -> bool:
        if not isinstance(name, str):
            raise TypeError(
                f"What is in {type(self).__name__} are its names, which are strings, "
                f"not {name!r}: write `in list(...)` to look for a pair"
            )
        return self.has(name)

    def __getitem__(self, name: str) -> V:
        value = self.get(name)
        if value is None:
            raise KeyError(name)
        return value

    def __delitem__(self, name: str) -> None:
        if not self.has(name):
            raise KeyError(name)
        self.delete(name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {[*self.entries()]!r}>"


class EndOfIteration:
    """What an algorithm for the next iteration result answers when there is none.

    Part of https://webidl.spec.whatwg.org/#dfn-get-the-next-iteration-result
    """

    __slots__ = ()


END_OF_ITERATION = EndOfIteration()


class AsyncIterator(Generic[T]):
    """What `async iterable<T>` gives an interface: steps that follow one another, however they are
    called.

    An interface derives its iterator from this class and brings its two algorithms. Where
    JavaScript's `next()` answers that it is done, Python's raises StopAsyncIteration. If a task is
    cancelled while it waits for the next value, the value is not lost: the next caller gets it.
    What goes on inside does not hold the iterator; a promise of the next value does, until it is
    settled or its wait is cancelled. So an iterator may have a `__del__` that sees a loop being
    left.

    Part of https://webidl.spec.whatwg.org/#dfn-default-asynchronous-iterator-object
    """

    __slots__ = ("__weakref__", "_iteration")

    def __init__(self) -> None:
        self._iteration = _Iteration()

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
        iteration = self._iteration
        if iteration.last_promise is not None and take_up(iteration.last_promise):
            return iteration.last_promise
        ongoing = iteration.ongoing_promise
        promise = (
            self._next_steps()
            if ongoing is None
            else react(ongoing, self._next_steps, self._next_steps)
        )
        iteration.ongoing_promise = iteration.last_promise = promise
        return promise

    def _next_steps(self, _: object = None) -> Promise[T]:
        iteration = self._iteration
        next_promise: _NextPromise[T] = _NextPromise(self)
        if iteration.is_finished:
            reject(next_promise, StopAsyncIteration())
            return next_promise

        def fulfill_steps(next: T | EndOfIteration) -> None:
            iteration.ongoing_promise = next_promise.iterator = None
            if isinstance(next, EndOfIteration):
                iteration.is_finished = True
                reject(next_promise, StopAsyncIteration())
            else:
                # as it is: a chunk that is a promise is not awaited
                settle(next_promise, FULFILLED, next)

        def reject_steps(reason: object) -> None:
            iteration.ongoing_promise = next_promise.iterator = None
            iteration.is_finished = True
            reject(next_promise, reason)

        perform_promise_then(self._get_the_next_iteration_result(), fulfill_steps, reject_steps)
        return next_promise

    def return_(self, value: object = None) -> Promise[Any]:
        """End the iteration before its end; it starts at once, and its promise is of the value.

        https://webidl.spec.whatwg.org/#asynchronous-iterator-return
        """
        ongoing = self._iteration.ongoing_promise
        if ongoing is not None and take_up(ongoing):
            ongoing = None  # a next value that nobody waits for any more
        return_steps = partial(self._return_steps, value)
        return_promise = (
            return_steps() if ongoing is None else react(ongoing, return_steps, return_steps)
        )
        self._iteration.ongoing_promise = return_promise
        return react(return_promise, lambda _: value)

    def _return_steps(self, value: object, _: object = None) -> Promise[Any]:
        if self._iteration.is_finished:
            return a_promise_resolved_with(value)
        self._iteration.is_finished = True
        return self._asynchronous_iterator_return(value)

    def aclose(self) -> Promise[Any]:
        """The name under which Python's own tools, such as `contextlib.aclosing`, look for
        `return_`.
        """
        return self.return_()


class _Iteration:
    """What an iterator and the steps that are under way both know."""

    __slots__ = ("is_finished", "last_promise", "ongoing_promise")

    def __init__(self) -> None:
        self.is_finished = False
        self.last_promise: Promise[Any] | None = None  # that `__anext__` gave out
        self.ongoing_promise: Promise[Any] | None = None


class _NextPromise(Promise[T]):
    """A promise of the next value: while somebody may wait for it, it holds the iterator."""

    __slots__ = ("iterator",)

    def __init__(self, iterator: AsyncIterator[T]) -> None:
        super().__init__()
        self.iterator: AsyncIterator[T] | None = iterator

    def _has_been_abandoned(self) -> None:
        self.iterator = None
