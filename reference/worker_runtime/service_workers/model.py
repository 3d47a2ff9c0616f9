"""Model: service workers and their registration.

Service Workers, 2: https://w3c.github.io/ServiceWorker/#model
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..host.network import Network
from ..host.storage.backend import StorageBackend
from ..host.storage.memory import MemoryStorage
from ..html.settings_objects import SYSTEM_NETWORK
from ..http.failures_and_timeouts import Timeouts
from ..url.url_representation import URLRecord

if TYPE_CHECKING:
    from .extendable_event import ExtendableEvent
    from ..global_scope.service_worker_global_scope import ServiceWorkerGlobalScope

# https://w3c.github.io/ServiceWorker/#dfn-state
ServiceWorkerState: TypeAlias = Literal[
    "parsed", "installing", "installed", "activating", "activated", "redundant"
]


class ServiceWorkerRecord:
    """A service worker; its script resource is a function that evaluates the script once.

    https://w3c.github.io/ServiceWorker/#dfn-service-worker
    """

    __slots__ = (
        "containing_service_worker_registration", "global_object", "script_resource", "script_url",
        "set_of_event_types_to_handle", "set_of_extended_events", "skip_waiting_flag",
        "start_status", "state", "type",
    )  # fmt: skip

    def __init__(
        self,
        script_url: URLRecord,
        script_resource: Callable[[ServiceWorkerGlobalScope], None],
        registration: RegistrationRecord,
    ) -> None:
        self.state: ServiceWorkerState = "parsed"
        self.script_url = script_url
        self.type: Literal["classic", "module"] = "module"
        self.containing_service_worker_registration = registration
        self.global_object: ServiceWorkerGlobalScope | None = None
        self.script_resource = script_resource
        self.skip_waiting_flag = False
        self.set_of_event_types_to_handle: set[str] = set()
        self.set_of_extended_events: set[ExtendableEvent] = set()
        self.start_status: Completion | None = None


class Completion:
    """How the evaluation of a script ended: normally, or with what it threw.

    https://w3c.github.io/ServiceWorker/#service-worker-start-status
    """

    __slots__ = ("thrown",)

    def __init__(self, thrown: BaseException | None = None) -> None:
        self.thrown = thrown


class RegistrationRecord:
    """A service worker registration: at most one worker in each position, and where they all store
    what they store.

    https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration
    """

    __slots__ = (
        "active_worker", "http_caches", "installing_worker", "network", "scope_url", "storage",
        "timeouts", "waiting_worker",
    )  # fmt: skip

    def __init__(
        self,
        scope_url: URLRecord,
        storage: StorageBackend | None = None,
        network: Network | None = None,
    ) -> None:
        self.scope_url = scope_url
        # In place of a storage key: a server has one origin, and this is all of its storage.
        self.storage: StorageBackend = MemoryStorage() if storage is None else storage
        # Through which its workers reach others.
        self.network: Network = SYSTEM_NETWORK if network is None else network
        self.timeouts = Timeouts()
        # The HTTP caches of its workers, by network partition key; None: they have none.
        self.http_caches: dict[Any, Any] | None = None
        self.installing_worker: ServiceWorkerRecord | None = None
        self.waiting_worker: ServiceWorkerRecord | None = None
        self.active_worker: ServiceWorkerRecord | None = None
