"""Life cycle: how a worker is run, installed, activated and ended.

Service Workers, Appendix A: https://w3c.github.io/ServiceWorker/#algorithms

A server registers its one worker itself, so there are no jobs; a newer version of it is installed
beside the active one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from ..dom.dispatching_events import dispatch
from ..dom.event import create_an_event
from ..html.event_loops import in_parallel, run_a_task
from ..html.global_objects import GlobalObject
from ..html.settings_objects import run_in_realm, terminate_a_worker
from ..webidl.host_hooks import hooks
from ..webidl.promises import Promise, get_a_promise_for_waiting_for_all, resolve
from .extendable_event import ExtendableEvent, InstallEvent, is_active, wait_until_inactive
from .model import Completion, Position, RegistrationRecord, ServiceWorkerRecord, ServiceWorkerState

E = TypeVar("E", bound=ExtendableEvent)


def setup_service_worker_global_scope(service_worker: ServiceWorkerRecord) -> GlobalObject:
    """https://w3c.github.io/ServiceWorker/#setup-serviceworkerglobalscope-algorithm"""
    if service_worker.global_object is not None:
        return service_worker.global_object
    host = service_worker.containing_service_worker_registration.host
    worker_global_scope: GlobalObject = hooks.create_a_new_realm(
        "ServiceWorkerGlobalScope", service_worker.script_url, host, service_worker
    )
    return worker_global_scope


def run_service_worker(service_worker: ServiceWorkerRecord) -> Completion | None:
    """Evaluate the worker's script, unless it has been; None if the worker is done with.

    https://w3c.github.io/ServiceWorker/#run-service-worker-algorithm
    """
    if service_worker.state == "redundant":
        return None
    if service_worker.start_status is not None:
        return service_worker.start_status
    worker_global_scope = setup_service_worker_global_scope(service_worker)
    service_worker.global_object = worker_global_scope
    context = worker_global_scope._settings_object.context
    try:
        # In the scope's own context: what the script sets there is there for each of its tasks.
        context.run(service_worker.script_resource, worker_global_scope)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # a script that calls sys.exit() ends nobody else
        service_worker.start_status = Completion(error)
    else:
        service_worker.start_status = Completion()
    service_worker.set_of_event_types_to_handle.update(
        listener.type for listener in worker_global_scope._event_listener_list
    )
    return service_worker.start_status


async def install(worker: ServiceWorkerRecord, registration: RegistrationRecord) -> None:
    """Run a new worker and let it prepare itself; it is redundant then, or waiting, or even active.

    https://w3c.github.io/ServiceWorker/#installation-algorithm
    """
    install_failed = False
    update_registration_state(registration, "installing", worker)
    update_worker_state(worker, "installing")
    for registration_object in registration.objects.all():
        registration_object._update_found()
    start_status = run_service_worker(worker)
    if start_status is None or start_status.thrown is not None:
        install_failed = True
    elif not should_skip_event("install", worker):
        event = _create_an_event(InstallEvent, "install", worker)
        dispatch_in_a_task(event, worker)
        await wait_until_inactive(event)
        try:
            await get_a_promise_for_waiting_for_all(event._extend_lifetime_promises or [])
        except Exception as error:
            install_failed = True
            worker.start_status = Completion(error)
    update_registration_state(registration, "installing", None)
    if install_failed:
        update_worker_state(worker, "redundant")
        terminate_service_worker(worker)
        return
    if registration.waiting_worker is not None:
        terminate_service_worker(registration.waiting_worker)
        update_worker_state(registration.waiting_worker, "redundant")
    update_registration_state(registration, "waiting", worker)
    update_worker_state(worker, "installed")
    await try_activate(registration)


async def activate(registration: RegistrationRecord) -> None:
    """Let the waiting worker take over.

    https://w3c.github.io/ServiceWorker/#activation-algorithm
    """
    if registration.waiting_worker is None:
        return
    if registration.active_worker is not None:
        terminate_service_worker(registration.active_worker)
        update_worker_state(registration.active_worker, "redundant")
    active_worker = registration.waiting_worker
    update_registration_state(registration, "active", active_worker)
    update_registration_state(registration, "waiting", None)
    update_worker_state(active_worker, "activating")
    for client in registration.clients.all():
        client.resolve_the_ready_promise()
        client.use(active_worker)
    if not should_skip_event("activate", active_worker):
        event = _create_an_event(ExtendableEvent, "activate", active_worker)
        dispatch_in_a_task(event, active_worker)
        await wait_until_inactive(event)
    update_worker_state(active_worker, "activated")


async def try_activate(registration: RegistrationRecord) -> None:
    """The clients of a worker end with it, so the one that waits need not skip that.

    https://w3c.github.io/ServiceWorker/#try-activate-algorithm
    """
    active_worker = registration.active_worker
    if registration.waiting_worker is None or (
        active_worker is not None and active_worker.state == "activating"
    ):
        return
    if active_worker is None or service_worker_has_no_pending_events(active_worker):
        await activate(registration)


def wait_until_activated(worker: ServiceWorkerRecord) -> Promise[None]:
    """A promise that is fulfilled when a worker is not being activated any more: functional events
    wait for that.

    https://w3c.github.io/ServiceWorker/#activate-settle-step
    """
    if worker.state != "activating":
        return Promise.resolve()
    if worker.until_activated is None:
        worker.until_activated = Promise()
    return worker.until_activated


def terminate_service_worker(service_worker: ServiceWorkerRecord) -> None:
    """End a worker: no timer of it fires any more. What it has begun, in tasks of asyncio, belongs
    to those who began it.

    https://w3c.github.io/ServiceWorker/#terminate-service-worker-algorithm
    """
    if service_worker.global_object is not None:
        terminate_a_worker(service_worker.global_object._settings_object)
    service_worker.set_of_extended_events.clear()


async def fire_functional_event(
    event_name: str,
    event_constructor: type[E],
    registration: RegistrationRecord,
    initialize: Callable[[E], object],
) -> E | None:
    """Call the active worker, when it is not being activated any more. Returns the event when it
    has been dispatched; None if the worker has no listener for it, or does not start.

    https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm
    """
    active_worker = registration.active_worker
    if active_worker is None or should_skip_event(event_name, active_worker):
        return None
    await wait_until_activated(active_worker)
    start_status = run_service_worker(active_worker)
    if start_status is None or start_status.thrown is not None:
        return None
    event = _create_an_event(event_constructor, event_name, active_worker)
    initialize(event)
    dispatch_in_a_task(event, active_worker)
    return event


def dispatch_in_a_task(
    event: ExtendableEvent,
    worker: ServiceWorkerRecord,
    before: Iterable[Callable[[], object]] = (),
) -> None:
    """Dispatch an event to a worker's scope, in a task of that scope. Steps that set what the event
    is to see in its context come before.

    Part of https://w3c.github.io/ServiceWorker/#fire-functional-event-algorithm
    """
    scope = worker.global_object
    assert scope is not None
    settings_object = scope._settings_object
    # Each event has a context of its own: what is set for one is not seen by the next.
    context = settings_object.context.copy()
    for steps in before:
        context.run(steps)
    context.run(run_a_task, settings_object.event_loop, dispatch, event, scope)
    if event._pending_promises_count:
        update_service_worker_extended_events_set(worker, event)


def _create_an_event(event_interface: type[E], type: str, worker: ServiceWorkerRecord) -> E:
    """An event of a worker's scope, by whose clock it has its time."""
    scope = worker.global_object
    assert scope is not None
    return run_in_realm(scope._settings_object, create_an_event, event_interface, type)


def should_skip_event(event_name: str, service_worker: ServiceWorkerRecord) -> bool:
    """Whether no event of that name need be dispatched: no listener was there when the script had
    been evaluated, or is now.

    https://w3c.github.io/ServiceWorker/#should-skip-event-algorithm
    """
    scope = service_worker.global_object
    return event_name not in service_worker.set_of_event_types_to_handle and not (
        scope is not None
        and any(listener.type == event_name for listener in scope._event_listener_list)
    )


def update_service_worker_extended_events_set(
    worker: ServiceWorkerRecord, event: ExtendableEvent
) -> None:
    """https://w3c.github.io/ServiceWorker/#update-service-worker-extended-events-set-algorithm"""
    if is_active(event):
        # The standard looks at all of the set each time; here an event leaves it by itself. Then a
        # worker that waits may take over, as "add lifetime promise" has it.
        registration = worker.containing_service_worker_registration

        def leave() -> None:
            worker.set_of_extended_events.discard(event)
            if registration.waiting_worker is not None:
                in_parallel(try_activate(registration))

        worker.set_of_extended_events.add(event)
        event._upon_inactive = leave


def service_worker_has_no_pending_events(worker: ServiceWorkerRecord) -> bool:
    """https://w3c.github.io/ServiceWorker/#service-worker-has-no-pending-events-algorithm"""
    return not worker.set_of_extended_events


def update_registration_state(
    registration: RegistrationRecord, target: Position, source: ServiceWorkerRecord | None
) -> None:
    """https://w3c.github.io/ServiceWorker/#update-registration-state-algorithm"""
    match target:
        case "installing":
            registration.installing_worker = source
        case "waiting":
            registration.waiting_worker = source
        case "active":
            registration.active_worker = source
    for registration_object in registration.objects.all():
        registration_object._update_position(target, source)


def update_worker_state(worker: ServiceWorkerRecord, state: ServiceWorkerState) -> None:
    """https://w3c.github.io/ServiceWorker/#update-state-algorithm"""
    assert state != "parsed"
    worker.state = state
    for worker_obj in worker.objects.all():
        worker_obj._update_state(state)
    if worker.until_activated is not None and state != "activating":
        resolve(worker.until_activated)
