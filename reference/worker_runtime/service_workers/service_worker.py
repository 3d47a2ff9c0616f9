"""The ServiceWorker interface: a service worker, as its clients see it, and other workers of its
registration.

Service Workers, 3.1: https://w3c.github.io/ServiceWorker/#serviceworker-interface
"""

from __future__ import annotations

from functools import partial
from typing import Any

from ..dom.dispatching_events import dispatch, fire_an_event
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..html.structured_data.structured_serialize_with_transfer import (
    SerializeWithTransferResult,
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)
from ..html.web_messaging.message_ports import MessagePort, Transfer, transfer_of
from ..html.workers.abstract_worker import AbstractWorker
from ..url.origins import ascii_serialization_of_an_origin
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from .extendable_message_event import ExtendableMessageEvent, create_a_message_event
from .lifecycle import should_skip_event, update_service_worker_extended_events_set
from .model import ServiceWorkerRecord, ServiceWorkerState, service_worker_of
from .service_worker_client import client_of


class ServiceWorker(AbstractWorker):
    """https://w3c.github.io/ServiceWorker/#serviceworker"""

    __slots__ = ("_service_worker", "_settings_object", "_state")

    _service_worker: ServiceWorkerRecord
    _settings_object: EnvironmentSettingsObject
    _state: ServiceWorkerState

    __init__ = illegal_constructor

    @property
    def scriptURL(self) -> str:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworker-scripturl"""
        return url_serializer(self._service_worker.script_url)

    @property
    def state(self) -> ServiceWorkerState:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworker-state"""
        return self._state

    def postMessage(self, message: Any, transfer: Transfer = ()) -> None:
        """Send a copy of a value to the scope of the service worker; what is in `transfer` moves
        there. DataCloneError if something cannot be copied or moved. Nothing comes where the
        service worker does not listen.

        https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-options
        """
        service_worker = self._service_worker
        incumbent_settings = current_settings_object()
        transfer_list = transfer_of(transfer) if transfer else ()
        serialize_with_transfer_result = structured_serialize_with_transfer(message, transfer_list)
        scope = service_worker.global_object
        if scope is None or should_skip_event("message", service_worker):
            return
        steps = partial(receive, service_worker, serialize_with_transfer_result, incumbent_settings)
        queue_a_global_task("DOM manipulation", scope._settings_object, steps)

    onstatechange = EventHandlerIDLAttribute()

    def _update_state(self, state: ServiceWorkerState) -> None:
        """Part of https://w3c.github.io/ServiceWorker/#update-state-algorithm"""

        def set_state() -> None:
            self._state = state
            fire_an_event("statechange", self)

        queue_a_global_task("DOM manipulation", self._settings_object, set_state)


class ServiceWorkerObjectMap(dict[ServiceWorkerRecord, ServiceWorker]):
    """Those of a scope: `settings_object.record(ServiceWorkerObjectMap)`.

    https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-object-map
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()


def get_the_service_worker_object(
    environment: EnvironmentSettingsObject, service_worker: ServiceWorkerRecord
) -> ServiceWorker:
    """To be called in the thread of the environment.

    https://w3c.github.io/ServiceWorker/#get-the-service-worker-object
    """
    object_map = environment.record(ServiceWorkerObjectMap)
    service_worker_obj = object_map.get(service_worker)
    if service_worker_obj is None:
        environment.event_loop  # noqa: B018  that of this thread, from now on
        service_worker_obj = object_map[service_worker] = new(ServiceWorker)
        service_worker_obj._service_worker = service_worker
        service_worker_obj._settings_object = environment
        service_worker.objects.add(service_worker_obj)
        service_worker_obj._state = service_worker.state
    return service_worker_obj


def receive(
    service_worker: ServiceWorkerRecord,
    message: SerializeWithTransferResult,
    incumbent_settings: EnvironmentSettingsObject,
) -> None:
    """The task that ServiceWorker.postMessage() queues.

    Part of https://w3c.github.io/ServiceWorker/#dom-serviceworker-postmessage-message-options
    """
    from .client import create_client

    destination = service_worker.global_object
    if destination is None or destination._settings_object.closing:  # it has ended meanwhile
        return
    source: object = None
    if (incumbent_service_worker := service_worker_of(incumbent_settings)) is not None:
        source = get_the_service_worker_object(
            destination._settings_object, incumbent_service_worker
        )
    elif (client := client_of(incumbent_settings)) is not None:
        source = create_client(client, service_worker)
    origin = ascii_serialization_of_an_origin(incumbent_settings.origin)
    e: ExtendableMessageEvent
    try:
        message_clone, transferred_values = structured_deserialize_with_transfer(message)
    except DOMException:
        e = create_a_message_event("messageerror", None, origin, source, ())
    else:
        new_ports = tuple(value for value in transferred_values if isinstance(value, MessagePort))
        e = create_a_message_event("message", message_clone, origin, source, new_ports)
    dispatch(e, destination)
    update_service_worker_extended_events_set(service_worker, e)
