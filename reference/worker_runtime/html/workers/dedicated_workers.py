"""Dedicated workers and the Worker interface.

HTML Standard, 10.2.6.3:
https://html.spec.whatwg.org/multipage/workers.html#dedicated-workers-and-the-worker-interface
"""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterable
from typing import Any, Unpack

from ...host.bus import LoneBus
from ...host.restricted_network import RestrictedNetwork
from ...webidl.dictionaries import to_dictionary
from ...webidl.type_mapping import to_dom_string
from ..settings_objects import current_settings_object
from ..web_messaging.message_ports import (
    MessageEventTarget,
    MessagePort,
    Transfer,
    empty_the_port_message_queue,
    entangle_queues,
    new_message_port,
)
from .abstract_worker import AbstractWorker, WorkerOptions, check_worker_options
from .processing_model import WorkerRecord, abort_a_worker, run_a_worker
from .worker_scripts import worker_url


class DedicatedWorkerOptions(WorkerOptions, total=False):
    """`allowNet` narrows the network of the worker to some hosts of those that its maker may reach.

    SPEC_NOTES.md#worker-allow-net
    """

    allowNet: Iterable[str]


class Worker(AbstractWorker, MessageEventTarget):
    """A script that runs beside this one, in a thread, a scope and an event loop of its own.

    https://html.spec.whatwg.org/multipage/workers.html#worker
    """

    __slots__ = ("_outside_port", "_worker")

    _outside_port: MessagePort
    _worker: WorkerRecord

    def __init__(
        self,
        scriptURL: str | os.PathLike[str],
        options: DedicatedWorkerOptions | None = None,
        **members: Unpack[DedicatedWorkerOptions],
    ) -> None:
        """Run a file, relative to that of the code that calls, or a blob: or data: URL.

        "SyntaxError" if it is not a URL; an `error` event if there is no script. RuntimeError
        without a running event loop.

        https://html.spec.whatwg.org/multipage/workers.html#dom-worker
        """
        members = to_dictionary(DedicatedWorkerOptions, options, members)
        check_worker_options(members)
        url = worker_url(scriptURL)
        outside_settings = current_settings_object()
        host = outside_settings.host
        if "allowNet" in members:
            network = RestrictedNetwork(host.network, members["allowNet"])
            # A member of the bus is one host: another one would own what the first one does.
            host = dataclasses.replace(host, network=network, bus=LoneBus())
        self._worker = WorkerRecord(
            "DedicatedWorkerGlobalScope",
            self,
            url,
            outside_settings,
            to_dom_string(members.get("name", "")),
            host=host,
        )
        # https://html.spec.whatwg.org/multipage/workers.html#outside-port
        self._outside_port = new_message_port(outside_settings)
        self._outside_port._message_event_target = self
        entangle_queues(self._outside_port, self._worker.inside_queue)
        self._outside_port.start()
        run_a_worker(self._worker)

    def terminate(self) -> None:
        """End the worker at once, whatever it does. What it has said and nobody has heard is lost.

        https://html.spec.whatwg.org/multipage/workers.html#dom-worker-terminate
        """
        empty_the_port_message_queue(self._outside_port)
        self._outside_port.close()
        abort_a_worker(self._worker)

    def postMessage(self, message: Any, transfer: Transfer = ()) -> None:
        """Send the worker a copy of a value; what is in `transfer` moves there.

        https://html.spec.whatwg.org/multipage/workers.html#dom-worker-postmessage
        """
        self._outside_port.postMessage(message, transfer)
