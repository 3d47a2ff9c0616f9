"""Abort algorithms: what is to happen when a signal is aborted, and how long a signal lives for it.

DOM Standard, 3.2: https://dom.spec.whatwg.org/#interface-AbortSignal

They stand below EventTarget because a listener may be added with a signal that removes it, and a
signal is an EventTarget.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol


class Abortable(Protocol):
    """So much of an AbortSignal as is known here.

    Part of https://dom.spec.whatwg.org/#interface-AbortSignal
    """

    _abort_algorithms: dict[Callable[[], object], None]
    _event_listener_list: list[Any]

    @property
    def aborted(self) -> bool:
        """Whether it is aborted."""

    @property
    def _holders(self) -> tuple[set[Any], ...]: ...

    @property
    def _observed_dependent_signals(self) -> set[Any]: ...

    @property
    def _source_signals(self) -> tuple[Any, ...]: ...


def add(signal: Abortable, algorithm: Callable[[], object]) -> None:
    """Run an algorithm when a signal is aborted; never, if it is already.

    https://dom.spec.whatwg.org/#abortsignal-add
    """
    if not signal.aborted:
        signal._abort_algorithms[algorithm] = None
        keep_alive_while_observed(signal)


def remove(signal: Abortable, algorithm: Callable[[], object]) -> None:
    """https://dom.spec.whatwg.org/#abortsignal-remove"""
    if algorithm in signal._abort_algorithms:
        del signal._abort_algorithms[algorithm]
        keep_alive_while_observed(signal)


def keep_alive_while_observed(signal: Abortable) -> None:
    """What may abort a signal, its sources or a timer, holds it while somebody waits for that, and
    not a moment longer.

    Part of https://dom.spec.whatwg.org/#abort-signal-garbage-collection
    """
    if not signal._holders:
        return
    is_observed = not signal.aborted and bool(
        signal._abort_algorithms
        or signal._observed_dependent_signals
        or any(listener.type == "abort" for listener in signal._event_listener_list)
    )
    for holder in signal._holders:
        (holder.add if is_observed else holder.discard)(signal)
    for source_signal in signal._source_signals:
        keep_alive_while_observed(source_signal)
