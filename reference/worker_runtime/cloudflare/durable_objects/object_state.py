"""The state of an object: its `ctx`.

SPEC_NOTES.md#durable-object-state
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from ...html.settings_objects import current_settings_object
from ...webidl.interfaces import illegal_constructor, missing_attribute, new
from ...webidl.promises import Promise, promise_resolve, upon_rejection
from ...webidl.type_mapping import to_usv_string
from ...websockets.web_socket import WebSocket
from ..environment import SET_BY_THE_BASE
from . import storage
from .hibernation import (
    WebSocketRequestResponsePair,
    accept_a_web_socket,
    check_an_auto_response,
    event_timeout_of,
    feedback_of,
    tags_of,
)
from .ids import DurableObjectId
from .input_gate import run_in_a_section, section_that_runs

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

    ctx: DurableObjectState
    env: Any

    def __init__(self, ctx: DurableObjectState, env: Any) -> None:
        self.ctx = ctx
        self.env = env

    if not TYPE_CHECKING:  # which would take any name for an attribute that is there

        def __getattr__(self, name):
            raise missing_attribute(self, name, SET_BY_THE_BASE)


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
        if section_that_runs() is None:  # in a constructor that is called in no task
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

    # ---- web sockets -----------------------------------------------------------------------------

    def acceptWebSocket(self, ws: WebSocket, tags: Iterable[str] | None = None) -> None:
        """Let an end of a WebSocketPair be the object's, with tags by which it is found again: what
        comes for it is told to `webSocketMessage`, `webSocketClose` and `webSocketError`, whether
        or not there is an instance just now.

        SPEC_NOTES.md#state-accept-web-socket
        """
        accept_a_web_socket(self._container.hibernatable_web_sockets(), ws, tags or ())

    def getWebSockets(self, tag: str | None = None) -> list[WebSocket]:
        """Those of the object, the newest first; those with a tag, the oldest first.

        SPEC_NOTES.md#state-get-web-sockets
        """
        of_the_object = self._container.hibernatable_web_sockets()
        if tag is None:
            return list(reversed(of_the_object.in_order))
        return list(of_the_object.by_tag.get(to_usv_string(tag), ()))

    def getTags(self, ws: WebSocket) -> list[str]:
        """The tags of a socket.

        SPEC_NOTES.md#state-get-tags
        """
        return tags_of(ws)

    def setWebSocketAutoResponse(
        self, maybeReqResp: WebSocketRequestResponsePair | None = None
    ) -> None:
        """Answer a text with another one, without telling the instance; None ends that.

        SPEC_NOTES.md#state-set-web-socket-auto-response
        """
        if maybeReqResp is not None:
            check_an_auto_response(maybeReqResp)
        self._container.hibernatable_web_sockets().auto_response = maybeReqResp

    def getWebSocketAutoResponse(self) -> WebSocketRequestResponsePair | None:
        """SPEC_NOTES.md#state-get-web-socket-auto-response"""
        return self._container.hibernatable_web_sockets().auto_response

    def getWebSocketAutoResponseTimestamp(self, ws: WebSocket) -> float | None:
        """When a socket was answered so, in milliseconds since 1970; None if it never was.

        SPEC_NOTES.md#state-get-web-socket-auto-response-timestamp
        """
        feedback = feedback_of(ws)
        return None if feedback is None else feedback.auto_response_time

    def setHibernatableWebSocketEventTimeout(self, timeoutMs: float | None = None) -> None:
        """How many milliseconds a handler of sockets may take; 0 is no limit.

        SPEC_NOTES.md#state-set-hibernatable-web-socket-event-timeout
        """
        timeout = event_timeout_of(timeoutMs)
        self._container.hibernatable_web_sockets().event_timeout = timeout

    def getHibernatableWebSocketEventTimeout(self) -> int | None:
        """SPEC_NOTES.md#state-get-hibernatable-web-socket-event-timeout"""
        return self._container.hibernatable_web_sockets().event_timeout or None

    # ---- its end ---------------------------------------------------------------------------------

    def abort(
        self,
        reason: str | None = None,
        options: Mapping[str, Any] | None = None,
        **members: Any,
    ) -> NoReturn:
        """Break the object: what is not committed is lost, and all calls fail. It does not return.
        With `retryAlarm=False` an alarm that runs is given up.

        SPEC_NOTES.md#state-abort
        """
        error: Any = RuntimeError(reason or ABORTED)
        error.givesUpTheAlarm = not {**(options or {}), **members}.get("retryAlarm", True)
        self._container.break_(error)
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
