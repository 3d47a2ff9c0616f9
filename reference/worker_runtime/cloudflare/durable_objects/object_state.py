"""The state of an object: its `ctx`.

SPEC_NOTES.md#durable-object-state
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from ...html.settings_objects import current_settings_object
from ...webidl.interfaces import illegal_constructor, new
from ...webidl.promises import Promise, promise_resolve, upon_rejection
from . import storage
from .ids import DurableObjectId
from .input_gate import current_section, run_in_a_section

if TYPE_CHECKING:
    from .life_cycle import Container
    from .storage import DurableObjectStorage

T = TypeVar("T")

SECONDS_OF_A_BLOCK = 30.0
TOO_LONG = (
    "A call to blockConcurrencyWhile() in a Durable Object waited for too long. The call was "
    "canceled and the Durable Object was reset."
)
ABORTED = "Application called abort() to reset Durable Object."


class ObjectAborted(BaseException):
    """Ends the turn that has called `abort`; no `except Exception` of a worker stops it.

    Part of SPEC_NOTES.md#state-abort
    """


class DurableObject:
    """A base for the classes of objects: each instance has `ctx` and `env`.

    SPEC_NOTES.md#durable-object
    """

    def __init__(self, ctx: DurableObjectState, env: Any) -> None:
        self.ctx = ctx
        self.env = env


class DurableObjectState:
    """SPEC_NOTES.md#durable-object-state"""

    __slots__ = ("_container", "_storage")

    _container: Container
    _storage: DurableObjectStorage

    __init__ = illegal_constructor

    @property
    def id(self) -> DurableObjectId:
        """SPEC_NOTES.md#state-id"""
        return self._container.id

    @property
    def storage(self) -> DurableObjectStorage:
        """SPEC_NOTES.md#state-storage"""
        return self._storage

    def waitUntil(self, promise: object) -> None:
        """Keep the object until a promise is settled.

        SPEC_NOTES.md#state-wait-until
        """
        waited_for: Promise[Any] = promise_resolve(promise)
        self._container.wait_for(waited_for)
        report = current_settings_object().report_to_console
        upon_rejection(waited_for, lambda reason: report(reason, "Uncaught (in waitUntil)"))

    def blockConcurrencyWhile(self, callback: Callable[[], Awaitable[T]]) -> Promise[T]:
        """Run a callback while nothing else runs in the object. If it raises, or takes more than 30
        seconds, the object is broken.

        SPEC_NOTES.md#state-block-concurrency-while
        """
        container = self._container
        if current_section.get() is None:  # in a constructor that is called in no task
            raise RuntimeError("blockConcurrencyWhile() is for the object's own code")

        def too_long() -> None:
            container.break_(RuntimeError(TOO_LONG))

        clock = container.space.host.clock
        timer = clock.call_later(SECONDS_OF_A_BLOCK, too_long)

        async def run() -> T:
            try:
                return await callback()
            finally:
                timer.cancel()

        return run_in_a_section(run, partial(break_with, container))

    def abort(self, reason: str | None = None, **options: Any) -> None:
        """Break the object: what is not committed is lost, and all calls fail. It does not return.

        SPEC_NOTES.md#state-abort
        """
        retries_alarm = options.get("retryAlarm", True)
        self._container.break_(RuntimeError(reason or ABORTED), retries_alarm)
        raise ObjectAborted(reason or ABORTED)


def break_with(container: Container, error: BaseException) -> None:
    """Part of SPEC_NOTES.md#state-block-concurrency-while"""
    container.break_(error)


def create(container: Container) -> DurableObjectState:
    """Part of SPEC_NOTES.md#durable-object-state"""
    state: DurableObjectState = new(DurableObjectState)
    state._container = container
    state._storage = storage.create(container)
    return state
