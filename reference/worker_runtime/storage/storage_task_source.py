"""The storage task source, and the work in parallel whose outcome is told in its tasks.

Storage Standard, 4.8: https://storage.spec.whatwg.org/#storage-task-source
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from threading import Lock
from typing import Any, TypeVar

from ..host.clock import Clock
from ..host.storage.backend import StorageBackend, StorageBusy, StorageError
from ..html.event_loops import EventLoop, ParallelQueue, Steps, queue_a_task
from ..html.settings_objects import EnvironmentSettingsObject, current_settings_object
from ..webidl.promises import FULFILLED, Promise, a_new_promise, reject, resolve, settle
from .usage_and_quota import exception_for

SECONDS_THAT_ARE_LONG = 0.1
SECONDS_OF_CAUTION = 1.0  # after an operation that took long

B = TypeVar("B")
T = TypeVar("T")


def queue_a_storage_task(
    settings_object: EnvironmentSettingsObject, event_loop: EventLoop, steps: Steps
) -> None:
    """A global task of a scope, on the event loop that its code has asked for something on.

    https://storage.spec.whatwg.org/#queue-a-storage-task
    """
    if not settings_object.closing:
        queue_a_task("storage", steps, event_loop, settings_object.context.copy())


class StorageQueue:
    """Performs steps on a storage, in the order in which they come.

    They are performed at once where the storage can answer at once. Where somebody else has it, or
    its disk is slow, they are performed in a thread, and an event loop never waits.

    SPEC_NOTES.md#storage-queue
    """

    __slots__ = (
        "_at_once", "_cautious_until", "_lock", "_monotonic", "_operations", "_queue",
        "_waiting_count", "backend", "owner",
    )  # fmt: skip

    def __init__(self, backend: StorageBackend, clock: Clock, owner: bytes) -> None:
        self.owner = owner  # of leases: no other process, and no other host, has this name
        self.backend = backend  # for code that may wait
        self._at_once: StorageBackend | None = None
        with suppress(StorageError):  # of which the next caller is told
            self._at_once = backend.impatient()
        self._cautious_until = clock.monotonic()
        self._monotonic = clock.monotonic
        self._lock = Lock()
        self._operations: deque[tuple[Any, Any, Promise[Any], Callable[[Steps], object]]] = deque()
        self._queue = ParallelQueue(most_threads=1)
        self._waiting_count = 0

    def may_take_long(self, backend: StorageBackend) -> bool:
        """Whether steps that got this backend may do what takes long: they run in a thread, or it
        is all in memory.
        """
        return backend is self.backend

    def perform(
        self,
        steps: Callable[[B], T],
        within: Callable[[StorageBackend], B],
        takes_long: bool = False,
    ) -> Promise[T]:
        """A promise of what steps return, or of what they raise, as authors get it.

        They get what `within` makes of the storage. They may be performed in a thread, so they use
        the storage and nothing of a scope. Where they raise StorageBusy at first, they are
        performed once more.
        """
        # DEVIATION: (https://storage.spec.whatwg.org/#storage-task-source) by the letter they are
        # performed in parallel and their outcome is told in a task. A storage that answers at once
        # settles its promises when they are returned.
        promise: Promise[T] = a_new_promise()
        if self._waiting_count == 0 and self._at_once is not None:
            begin = self._monotonic()
            if begin >= self._cautious_until and (
                not takes_long or self.may_take_long(self._at_once)
            ):
                try:
                    result = steps(within(self._at_once))
                    # OPTIMIZATION: it is no promise, so it needs not be looked at.
                    settle(promise, FULFILLED, result)
                    return promise
                except StorageBusy:
                    pass
                except Exception as error:
                    reject(promise, exception_for(error))
                    return promise
                finally:
                    now = self._monotonic()
                    if now - begin > SECONDS_THAT_ARE_LONG:
                        self._cautious_until = now + SECONDS_OF_CAUTION
        settings_object = current_settings_object()
        tell = partial(queue_a_storage_task, settings_object, settings_object.event_loop)
        with self._lock:
            self._waiting_count += 1
            self._operations.append((steps, within, promise, tell))
        self._queue.enqueue(self._perform_the_next)
        return promise

    def _perform_the_next(self) -> None:
        steps, within, promise, tell = self._operations.popleft()
        try:
            completion = partial(resolve, promise, steps(within(self.backend)))
        except Exception as error:
            completion = partial(reject, promise, exception_for(error))
        del steps, within  # what they hold is let go before anybody is told
        with self._lock:
            self._waiting_count -= 1
        tell(completion)
