"""The scope of a dedicated worker.

HTML Standard, 10.2.1.2:
https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-dedicatedworkerglobalscope-interface
"""

from __future__ import annotations

from typing import Any

from ..host.host import Host
from ..html.global_objects import GlobalObject
from ..html.web_messaging.message_ports import MessageEventTarget, MessagePort, Transfer
from ..html.workers.processing_model import (
    WorkerRecord,
    close_a_worker,
    inside_port_of,
    report_to_the_owner,
)
from ..service_workers.service_worker_client import create_a_service_worker_client
from ..url.origins import OpaqueOrigin
from ..url.url_representation import URLRecord
from ..webidl.interfaces import new
from .worker_global_scope import (
    GlobalOperation,
    WorkerGlobalScope,
    set_up_a_worker_environment_settings_object,
)


class DedicatedWorkerGlobalScope(WorkerGlobalScope, MessageEventTarget):
    """https://html.spec.whatwg.org/multipage/workers.html#dedicatedworkerglobalscope"""

    __slots__ = ("_inside_port", "_worker")

    _inside_port: MessagePort
    _worker: WorkerRecord

    @property
    def name(self) -> str:
        """What the worker was called by who made it.

        https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-name
        """
        return self._worker.name

    def postMessage(self, message: Any, transfer: Transfer = ()) -> None:
        """Send a copy of a value to the Worker; what is in `transfer` moves there.

        https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-postmessage
        """
        self._inside_port.postMessage(message, transfer)

    def close(self) -> None:
        """End the worker after the task that runs.

        https://html.spec.whatwg.org/multipage/workers.html#dom-dedicatedworkerglobalscope-close
        """
        close_a_worker(self._worker)

    def _report_to_the_owner(self, exception: object) -> bool:
        report_to_the_owner(self._worker, exception)
        return True


def create(url: URLRecord, host: Host, worker: WorkerRecord) -> GlobalObject:
    """The scope of a dedicated worker, with its settings object and its port.

    Part of https://html.spec.whatwg.org/multipage/workers.html#script-settings-for-workers.
    """
    scope: DedicatedWorkerGlobalScope = new(DedicatedWorkerGlobalScope)
    scope._worker = worker
    settings_object = set_up_a_worker_environment_settings_object(
        scope, url, host, OpaqueOrigin() if url.scheme == "data" else worker.constructor_origin
    )
    create_a_service_worker_client(settings_object, url, "worker", list(worker.owners))
    scope._inside_port = inside_port_of(settings_object, worker)
    return scope


postMessage = GlobalOperation(DedicatedWorkerGlobalScope.postMessage)
close = GlobalOperation(DedicatedWorkerGlobalScope.close)
