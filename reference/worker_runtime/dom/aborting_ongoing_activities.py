"""Aborting ongoing activities: a controller says stop, and its signal tells all that work for
it.

DOM Standard, 3: https://dom.spec.whatwg.org/#aborting-ongoing-activities
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary, ref

from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.settings_objects import current_settings_object
from ..webidl.exceptions import DOMException, exception_of
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.type_mapping import to_integer
from .abort_algorithms import add as add
from .abort_algorithms import keep_alive_while_observed
from .abort_algorithms import remove as remove
from .dispatching_events import fire_an_event
from .event_target import EventTarget

S = TypeVar("S", bound="AbortSignal")


class AbortController:
    """Aborts what was given its signal.

    https://dom.spec.whatwg.org/#abortcontroller
    """

    __slots__ = ("__weakref__", "_signal")

    def __init__(self) -> None:
        """https://dom.spec.whatwg.org/#dom-abortcontroller-abortcontroller"""
        self._signal: AbortSignal = new(AbortSignal)

    @property
    def signal(self) -> AbortSignal:
        """https://dom.spec.whatwg.org/#dom-abortcontroller-signal"""
        return self._signal

    def abort(self, reason: object = None) -> None:
        """Abort with a reason, which may be any value; it is an "AbortError" if it is missing.

        https://dom.spec.whatwg.org/#dom-abortcontroller-abort
        """
        signal_abort(self._signal, reason)


class AbortSignal(EventTarget):
    """Says whether, when and why something is to be aborted.

    https://dom.spec.whatwg.org/#abortsignal
    """

    __slots__ = (
        "_abort_algorithms", "_dependent_signals", "_holders", "_observed_dependent_signals",
        "_reason", "_source_signals",
    )  # fmt: skip

    __init__ = illegal_constructor

    _reason: Any  # None: not aborted
    _abort_algorithms: dict[Callable[[], object], None]
    _source_signals: tuple[AbortSignal, ...]
    _dependent_signals: WeakKeyDictionary[AbortSignal, None] | None
    # Not of the standard: those of its dependents that somebody observes, and the sets that hold
    # this one while it is observed.
    _observed_dependent_signals: set[AbortSignal]
    _holders: tuple[set[AbortSignal], ...]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        self = super().__new__(cls)
        self._reason = None
        self._abort_algorithms = {}
        self._source_signals = ()
        self._dependent_signals = None
        self._observed_dependent_signals = set()
        self._holders = ()
        return self

    @staticmethod
    def abort(reason: object = None) -> AbortSignal:
        """A signal that is aborted.

        https://dom.spec.whatwg.org/#dom-abortsignal-abort
        """
        signal: AbortSignal = new(AbortSignal)
        signal._reason = (
            DOMException("The operation was aborted", "AbortError") if reason is None else reason
        )
        return signal

    @staticmethod
    def timeout(milliseconds: float) -> AbortSignal:
        """A signal that is aborted with a "TimeoutError" when the time has passed. Needs a running
        event loop.

        https://dom.spec.whatwg.org/#dom-abortsignal-timeout
        """
        from ..html.timers import Timers, run_steps_after_a_timeout

        milliseconds = to_integer(milliseconds, 64, enforce_range=True)
        signal: AbortSignal = new(AbortSignal)
        signal._holders = (current_settings_object().record(Timers).observed_timeout_signals,)

        def time_is_up() -> None:
            if (observed := reference()) is not None:
                signal_abort(
                    observed,
                    DOMException(
                        f"The operation took longer than {milliseconds} ms", "TimeoutError"
                    ),
                )

        timer = run_steps_after_a_timeout(milliseconds, time_is_up)
        reference = ref(signal, lambda _: timer.stop())
        return signal

    @staticmethod
    def any(signals: Iterable[AbortSignal]) -> AbortSignal:
        """A signal that is aborted as soon as one of the signals is, for the same reason.

        https://dom.spec.whatwg.org/#dom-abortsignal-any
        """
        signals = list(signals)
        for signal in signals:
            if not isinstance(signal, AbortSignal):
                raise TypeError(f"Not an AbortSignal: {signal!r}")
        return create_a_dependent_abort_signal(signals)

    @property
    def aborted(self) -> bool:
        """https://dom.spec.whatwg.org/#dom-abortsignal-aborted"""
        return self._reason is not None

    @property
    def reason(self) -> Any:
        """https://dom.spec.whatwg.org/#dom-abortsignal-reason"""
        return self._reason

    def throwIfAborted(self) -> None:
        """Raise the reason, inside `Thrown` if it is not an exception, if there is one.

        https://dom.spec.whatwg.org/#dom-abortsignal-throwifaborted
        """
        if self._reason is not None:
            raise exception_of(self._reason)

    onabort = EventHandlerIDLAttribute()

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        if type == "abort":
            keep_alive_while_observed(self)


def signal_abort(signal: AbortSignal, reason: object = None) -> None:
    """https://dom.spec.whatwg.org/#abortsignal-signal-abort"""
    if signal.aborted:
        return
    signal._reason = (
        DOMException("The operation was aborted", "AbortError") if reason is None else reason
    )
    dependent_signals_to_abort = [
        dependent for dependent in signal._dependent_signals or () if not dependent.aborted
    ]
    for dependent_signal in dependent_signals_to_abort:
        dependent_signal._reason = signal._reason
    run_the_abort_steps(signal)
    for dependent_signal in dependent_signals_to_abort:
        run_the_abort_steps(dependent_signal)


def run_the_abort_steps(signal: AbortSignal) -> None:
    """https://dom.spec.whatwg.org/#run-the-abort-steps"""
    while signal._abort_algorithms:  # one of them may remove another
        algorithm = next(iter(signal._abort_algorithms))
        del signal._abort_algorithms[algorithm]
        algorithm()
    fire_an_event("abort", signal)
    keep_alive_while_observed(signal)  # nobody has to, any more
    signal._source_signals = signal._holders = ()


def create_a_dependent_abort_signal(
    signals: Iterable[AbortSignal], signal_interface: type[S] = AbortSignal
) -> S:
    """https://dom.spec.whatwg.org/#create-a-dependent-abort-signal"""
    result_signal = new(signal_interface)
    for signal in signals:
        if signal.aborted:
            result_signal._reason = signal._reason
            return result_signal
    source_signals: dict[AbortSignal, None] = {}
    for signal in signals:
        source_signals.update(dict.fromkeys(signal._source_signals or (signal,)))
    # DEVIATION: the set of sources is weak in the standard. Here a signal holds them, or a timeout
    # that is given to `any` and to nobody else would be gone at once; what would be collected
    # together still is.
    result_signal._source_signals = tuple(source_signals)
    for source_signal in source_signals:
        if source_signal._dependent_signals is None:
            source_signal._dependent_signals = WeakKeyDictionary()
        source_signal._dependent_signals[result_signal] = None
    result_signal._holders = tuple(source._observed_dependent_signals for source in source_signals)
    return result_signal
