"""The scope of a service worker: what `globalThis` is in a worker of this runtime.

Service Workers, 4.1: https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, cast

from ..host.host import Host
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.event_loops import in_parallel
from ..html.global_objects import GlobalObject
from ..html.settings_objects import queue_a_global_task
from ..service_workers.lifecycle import try_activate
from ..service_workers.model import ServiceWorkerOfAScope, ServiceWorkerRecord
from ..url.url_representation import URLRecord
from ..webidl.interfaces import new
from ..webidl.promises import Promise, a_new_promise, resolve
from .worker_global_scope import (
    GlobalOperation,
    WorkerGlobalScope,
    set_up_a_worker_environment_settings_object,
)

if TYPE_CHECKING:
    from ..cookiestore.cookie_store import CookieStore
    from ..service_workers.clients import Clients
    from ..service_workers.service_worker import ServiceWorker
    from .service_worker_registration import ServiceWorkerRegistration

# https://w3c.github.io/ServiceWorker/#dfn-service-worker-events, and Cookie Store's
SERVICE_WORKER_EVENTS = frozenset(
    {"install", "activate", "fetch", "message", "messageerror", "cookiechange"}
)


class ServiceWorkerGlobalScope(WorkerGlobalScope):
    """https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope"""

    __slots__ = ("_clients", "_service_worker")

    _service_worker: ServiceWorkerRecord
    _clients: Clients

    @property
    def clients(self) -> Clients:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-clients"""
        clients: Clients | None = getattr(self, "_clients", None)
        if clients is None:
            from ..service_workers.clients import Clients

            clients = self._clients = new(Clients)
            clients._service_worker = self._service_worker
        return clients

    @property
    def registration(self) -> ServiceWorkerRegistration:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-registration"""
        from ..service_workers import service_worker_registration
        from .service_worker_registration import ServiceWorkerRegistration

        registration = service_worker_registration.get_the_service_worker_registration_object(
            self._settings_object, self._service_worker.containing_service_worker_registration
        )
        return cast(ServiceWorkerRegistration, registration)

    @property
    def serviceWorker(self) -> ServiceWorker:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-serviceworker"""
        from ..service_workers.service_worker import get_the_service_worker_object

        return get_the_service_worker_object(self._settings_object, self._service_worker)

    @property
    def cookieStore(self) -> CookieStore:
        """https://cookiestore.spec.whatwg.org/#dom-serviceworkerglobalscope-cookiestore"""
        from ..cookiestore.cookie_store import cookieStore

        return cookieStore

    def skipWaiting(self) -> Promise[None]:
        """Let this version of the worker take over from an older one as soon as that is done with
        its events; a promise that this has been tried.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-skipwaiting
        """
        promise: Promise[None] = a_new_promise()
        self._service_worker.skip_waiting_flag = True

        async def skip() -> None:
            await try_activate(self._service_worker.containing_service_worker_registration)
            queue_a_global_task(
                "DOM manipulation", self._settings_object, partial(resolve, promise)
            )

        in_parallel(skip())
        return promise

    def _event_listener_list_has_changed(self, type: str, is_added: bool) -> None:
        """Warn where a worker might not be asked for an event, or be asked in vain: part of adding
        and of removing an event listener.
        """
        worker = self._service_worker
        if worker.start_status is None:  # its script has not been evaluated to its end
            return
        from ..console.supporting_operations import report_a_warning_to_the_console

        if is_added and type in SERVICE_WORKER_EVENTS:
            report_a_warning_to_the_console(
                f"A listener for {type!r} is added after the worker's script has run: it might "
                f"miss events"
            )
        elif not is_added and type in worker.set_of_event_types_to_handle:
            report_a_warning_to_the_console(
                f"A listener for {type!r} is removed, and the worker is still started for such "
                f"events"
            )

    oninstall = EventHandlerIDLAttribute()
    onactivate = EventHandlerIDLAttribute()
    onfetch = EventHandlerIDLAttribute()
    onmessage = EventHandlerIDLAttribute()
    onmessageerror = EventHandlerIDLAttribute()
    oncookiechange = EventHandlerIDLAttribute()


def create(url: URLRecord, host: Host, service_worker: ServiceWorkerRecord) -> GlobalObject:
    """The scope of a service worker, with its settings object.

    Part of https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface
    """
    scope: ServiceWorkerGlobalScope = new(ServiceWorkerGlobalScope)
    scope._service_worker = service_worker
    settings_object = set_up_a_worker_environment_settings_object(scope, url, host)
    settings_object.record(ServiceWorkerOfAScope).service_worker = service_worker
    return scope


skipWaiting = GlobalOperation(ServiceWorkerGlobalScope.skipWaiting)
