"""The ServiceWorkerContainer interface: `navigator.serviceWorker`, by which a client knows what
controls it.

Service Workers, 3.4: https://w3c.github.io/ServiceWorker/#serviceworkercontainer-interface
"""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import Any

from ..dom.dispatching_events import fire_an_event
from ..dom.event_target import EventTarget
from ..html.event_handlers import EventHandlerIDLAttribute, HandlerValue
from ..html.event_loops import Steps
from ..html.origins import same_origin
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..url.url_parsing import url_parser
from ..url.url_serializing import origin, url_serializer
from ..url.writing import URLFailure
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import (
    PENDING,
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    resolve,
)
from ..webidl.type_mapping import to_usv_string
from .model import RegistrationRecord, service_worker_of
from .service_worker import ServiceWorker, get_the_service_worker_object
from .service_worker_client import client_of
from .service_worker_registration import (
    ServiceWorkerRegistration,
    get_the_service_worker_registration_object,
)


class ClientMessageQueue:
    """The messages for a client; they wait until it is enabled.

    https://w3c.github.io/ServiceWorker/#dfn-client-message-queue
    """

    __slots__ = ("_is_enabled", "_settings_object", "_tasks")

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self._is_enabled = False
        self._settings_object = settings_object
        self._tasks: deque[Steps] = deque()

    def add(self, steps: Steps) -> None:
        """Perform a task, now or later; to be called in a task of the client."""
        if self._is_enabled:
            steps()
        else:
            self._tasks.append(steps)

    def enable(self) -> None:
        """Each of those that have waited is performed in a task of its own."""
        self._is_enabled = True
        while self._tasks:
            queue_a_global_task("DOM manipulation", self._settings_object, self._tasks.popleft())


class OnMessage(EventHandlerIDLAttribute):
    """The first time that it is set, messages come.

    Part of https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-onmessage
    """

    __slots__ = ()

    def __set__(self, event_target: EventTarget, value: HandlerValue | None) -> None:
        super().__set__(event_target, value)
        if isinstance(event_target, ServiceWorkerContainer):
            event_target._client_message_queue.enable()


class ServiceWorkerContainer(EventTarget):
    """https://w3c.github.io/ServiceWorker/#serviceworkercontainer"""

    __slots__ = ("_client_message_queue", "_ready_promise", "_settings_object")

    _client_message_queue: ClientMessageQueue
    _ready_promise: Promise[ServiceWorkerRegistration] | None
    _settings_object: EnvironmentSettingsObject

    __init__ = illegal_constructor

    @property
    def controller(self) -> ServiceWorker | None:
        """The service worker that has made this worker, or the one that has taken its place; None
        in a service worker itself.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-controller
        """
        client = client_of(self._settings_object)
        if client is None:
            return None
        return get_the_service_worker_object(self._settings_object, client.active_service_worker)

    @property
    def ready(self) -> Promise[ServiceWorkerRegistration]:
        """A promise of the registration, when it has an active worker.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-ready
        """
        if self._ready_promise is None:
            self._ready_promise = a_new_promise()
        if self._ready_promise._state == PENDING:
            steps = partial(resolve_the_ready_promise, self._settings_object)
            queue_a_global_task("DOM manipulation", self._settings_object, steps)
        return self._ready_promise

    def getRegistration(self, clientURL: str = "") -> Promise[ServiceWorkerRegistration | None]:
        """The registration whose scope a URL of this origin is in, None if there is none. TypeError
        if it is not a URL, "SecurityError" if it is of another origin.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistration
        """
        settings_object = self._settings_object
        registration = registration_of(settings_object)
        try:
            client_url = to_usv_string(clientURL)
            # A worker's own URL is that of a file; what it belongs to is known.
            if client_url:
                url = url_parser(client_url, settings_object.api_base_url)
                if not same_origin(origin(url), settings_object.origin):
                    raise DOMException(f"{client_url!r} is of another origin", "SecurityError")
                if registration is not None and not url_serializer(url).startswith(
                    url_serializer(registration.scope_url)
                ):
                    registration = None
        except URLFailure:
            return a_promise_rejected_with(TypeError(f"Invalid URL: {clientURL!r}"))
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)
        if registration is None:
            return a_promise_resolved_with(None)
        return a_promise_resolved_with(
            get_the_service_worker_registration_object(settings_object, registration)
        )

    def getRegistrations(self) -> Promise[tuple[ServiceWorkerRegistration, ...]]:
        """The registration of this scope, if there is one.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-getregistrations
        """
        registration = registration_of(self._settings_object)
        if registration is None:
            return a_promise_resolved_with(())
        object = get_the_service_worker_registration_object(self._settings_object, registration)
        return a_promise_resolved_with((object,))

    def startMessages(self) -> None:
        """Let messages come that the service worker has sent; `onmessage` does so, too.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-startmessages
        """
        self._client_message_queue.enable()

    oncontrollerchange = EventHandlerIDLAttribute()
    onmessage = OnMessage()
    onmessageerror = EventHandlerIDLAttribute()


def container_of(settings_object: EnvironmentSettingsObject) -> ServiceWorkerContainer:
    """That of a scope.

    Part of https://w3c.github.io/ServiceWorker/#navigator-service-worker-attribute
    """
    return settings_object.record(create_a_container)


def create_a_container(settings_object: EnvironmentSettingsObject) -> ServiceWorkerContainer:
    """Part of https://w3c.github.io/ServiceWorker/#navigator-service-worker-attribute"""
    container: ServiceWorkerContainer = new(ServiceWorkerContainer)
    container._settings_object = settings_object
    container._client_message_queue = ClientMessageQueue(settings_object)
    container._ready_promise = None
    return container


def registration_of(settings_object: EnvironmentSettingsObject) -> RegistrationRecord | None:
    """The registration that a scope belongs to, as a service worker or as a client.

    Part of https://w3c.github.io/ServiceWorker/#scope-match-algorithm
    """
    service_worker = service_worker_of(settings_object)
    if service_worker is None:
        client = client_of(settings_object)
        service_worker = None if client is None else client.active_service_worker
    return None if service_worker is None else service_worker.containing_service_worker_registration


def resolve_the_ready_promise(settings_object: EnvironmentSettingsObject) -> None:
    """A task of a scope: if somebody waits for an active worker, and there is one, it is told.

    Part of https://w3c.github.io/ServiceWorker/#dom-serviceworkercontainer-ready
    """
    promise = container_of(settings_object)._ready_promise
    registration = registration_of(settings_object)
    if promise is not None and registration is not None and registration.active_worker is not None:
        object: Any = get_the_service_worker_registration_object(settings_object, registration)
        resolve(promise, object)


def fire_controllerchange(settings_object: EnvironmentSettingsObject) -> None:
    """Part of https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm"""
    fire_an_event("controllerchange", container_of(settings_object))
