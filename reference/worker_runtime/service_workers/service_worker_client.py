"""Service worker clients: who a service worker works for. Here that are the Workers and
SharedWorkers that it has made, and those that these have made.

Service Workers, 2.4 and 2.5: https://w3c.github.io/ServiceWorker/#service-worker-client-concept,
https://w3c.github.io/ServiceWorker/#control-and-use
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Literal, TypeAlias

from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..url.origins import OpaqueOrigin
from ..url.url_representation import URLRecord
from ..web_locks.concepts import ClientId
from .model import ServiceWorkerRecord, service_worker_of

# https://w3c.github.io/ServiceWorker/#enumdef-clienttype
ClientType: TypeAlias = Literal["window", "worker", "sharedworker", "all"]


class ServiceWorkerClient:
    """The environment of a worker, which has a thread of its own, and what controls it.

    https://w3c.github.io/ServiceWorker/#dfn-service-worker-client
    """

    __slots__ = ("active_service_worker", "creation_url", "id", "settings_object", "type")

    def __init__(
        self,
        settings_object: EnvironmentSettingsObject,
        creation_url: URLRecord,
        type: ClientType,
        active_service_worker: ServiceWorkerRecord,
    ) -> None:
        self.settings_object = settings_object
        self.creation_url = creation_url
        self.id: str = settings_object.record(ClientId)
        self.type: ClientType = type
        # https://w3c.github.io/ServiceWorker/#dfn-control
        self.active_service_worker = active_service_worker

    def queue_a_task(self, steps: Callable[[], object]) -> None:
        """Perform steps in its scope, from any thread."""
        queue_a_global_task("DOM manipulation", self.settings_object, steps)

    def use(self, worker: ServiceWorkerRecord) -> None:
        """It is controlled by that worker from now on, and told so, unless it is already.

        https://w3c.github.io/ServiceWorker/#dfn-use
        """
        if self.active_service_worker is not worker:
            self.active_service_worker = worker
            notify_controller_change(self)

    def resolve_the_ready_promise(self) -> None:
        """A worker is active, for which it may have waited.

        https://w3c.github.io/ServiceWorker/#activate-resolve-ready-step
        """
        from .service_worker_container import resolve_the_ready_promise

        self.queue_a_task(partial(resolve_the_ready_promise, self.settings_object))


class ClientOfAScope:
    """The client that a scope is, if it is one: `settings_object.record(ClientOfAScope).client`.

    Part of https://w3c.github.io/ServiceWorker/#dfn-service-worker-client
    """

    __slots__ = ("client",)

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.client: ServiceWorkerClient | None = None


def client_of(settings_object: EnvironmentSettingsObject) -> ServiceWorkerClient | None:
    """Part of https://w3c.github.io/ServiceWorker/#dfn-service-worker-client"""
    return settings_object.record(ClientOfAScope).client


def create_a_service_worker_client(
    settings_object: EnvironmentSettingsObject,
    creation_url: URLRecord,
    type: ClientType,
    owners: Iterable[EnvironmentSettingsObject],
) -> None:
    """Make the scope of a new worker a client, if one of those that made it is a service worker or
    a client of one. To be called in the worker's thread. A worker with an opaque origin is nobody's
    client.

    Part of https://w3c.github.io/ServiceWorker/#control-and-use-worker-client
    """
    service_worker: ServiceWorkerRecord | None = None
    for owner in owners:
        service_worker = service_worker or service_worker_of(owner)
        if service_worker is None and (owner_as_client := client_of(owner)) is not None:
            service_worker = owner_as_client.active_service_worker
    if service_worker is None or isinstance(settings_object.origin, OpaqueOrigin):
        return
    settings_object.event_loop  # noqa: B018  that of this thread, from now on
    client = ServiceWorkerClient(settings_object, creation_url, type, service_worker)
    settings_object.record(ClientOfAScope).client = client
    clients = service_worker.containing_service_worker_registration.clients
    clients.add(client)
    settings_object.closing_steps.append(partial(clients.discard, client))


def notify_controller_change(client: ServiceWorkerClient) -> None:
    """https://w3c.github.io/ServiceWorker/#notify-controller-change-algorithm"""
    from .service_worker_container import fire_controllerchange

    client.queue_a_task(partial(fire_controllerchange, client.settings_object))
