"""Shared workers and the SharedWorker interface.

HTML Standard, 10.2.6.4:
https://html.spec.whatwg.org/multipage/workers.html#shared-workers-and-the-sharedworker-interface
"""

from __future__ import annotations

import os
from functools import partial
from threading import Lock
from typing import Unpack

from ...dom.dispatching_events import fire_an_event
from ...host.host import Host
from ...url.url_representation import URLRecord
from ...url.url_serializing import url_serializer
from ...webidl.dictionaries import to_dictionary
from ...webidl.type_mapping import to_dom_string
from ..message_event import fire_a_message_event
from ..origins import same_origin
from ..settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    queue_a_global_task,
)
from ..web_messaging.message_ports import (
    MessagePort,
    PortMessageQueue,
    entangle_queues,
    new_message_port,
)
from .abstract_worker import AbstractWorker, WorkerOptions, check_worker_options
from .processing_model import OwnedWorkers, WorkerRecord, perform_in_a_worker, run_a_worker
from .worker_scripts import worker_url


class SharedWorkerManager:
    """The shared workers of a host.

    https://html.spec.whatwg.org/multipage/workers.html#shared-worker-manager
    """

    __slots__ = ("lock", "workers")

    def __init__(self, host: Host) -> None:
        self.lock = Lock()
        self.workers: list[WorkerRecord] = []

    def matching(
        self, settings: EnvironmentSettingsObject, url: URLRecord, name: str
    ) -> WorkerRecord | None:
        """The one of that URL and name that was made in that origin, unless it has ended."""
        self.workers = [w for w in self.workers if w.state in ("starting", "running")]
        for worker in self.workers:
            if (
                worker.name == name
                and url_serializer(worker.url) == url_serializer(url)
                and same_origin(worker.constructor_origin, settings.origin)
            ):
                return worker
        return None


class SharedWorker(AbstractWorker):
    """A script that runs beside all those that ask for it.

    https://html.spec.whatwg.org/multipage/workers.html#sharedworker
    """

    __slots__ = ("_port",)

    _port: MessagePort

    def __init__(
        self,
        scriptURL: str | os.PathLike[str],
        options: str | WorkerOptions | None = None,
        **members: Unpack[WorkerOptions],
    ) -> None:
        """Connect to the worker of that URL and name, which is run if it does not run yet.

        "SyntaxError" if it is not a URL; an `error` event if there is no script, or if the worker
        runs with another type or other credentials.

        https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker
        """
        if isinstance(options, str):
            options = {"name": options}
        members = to_dictionary(WorkerOptions, options, members)
        check_worker_options(members)
        url = worker_url(scriptURL)
        name = to_dom_string(members.get("name", ""))
        kind = (members.get("type", "classic"), members.get("credentials", "same-origin"))
        outside_settings = current_settings_object()
        self._port = new_message_port(outside_settings)
        inside_queue = PortMessageQueue()
        entangle_queues(self._port, inside_queue)
        manager = outside_settings.host.record(SharedWorkerManager)
        with manager.lock:
            worker = manager.matching(outside_settings, url, name)
            is_new = worker is None
            if worker is None:
                worker = WorkerRecord(
                    "SharedWorkerGlobalScope", self, url, outside_settings, name, kind
                )
                manager.workers.append(worker)
            elif worker.options != kind:
                steps = partial(fire_an_event, "error", self)
                queue_a_global_task("DOM manipulation", outside_settings, steps)
                return
            worker.owners.add(outside_settings)
            outside_settings.record(OwnedWorkers).add(worker)
        perform_in_a_worker(worker, partial(_connect, worker, inside_queue))
        if is_new:
            run_a_worker(worker)

    @property
    def port(self) -> MessagePort:
        """The way to the worker; it is started by a handler or by `start()`.

        https://html.spec.whatwg.org/multipage/workers.html#dom-sharedworker-port
        """
        return self._port


def _connect(worker: WorkerRecord, inside_queue: PortMessageQueue) -> None:
    assert worker.settings_object is not None
    inside_port = new_message_port(worker.settings_object, inside_queue)
    scope = worker.settings_object.global_object
    fire_a_message_event("connect", scope, "", source=inside_port, ports=(inside_port,))
