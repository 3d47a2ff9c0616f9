"""Pipelining: what a call will return can be asked for its members before it is there.

SPEC_NOTES.md#pipelining
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Generator, Mapping
from typing import Any

from ...webidl.promises import Promise, a_promise_resolved_with, resolve


class RemotePromise(Promise[Any]):
    """A promise of what a call returns; `await stub.user().name` is a member of that.

    SPEC_NOTES.md#remote-promise
    """

    __slots__ = ()

    def __getattr__(self, name: str) -> PipelinedProperty:
        return pipelined(lambda: self, name)


class PipelinedProperty:
    """A member of what is not there yet, to be awaited. What is data has no methods.

    SPEC_NOTES.md#pipelined-property
    """

    __slots__ = ("_base", "_name")

    def __init__(self, base: Callable[[], Awaitable[Any]], name: str) -> None:
        self._base = base
        self._name = name

    def __getattr__(self, name: str) -> PipelinedProperty:
        return pipelined(lambda: self, name)

    def __await__(self) -> Generator[Any, None, Any]:
        return self._value().__await__()

    def __call__(self, *arguments: Any, **options: Any) -> Promise[Any]:
        return a_promise_resolved_with(self._call())

    async def _value(self) -> Any:
        return member_of(await self._base(), self._name)

    async def _call(self) -> Any:
        await self._value()
        raise TypeError(f'"{self._name}" is not a function.')


def pipelined(base: Callable[[], Awaitable[Any]], name: str) -> PipelinedProperty:
    """Names that begin with an underscore are Python's own.

    Part of SPEC_NOTES.md#pipelined-property
    """
    if name.startswith("_"):
        raise AttributeError(name)
    return PipelinedProperty(base, name)


def member_of(value: object, name: str) -> Any:
    """TypeError if there is none.

    Part of SPEC_NOTES.md#pipelined-property
    """
    if not isinstance(value, Mapping) or name not in value:
        raise TypeError(f'The RPC receiver does not implement the method "{name}".')
    return value[name]


def remote_promise(promise: Promise[Any]) -> RemotePromise:
    """A promise as a call returns it.

    Part of SPEC_NOTES.md#remote-promise
    """
    remote = RemotePromise()
    resolve(remote, promise)
    return remote
