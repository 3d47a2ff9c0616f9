"""Model: service workers and their registration.

Service Workers, 2: https://w3c.github.io/ServiceWorker/#model
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..host.host import Host
from ..host.owner import Owner
from ..html.global_objects import GlobalObject
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_representation import URLRecord
from ..webidl.promises import Promise

if TYPE_CHECKING:
    from .extendable_event import ExtendableEvent

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
        # Not of the standard: what waits for its state not to be "activating".
        self.until_activated: Promise[None] | None = None


class Completion:
    """How the evaluation of a script ended: normally, or with what it threw.

    Part of https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm
    """

    __slots__ = ("thrown",)

    def __init__(self, thrown: BaseException | None = None) -> None:
        self.thrown = thrown


class RegistrationRecord(Owner):
    """A service worker registration: at most one worker in each position, all of one host. Other
    standards keep there, as records, what they extend it with.

    Part of https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration
    """

    __slots__ = (
        "_records", "active_worker", "host", "installing_worker", "scope_url", "waiting_worker",
    )  # fmt: skip

    def __init__(self, scope_url: URLRecord, host: Host) -> None:
        self.scope_url = scope_url
        self.host = host
        self.installing_worker: ServiceWorkerRecord | None = None
        self.waiting_worker: ServiceWorkerRecord | None = None
        self.active_worker: ServiceWorkerRecord | None = None
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
