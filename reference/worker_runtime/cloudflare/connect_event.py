"""Connect events: somebody has connected to the worker, over TCP.

No standard defines them; their text is in SPEC_NOTES.md, "Connect events", and their shape that of
Cloudflare Workers.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..host.network import ByteStream
from ..html.settings_objects import EnvironmentSettingsObject, run_in_realm
from ..service_workers.extendable_event import ExtendableEvent, wait_until_inactive
from ..service_workers.lifecycle import (
    dispatch_in_a_task,
    run_service_worker,
    should_skip_event,
    wait_until_activated,
)
from ..service_workers.model import RegistrationRecord
from ..sockets_api.concepts import break_off, end_when_all_is_written
from ..sockets_api.connect import create_an_accepted_socket
from ..sockets_api.socket_class import Socket
from ..sockets_api.socket_error import SocketError
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, get_a_promise_for_waiting_for_all, promise_resolve, react

# What has become of a connection.
ConnectResult: TypeAlias = Literal["ok", "exception", "skipped"]


class ConnectEvent(ExtendableEvent):
    """A connection has come in.

    SPEC_NOTES.md#connect-event
    """

    __slots__ = ("_socket", "_stream")

    _socket: Socket
    _stream: ByteStream

    __init__ = illegal_constructor

    @property
    def socket(self) -> Socket:
        """The connection, which ends when the event is over.

        SPEC_NOTES.md#connect-event-socket
        """
        return self._socket


def create(stream: ByteStream, settings_object: EnvironmentSettingsObject) -> ConnectEvent:
    """An event of that scope, which the platform dispatches.

    Part of SPEC_NOTES.md#connect-event
    """
    event: ConnectEvent = new(ConnectEvent)
    run_in_realm(settings_object, event._initialize, "connect", {})
    event._is_trusted = True
    event._stream = stream
    event._socket = create_an_accepted_socket(settings_object, stream)
    return event


async def fire_a_connect_event(
    registration: RegistrationRecord, stream: ByteStream
) -> ConnectResult:
    """Give the active worker a connection, and end it when the worker is done with it.

    SPEC_NOTES.md#fire-a-connect-event
    """
    active_worker = registration.active_worker
    if active_worker is None or should_skip_event("connect", active_worker):
        stream.abort()
        return "skipped"
    await wait_until_activated(active_worker)
    start_status = run_service_worker(active_worker)
    if start_status is None or start_status.thrown is not None:
        stream.abort()
        return "exception"
    scope = active_worker.global_object
    assert scope is not None
    event = create(stream, scope._settings_object)
    socket = event._socket
    dispatch_in_a_task(event, active_worker)
    await wait_until_inactive(event)
    try:
        await get_a_promise_for_waiting_for_all(event._extend_lifetime_promises or [])
        has_failed = event._listeners_did_throw
    except Exception:  # it has been reported
        has_failed = True
    if not socket._is_over:
        (break_off if has_failed else end_when_all_is_written)(socket)
    return "exception" if has_failed else "ok"


def unless_the_client_has_left(event: ConnectEvent, result: object) -> Promise[object]:
    """What a handler returns; that the other side has broken the connection off is no failure of
    the handler's.

    SPEC_NOTES.md#connect-event-client-has-left
    """

    def on_rejected(reason: object) -> Promise[object] | None:
        if isinstance(reason, SocketError) and event._stream.failure is not None:
            return None
        return Promise.reject(reason)

    return react(promise_resolve(result), None, on_rejected)
