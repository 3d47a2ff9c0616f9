"""Microtask queuing: `queueMicrotask`.

HTML Standard, 8.8:
https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#microtask-queuing
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ..webidl.callback_function_types import refuse_what_was_called
from .event_loops import queue_a_microtask
from .runtime_script_errors import invoke_and_report


def queueMicrotask(callback: Callable[[], object]) -> None:
    """Call back when the script that runs now has returned, before anything else happens.

    https://html.spec.whatwg.org/multipage/timers-and-user-prompts.html#dom-queuemicrotask
    """
    refuse_what_was_called(callback, "A microtask")
    if not callable(callback):
        raise TypeError(f"A microtask is a callable, not {callback!r}")
    queue_a_microtask(partial(invoke_and_report, callback))
