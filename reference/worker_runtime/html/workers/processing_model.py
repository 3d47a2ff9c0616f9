"""Processing model: how a worker is run, and how it ends.

HTML Standard, 10.2.3 and 10.2.4:
https://html.spec.whatwg.org/multipage/workers.html#worker-processing-model

A worker has an agent, which is a thread. Who made it, is its owner, and ends it when it ends.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import CodeType, ModuleType
from typing import Any, Literal, TypeAlias

from ...dom.dispatching_events import fire_an_event
from ...dom.event_target import EventTarget
from ...host.host import Host
from ...url.origins import Origin
from ...url.url_representation import URLRecord
from ...url.url_serializing import url_serializer
from ...webidl.host_hooks import hooks
from ..agents import Agent
from ..event_loops import Steps, run_a_task
from ..runtime_script_errors import ErrorEvent, extract_error_information, report_an_exception
from ..settings_objects import EnvironmentSettingsObject, queue_a_global_task, terminate_a_worker
from ..web_messaging.message_ports import MessagePort, PortMessageQueue, new_message_port
from .worker_scripts import ScriptFailure, fetch_a_module_worker_script, new_module

WorkerState: TypeAlias = Literal["starting", "running", "closing", "terminated"]


class WorkerRecord:
    """A worker, as those see it who made it. Its settings object is there once it runs.

    | state | what happens |
    |---|---|
    | starting | its thread begins, its script is fetched and evaluated; messages wait |
    | running | tasks are performed |
    | closing | the task that called `close()` goes on to its end; no other one begins |
    | terminated | nothing is heard of it any more |

    Part of https://html.spec.whatwg.org/multipage/workers.html#run-a-worker.
    """

    __slots__ = (
        "agent", "constructor_origin", "end_of_module", "host", "inside_queue", "interface", "name",
        "options", "owners", "settings_object", "state", "to_be_done", "url", "worker",
    )  # fmt: skip

    def __init__(
        self,
        interface: Literal["DedicatedWorkerGlobalScope", "SharedWorkerGlobalScope"],
        worker: EventTarget,
        url: URLRecord,
        owner: EnvironmentSettingsObject,
        name: str = "",
        options: Any = None,
        host: Host | None = None,
    ) -> None:
        self.interface = interface
        self.state: WorkerState = "starting"
        self.worker = worker
        self.url = url
        self.name = name
        self.options = options
        self.host = owner.host if host is None else host
        self.constructor_origin: Origin = owner.origin
        self.owners = {owner}
        self.settings_object: EnvironmentSettingsObject | None = None
        self.inside_queue = PortMessageQueue()
        # what is to be done in its scope when its script has been evaluated
        self.to_be_done: deque[Steps] = deque()
        self.end_of_module: Callable[[], object] | None = None
        self.agent = Agent(
            f"worker {name}" if name else "worker",
            partial(_begin, self),
            partial(_end, self),
        )


class OwnedWorkers(set[WorkerRecord]):
    """The workers that a scope has made, and that end with it.

    Part of https://html.spec.whatwg.org/multipage/workers.html#concept-WorkerGlobalScope-owner-set.
    """

    def __init__(self, settings_object: EnvironmentSettingsObject) -> None:
        super().__init__()
        settings_object.closing_steps.append(partial(self.abandon, settings_object))

    def abandon(self, settings_object: EnvironmentSettingsObject) -> None:
        """The scope ends, and so does each worker that nobody else owns."""
        for worker in list(self):
            abandon_a_worker(settings_object, worker)


def run_a_worker(worker: WorkerRecord) -> None:
    """Begin a worker in a thread of its own.

    https://html.spec.whatwg.org/multipage/workers.html#run-a-worker
    """
    for owner in worker.owners:
        owner.record(OwnedWorkers).add(worker)
    worker.agent.start()


def _begin(worker: WorkerRecord) -> None:
    """In parallel: the realm, the script, its evaluation, and the ports."""
    global_object = hooks.create_a_new_realm(worker.interface, worker.url, worker.host, worker)
    settings_object: EnvironmentSettingsObject = global_object._settings_object
    worker.settings_object = settings_object
    if worker.state == "terminated":
        settings_object.closing = True
        return
    try:
        code, file = fetch_a_module_worker_script(worker.url)
    except ScriptFailure as failure:
        _report_that_there_is_no_script(worker, failure)
        worker.agent.stop()
        return
    module, worker.end_of_module = new_module(file)
    event_loop = settings_object.event_loop
    settings_object.context.run(
        run_a_task, event_loop, partial(_evaluate, settings_object, module, code)
    )
    if worker.state == "starting":
        worker.state = "running"
    if settings_object.closing and worker.state == "running":
        worker.state = "closing"
    if worker.interface == "DedicatedWorkerGlobalScope":
        inside_port = global_object._inside_port
        inside_port.start()
    _do_what_is_to_be_done(worker, settings_object)


def _do_what_is_to_be_done(
    worker: WorkerRecord, settings_object: EnvironmentSettingsObject
) -> None:
    with suppress(IndexError):  # whichever thread takes the last one
        while True:
            steps = worker.to_be_done.popleft()
            queue_a_global_task("DOM manipulation", settings_object, steps)


def _evaluate(
    settings_object: EnvironmentSettingsObject, module: ModuleType, code: CodeType
) -> None:
    try:
        exec(code, module.__dict__)
    except SystemExit:
        raise
    except BaseException as exception:
        report_an_exception(settings_object, exception)


def _report_that_there_is_no_script(worker: WorkerRecord, failure: ScriptFailure) -> None:
    worker.host.console.write("error", f"{url_serializer(worker.url)} cannot run: {failure}")
    for owner in worker.owners:
        steps = partial(fire_an_event, "error", worker.worker)
        queue_a_global_task("DOM manipulation", owner, steps)


def inside_port_of(settings_object: EnvironmentSettingsObject, worker: WorkerRecord) -> MessagePort:
    """The implicit port of a dedicated worker, in its own realm.

    https://html.spec.whatwg.org/multipage/workers.html#inside-port
    """
    inside_port = new_message_port(settings_object, worker.inside_queue)
    inside_port._message_event_target = settings_object.global_object
    return inside_port


def perform_in_a_worker(worker: WorkerRecord, steps: Steps) -> None:
    """Queue a task in its scope; it waits for the script to be evaluated.

    Part of https://html.spec.whatwg.org/multipage/workers.html#run-a-worker.
    """
    worker.to_be_done.append(steps)
    if worker.state == "running" and worker.settings_object is not None:
        _do_what_is_to_be_done(worker, worker.settings_object)


def report_to_the_owner(worker: WorkerRecord, exception: object) -> None:
    """What a dedicated worker throws and does not handle is an event of its Worker, and then of the
    scope that made that. Of the exception itself only what can be read of it crosses.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception.
    """
    error_info = extract_error_information(exception) | {"error": None}

    def steps() -> None:
        if fire_an_event("error", worker.worker, ErrorEvent, cancelable=True, **error_info):
            report_an_exception(owner, exception, omit_error=True)

    for owner in worker.owners:
        queue_a_global_task("DOM manipulation", owner, steps)


# ---- the end -------------------------------------------------------------------------------------


def close_a_worker(worker: WorkerRecord) -> None:
    """No task begins any more; the one that runs goes on to its end.

    https://html.spec.whatwg.org/multipage/workers.html#close-a-worker
    """
    if worker.state != "terminated":
        worker.state = "closing"
    if worker.settings_object is not None:
        worker.settings_object.closing = True
    worker.agent.stop()


def abort_a_worker(worker: WorkerRecord) -> None:
    """End a worker from outside, whatever it does: nothing that it says is heard from now on.

    Part of https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker.
    """
    worker.state = "terminated"
    if worker.settings_object is not None:
        worker.settings_object.closing = True
    worker.agent.terminate()


def abandon_a_worker(owner: EnvironmentSettingsObject, worker: WorkerRecord) -> None:
    """An owner is gone. A worker without any is not protected, and ends.

    Part of https://html.spec.whatwg.org/multipage/workers.html#protected-worker.
    """
    worker.owners.discard(owner)
    if not worker.owners:
        abort_a_worker(worker)


def _end(worker: WorkerRecord) -> None:
    """The last that its thread does."""
    worker.state = "terminated"
    if worker.settings_object is not None:
        terminate_a_worker(worker.settings_object)
    worker.inside_queue.messages.clear()
    if worker.end_of_module is not None:
        worker.end_of_module()
        worker.end_of_module = None
    for owner in list(worker.owners):
        owner.record(OwnedWorkers).discard(worker)
