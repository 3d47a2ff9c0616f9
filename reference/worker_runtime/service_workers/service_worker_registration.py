"""The ServiceWorkerRegistration interface: that a service worker is registered, and for what.

Service Workers, 3.2: https://w3c.github.io/ServiceWorker/#serviceworkerregistration-interface
"""

from __future__ import annotations

from functools import partial
from typing import Literal, TypeAlias

from ..dom.dispatching_events import fire_an_event
from ..dom.event_target import EventTarget
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..url.url_serializing import url_serializer
from ..webidl.interfaces import illegal_constructor, new
from .model import Position, RegistrationRecord, ServiceWorkerRecord
from .service_worker import ServiceWorker, get_the_service_worker_object

# https://w3c.github.io/ServiceWorker/#enumdef-serviceworkerupdateviacache
ServiceWorkerUpdateViaCache: TypeAlias = Literal["imports", "all", "none"]


class ServiceWorkerRegistration(EventTarget):
    """https://w3c.github.io/ServiceWorker/#serviceworkerregistration"""

    __slots__ = ("_registration", "_settings_object", "_workers")

    _registration: RegistrationRecord
    _settings_object: EnvironmentSettingsObject
    _workers: dict[Position, ServiceWorker | None]

    __init__ = illegal_constructor

    @property
    def installing(self) -> ServiceWorker | None:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-installing"""
        return self._workers["installing"]

    @property
    def waiting(self) -> ServiceWorker | None:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-waiting"""
        return self._workers["waiting"]

    @property
    def active(self) -> ServiceWorker | None:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-active"""
        return self._workers["active"]

    @property
    def scope(self) -> str:
        """The URL below which requests are the worker's.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-scope
        """
        return url_serializer(self._registration.scope_url)

    @property
    def updateViaCache(self) -> ServiceWorkerUpdateViaCache:
        """Always "imports": nothing of a worker comes over HTTP.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkerregistration-updateviacache
        """
        return "imports"

    onupdatefound = EventHandlerIDLAttribute()

    def _update_position(self, target: Position, source: ServiceWorkerRecord | None) -> None:
        """Part of https://w3c.github.io/ServiceWorker/#update-registration-state-algorithm"""

        def set_position() -> None:
            self._workers[target] = object_of(self._settings_object, source)

        queue_a_global_task("DOM manipulation", self._settings_object, set_position)

    def _update_found(self) -> None:
        """Part of https://w3c.github.io/ServiceWorker/#installation-algorithm"""
        steps = partial(fire_an_event, "updatefound", self)
        queue_a_global_task("DOM manipulation", self._settings_object, steps)


def object_of(
    environment: EnvironmentSettingsObject, service_worker: ServiceWorkerRecord | None
) -> ServiceWorker | None:
    """Part of https://w3c.github.io/ServiceWorker/#update-registration-state-algorithm"""
    if service_worker is None:
        return None
    return get_the_service_worker_object(environment, service_worker)


class ServiceWorkerRegistrationObjectMap(dict[RegistrationRecord, ServiceWorkerRegistration]):
    """Those of a scope: `settings_object.record(ServiceWorkerRegistrationObjectMap)`.

    https://w3c.github.io/ServiceWorker/#environment-settings-object-service-worker-registration-object-map
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()


def get_the_service_worker_registration_object(
    environment: EnvironmentSettingsObject, registration: RegistrationRecord
) -> ServiceWorkerRegistration:
    """To be called in the thread of the environment.

    https://w3c.github.io/ServiceWorker/#get-the-service-worker-registration-object
    """
    object_map = environment.record(ServiceWorkerRegistrationObjectMap)
    registration_object = object_map.get(registration)
    if registration_object is None:
        environment.event_loop  # noqa: B018  that of this thread, from now on
        registration_object = object_map[registration] = new(ServiceWorkerRegistration)
        registration_object._registration = registration
        registration_object._settings_object = environment
        registration_object._workers = {
            "installing": object_of(environment, registration.installing_worker),
            "waiting": object_of(environment, registration.waiting_worker),
            "active": object_of(environment, registration.active_worker),
        }
        registration.objects.add(registration_object)
    return registration_object
