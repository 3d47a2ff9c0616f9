"""The scope of a service worker: what `globalThis` is in a worker of this runtime.

Service Workers, 4.1: https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-interface
"""

from __future__ import annotations

from ..html.event_handlers import EventHandlerIDLAttribute
from .worker_global_scope import GlobalOperation, WorkerGlobalScope
from ..webidl.promises import Promise
from ..service_workers.clients import Clients
from ..service_workers.model import ServiceWorkerRecord


class ServiceWorkerGlobalScope(WorkerGlobalScope):
    """https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope"""

    __slots__ = ("_clients", "_service_worker")

    _service_worker: ServiceWorkerRecord
    _clients: Clients

    @property
    def clients(self) -> Clients:
        """https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-clients"""
        return self._clients

    def skipWaiting(self) -> Promise[None]:
        """Let this version of the worker take over while an older one is still at work.

        https://w3c.github.io/ServiceWorker/#dom-serviceworkerglobalscope-skipwaiting
        """
        self._service_worker.skip_waiting_flag = True
        return Promise.resolve()

    oninstall = EventHandlerIDLAttribute()
    onactivate = EventHandlerIDLAttribute()
    onfetch = EventHandlerIDLAttribute()
    onmessage = EventHandlerIDLAttribute()
    onmessageerror = EventHandlerIDLAttribute()


skipWaiting = GlobalOperation(ServiceWorkerGlobalScope.skipWaiting)
