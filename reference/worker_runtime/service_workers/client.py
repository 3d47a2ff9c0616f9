"""The Client interface: a worker that a service worker has made, as that sees it.

Service Workers, 4.2: https://w3c.github.io/ServiceWorker/#client-interface
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal, TypeAlias

from ..html.message_event import fire_a_message_event
from ..html.settings_objects import EnvironmentSettingsObject
from ..html.structured_data.structured_serialize_with_transfer import (
    SerializeWithTransferResult,
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)
from ..html.web_messaging.message_ports import MessagePort, Transfer, transfer_of
from ..url.origins import ascii_serialization_of_an_origin
from ..url.url_serializing import url_serializer
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from .model import ServiceWorkerRecord
from .service_worker import get_the_service_worker_object
from .service_worker_client import ClientType, ServiceWorkerClient
from .service_worker_container import ServiceWorkerContainer, container_of

# https://w3c.github.io/ServiceWorker/#enumdef-frametype
FrameType: TypeAlias = Literal["auxiliary", "top-level", "nested", "none"]


class Client:
    """https://w3c.github.io/ServiceWorker/#client"""

    __slots__ = ("__weakref__", "_service_worker", "_service_worker_client")

    _service_worker: ServiceWorkerRecord
    _service_worker_client: ServiceWorkerClient

    __init__ = illegal_constructor

    @property
    def url(self) -> str:
        """That of its script.

        https://w3c.github.io/ServiceWorker/#dom-client-url
        """
        return url_serializer(self._service_worker_client.creation_url)

    @property
    def frameType(self) -> FrameType:
        """Always "none": a worker has no frame.

        https://w3c.github.io/ServiceWorker/#dom-client-frametype
        """
        return "none"

    @property
    def id(self) -> str:
        """The same as its `clientId` in the Web Locks API.

        https://w3c.github.io/ServiceWorker/#dom-client-id
        """
        return self._service_worker_client.id

    @property
    def type(self) -> ClientType:
        """ "worker" or "sharedworker".

        https://w3c.github.io/ServiceWorker/#dom-client-type
        """
        return self._service_worker_client.type

    def postMessage(self, message: Any, transfer: Transfer = ()) -> None:
        """Send a copy of a value to the `navigator.serviceWorker` of the client; what is in
        `transfer` moves there. DataCloneError if something cannot be copied or moved.

        https://w3c.github.io/ServiceWorker/#dom-client-postmessage-message-options
        """
        transfer_list = transfer_of(transfer) if transfer else ()
        serialize_with_transfer_result = structured_serialize_with_transfer(message, transfer_list)
        client, service_worker = self._service_worker_client, self._service_worker
        assert service_worker.global_object is not None
        source_settings = service_worker.global_object._settings_object
        origin = ascii_serialization_of_an_origin(source_settings.origin)

        def add_to_the_client_message_queue() -> None:
            destination = container_of(client.settings_object)
            steps = partial(
                receive, destination, serialize_with_transfer_result, origin, service_worker
            )
            destination._client_message_queue.add(steps)

        client.queue_a_task(add_to_the_client_message_queue)


def receive(
    destination: ServiceWorkerContainer,
    message: SerializeWithTransferResult,
    origin: str,
    service_worker: ServiceWorkerRecord,
) -> None:
    """The task that Client.postMessage() adds to the queue of the client.

    Part of https://w3c.github.io/ServiceWorker/#dom-client-postmessage-message-options
    """
    settings_object: EnvironmentSettingsObject = destination._settings_object
    source = get_the_service_worker_object(settings_object, service_worker)
    try:
        message_clone, transferred_values = structured_deserialize_with_transfer(message)
    except DOMException:
        fire_a_message_event("messageerror", destination, None, origin, source)
        return
    new_ports = tuple(value for value in transferred_values if isinstance(value, MessagePort))
    fire_a_message_event("message", destination, message_clone, origin, source, new_ports)


def create_client(client: ServiceWorkerClient, service_worker: ServiceWorkerRecord) -> Client:
    """The object by which a service worker knows a client.

    https://w3c.github.io/ServiceWorker/#create-client-algorithm
    """
    client_object: Client = new(Client)
    client_object._service_worker_client = client
    client_object._service_worker = service_worker
    return client_object
