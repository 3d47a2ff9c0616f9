"""Model: service workers and their registration.

Service Workers, 2: https://w3c.github.io/ServiceWorker/#model
"""

from __future__ import annotations

from collections.abc import Callable
from threading import Lock
from typing import TYPE_CHECKING, Any, Generic, Literal, Protocol, TypeAlias, TypeVar
from weakref import WeakSet

from ..host.host import Host
from ..host.owner import Owner
from ..html.global_objects import GlobalObject
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_representation import URLRecord
from ..webidl.promises import Promise

if TYPE_CHECKING:
    from .extendable_event import ExtendableEvent
    from .service_worker_client import ServiceWorkerClient

# https://w3c.github.io/ServiceWorker/#dfn-state
ServiceWorkerState: TypeAlias = Literal[
    "parsed", "installing", "installed", "activating", "activated", "redundant"
]
# Where a worker may be in its registration.
Position: TypeAlias = Literal["installing", "waiting", "active"]


class WorkerObject(Protocol):
    """A ServiceWorker object, in whatever scope.

    Part of https://w3c.github.io/ServiceWorker/#serviceworker
    """

    def _update_state(self, state: ServiceWorkerState) -> None: ...


class RegistrationObject(Protocol):
    """A ServiceWorkerRegistration object, in whatever scope.

    Part of https://w3c.github.io/ServiceWorker/#serviceworkerregistration
    """

    def _update_found(self) -> None: ...

    def _update_position(self, target: Position, source: ServiceWorkerRecord | None) -> None: ...


T = TypeVar("T")


class Objects(Generic[T]):
    """The objects that stand for a service worker, or for a registration, in scopes of any thread,
    as long as they live.

    Part of https://w3c.github.io/ServiceWorker/#service-worker-creation
    """

    __slots__ = ("_lock", "_objects")

    def __init__(self) -> None:
        self._lock = Lock()
        self._objects: WeakSet[T] = WeakSet()

    def add(self, object: T) -> None:
        with self._lock:
            self._objects.add(object)

    def all(self) -> list[T]:
        with self._lock:
            return list(self._objects)


class ServiceWorkerRecord:
    """A service worker; its script resource is a function that evaluates the script once.

    https://w3c.github.io/ServiceWorker/#dfn-service-worker
    """

    __slots__ = (
        "containing_service_worker_registration", "global_object", "objects", "script_resource",
        "script_url",
        "set_of_event_types_to_handle", "set_of_extended_events", "skip_waiting_flag",
        "start_status", "state", "type", "until_activated",
    )  # fmt: skip

    def __init__(
        self,
        script_url: URLRecord,
        script_resource: Callable[[Any], object],
        registration: RegistrationRecord,
    ) -> None:
        self.state: ServiceWorkerState = "parsed"
        self.script_url = script_url
        self.type: Literal["classic", "module"] = "module"
        self.containing_service_worker_registration = registration
        self.global_object: GlobalObject | None = None
        self.script_resource = script_resource
        self.skip_waiting_flag = False
        self.set_of_event_types_to_handle: set[str] = set()
        self.set_of_extended_events: set[ExtendableEvent] = set()
        self.start_status: Completion | None = None
        # Not of the standard: the objects that stand for it, and what waits for its state not to be
        # "activating".
        self.objects: Objects[WorkerObject] = Objects()
        self.until_activated: Promise[None] | None = None


class Completion:
    """How the evaluation of a script ended: normally, or with what it threw.

    Part of https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm
    """

    __slots__ = ("thrown",)

    def __init__(self, thrown: BaseException | None = None) -> None:
        self.thrown = thrown


class ServiceWorkerClients:
    """The clients of a registration, the first one first. Any thread may use it.

    Part of https://w3c.github.io/ServiceWorker/#dfn-service-worker-client
    """

    __slots__ = ("_clients", "_lock")

    def __init__(self) -> None:
        self._lock = Lock()
        self._clients: dict[str, ServiceWorkerClient] = {}

    def add(self, client: ServiceWorkerClient) -> None:
        with self._lock:
            self._clients[client.id] = client

    def discard(self, client: ServiceWorkerClient) -> None:
        """https://w3c.github.io/ServiceWorker/#service-worker-client-discarded-flag"""
        with self._lock:
            self._clients.pop(client.id, None)

    def all(self) -> list[ServiceWorkerClient]:
        """Those that have not ended."""
        with self._lock:
            return list(self._clients.values())


class RegistrationRecord(Owner):
    """A service worker registration: at most one worker in each position, all of one host. Other
    standards keep there, as records, what they extend it with.

    Part of https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration
    """

    __slots__ = (
        "_records", "active_worker", "clients", "host", "installing_worker", "objects",
        "scope_url", "waiting_worker",
    )  # fmt: skip

    def __init__(self, scope_url: URLRecord, host: Host) -> None:
        self.scope_url = scope_url
        self.host = host
        self.installing_worker: ServiceWorkerRecord | None = None
        self.waiting_worker: ServiceWorkerRecord | None = None
        self.active_worker: ServiceWorkerRecord | None = None
        self.clients = ServiceWorkerClients()
        self.objects: Objects[RegistrationObject] = Objects()
        self._records: dict[Callable[[Any], Any], Any] = {}


class ServiceWorkerOfAScope:
    """The service worker whose scope has these settings, if it is one's:
    `settings_object.record(ServiceWorkerOfAScope).service_worker`.

    Part of https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-service-worker
    """

    __slots__ = ("service_worker",)

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        self.service_worker: ServiceWorkerRecord | None = None


def service_worker_of(settings_object: EnvironmentSettingsObject) -> ServiceWorkerRecord | None:
    """The service worker whose scope that is; None if it is another kind of scope.

    https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-service-worker
    """
    return settings_object.record(ServiceWorkerOfAScope).service_worker
