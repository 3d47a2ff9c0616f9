"""The ServiceWorkerRegistration interface: that a service worker is registered, and for what.

Service Workers, 3.2: https://w3c.github.io/ServiceWorker/#serviceworkerregistration-interface
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ..dom.event_target import EventTarget
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_serializing import url_serializer
from ..webidl.interfaces import illegal_constructor, new
from .model import RegistrationRecord, service_worker_of

# https://w3c.github.io/ServiceWorker/#enumdef-serviceworkerupdateviacache
ServiceWorkerUpdateViaCache: TypeAlias = Literal["imports", "all", "none"]


class ServiceWorkerRegistration(EventTarget):
    """https://w3c.github.io/ServiceWorker/#serviceworkerregistration"""

    __slots__ = ("_registration",)

    _registration: RegistrationRecord

    __init__ = illegal_constructor

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


def get_the_service_worker_registration_object(
    settings_object: EnvironmentSettingsObject,
) -> ServiceWorkerRegistration:
    """That of a service worker's scope is the record of this kind.

    https://w3c.github.io/ServiceWorker/#get-the-service-worker-registration-object
    """
    service_worker = service_worker_of(settings_object)
    assert service_worker is not None
    registration: ServiceWorkerRegistration = new(ServiceWorkerRegistration)
    registration._registration = service_worker.containing_service_worker_registration
    return registration
