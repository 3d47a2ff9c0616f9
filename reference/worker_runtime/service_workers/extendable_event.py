"""Extendable events: events that keep the worker alive until what they have begun is done.

Service Workers, 4.4 and 4.5: https://w3c.github.io/ServiceWorker/#extendableevent-interface
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack

from ..dom.event import Event, EventInit, inner_event_creation_steps
from ..html.settings_objects import current_settings_object
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.promises import (
    Promise,
    perform_promise_then,
    promise_resolve,
    resolve,
    upon_fulfillment,
    upon_rejection,
)


class ExtendableEventInit(EventInit, total=False):
    """https://w3c.github.io/ServiceWorker/#dictdef-extendableeventinit"""


class ExtendableEvent(Event):
    """An event whose work may outlast its dispatch: `waitUntil` takes what has to be waited for.

    https://w3c.github.io/ServiceWorker/#extendableevent-interface
    """

    __slots__ = (
        "_extend_lifetime_promises", "_pending_promises_count", "_until_inactive", "_upon_inactive",
    )  # fmt: skip

    def __init__(
        self,
        type: str,
        eventInitDict: ExtendableEventInit | ExtendableEvent | None = None,
        **members: Unpack[ExtendableEventInit],
    ) -> None:
        """https://w3c.github.io/ServiceWorker/#dom-extendableevent-extendableevent"""
        self._initialize(type, to_dictionary(ExtendableEventInit, eventInitDict, members))

    def _initialize(self, type: str, init: ExtendableEventInit) -> None:
        inner_event_creation_steps(self, type, init)
        # https://w3c.github.io/ServiceWorker/#extendableevent-extend-lifetime-promises
        self._extend_lifetime_promises: list[Promise[Any]] | None = None
        self._pending_promises_count = 0
        self._until_inactive: Promise[None] | None = None
        self._upon_inactive: Callable[[], object] | None = None  # of the worker that it keeps alive

    def waitUntil(self, f: object) -> None:
        """Keep the worker alive until a promise or an awaitable is settled; InvalidStateError once
        the event is over.

        What it rejects with is reported on the console.

        https://w3c.github.io/ServiceWorker/#dom-extendableevent-waituntil
        """
        if callable(f):
            name = getattr(f, "__name__", "it")
            raise TypeError(
                f"waitUntil() takes a promise or a coroutine, not a function: write "
                f"waitUntil({name}()), which calls it"
            )
        promise: Promise[Any] = promise_resolve(f)
        add_lifetime_promise(self, promise)
        report = current_settings_object().report_to_console
        upon_rejection(promise, lambda reason: report(reason, "Uncaught (in waitUntil)"))


def is_active(event: ExtendableEvent) -> bool:
    """Whether more may be waited for.

    https://w3c.github.io/ServiceWorker/#extendableevent-active
    """
    return event._pending_promises_count > 0 or event._dispatch_flag


def add_lifetime_promise(event: ExtendableEvent, promise: Promise[Any]) -> None:
    """https://w3c.github.io/ServiceWorker/#extendableevent-add-lifetime-promise"""
    if not event._is_trusted:
        raise DOMException("Only an event of the runtime keeps a worker alive", "InvalidStateError")
    if not is_active(event):
        raise DOMException(
            "The event is over: all that it waited for has been settled", "InvalidStateError"
        )
    if event._extend_lifetime_promises is None:
        event._extend_lifetime_promises = []
    event._extend_lifetime_promises.append(promise)
    event._pending_promises_count += 1

    def decrement(_: object) -> None:
        decrement_the_pending_promises_count(event)

    def queue_decrement(_: object) -> None:
        # 5. In a microtask of its own: a reaction that comes after this one may still wait for
        # more.
        upon_fulfillment(Promise.resolve(), decrement)

    perform_promise_then(promise, queue_decrement, queue_decrement)


def decrement_the_pending_promises_count(event: ExtendableEvent) -> None:
    """One that was waited for is settled; after the last, the event is over.

    https://w3c.github.io/ServiceWorker/#extendableevent-pending-promises-count
    """
    event._pending_promises_count -= 1
    if event._pending_promises_count == 0:
        if event._upon_inactive is not None:
            event._upon_inactive()
            event._upon_inactive = None  # which holds the event
        if event._until_inactive is not None:
            resolve(event._until_inactive)


def wait_until_inactive(event: ExtendableEvent) -> Promise[None]:
    """A promise that is fulfilled when an event that has been dispatched is no longer active.

    https://w3c.github.io/ServiceWorker/#install-settle-step
    """
    if not is_active(event):
        return Promise.resolve()
    if event._until_inactive is None:
        event._until_inactive = Promise()
    return event._until_inactive


class InstallEvent(ExtendableEvent):
    """https://w3c.github.io/ServiceWorker/#installevent-interface"""

    __slots__ = ()
