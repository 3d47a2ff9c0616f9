"""The scope of a shared worker.

HTML Standard, 10.2.1.3:
https://html.spec.whatwg.org/multipage/workers.html#shared-workers-and-the-sharedworkerglobalscope-interface
"""

from __future__ import annotations

from ..host.host import Host
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.global_objects import GlobalObject
from ..html.workers.processing_model import WorkerRecord, close_a_worker
from ..service_workers.service_worker_client import create_a_service_worker_client
from ..url.origins import OpaqueOrigin
from ..url.url_representation import URLRecord
from ..webidl.interfaces import new
from .worker_global_scope import WorkerGlobalScope, set_up_a_worker_environment_settings_object


class SharedWorkerGlobalScope(WorkerGlobalScope):
    """https://html.spec.whatwg.org/multipage/workers.html#sharedworkerglobalscope"""

    __slots__ = ("_worker",)

    _worker: WorkerRecord

    @property
    def name(self) -> str:
        """The name by which scopes ask for the worker.

        https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-name
        """
        return self._worker.name

    def close(self) -> None:
        """End the worker after the task that runs.

        https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworkerglobalscope-close
        """
        close_a_worker(self._worker)

    onconnect = EventHandlerIDLAttribute()


def create(url: URLRecord, host: Host, worker: WorkerRecord) -> GlobalObject:
    """The scope of a shared worker, with its settings object.

    Part of https://html.spec.whatwg.org/multipage/workers.html#script-settings-for-workers.
    """
    scope: SharedWorkerGlobalScope = new(SharedWorkerGlobalScope)
    scope._worker = worker
    origin = OpaqueOrigin() if url.scheme == "data" else worker.constructor_origin
    settings_object = set_up_a_worker_environment_settings_object(scope, url, host, origin)
    create_a_service_worker_client(settings_object, url, "sharedworker", list(worker.owners))
    return scope
