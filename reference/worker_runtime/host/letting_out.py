"""Letting out: what leaves code with a gate around it, as promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from ..webidl.promises import Promise, a_new_promise, resolve
from .gates import current_gate

T = TypeVar("T")


def until_let_out() -> Promise[None]:
    """A promise that is fulfilled when what the running code does now may be seen: it is already,
    if there is no gate.
    """
    gate = current_gate.get()
    if gate is None:
        return Promise.resolve()
    promise: Promise[None] = a_new_promise()
    gate.let_out(lambda: resolve(promise))
    return promise


def let_out(steps: Callable[[], Promise[T]]) -> Promise[T]:
    """A promise of what steps promise, which are performed when what they do may be seen."""
    gate = current_gate.get()
    if gate is None:
        return steps()
    promise: Promise[T] = a_new_promise()
    gate.let_out(lambda: resolve(promise, steps()))
    return promise
