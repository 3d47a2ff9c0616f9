"""Algorithms: how locks are requested, granted, stolen and released.

Web Locks, 4: https://w3c.github.io/web-locks/#algorithms
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from ..dom import abort_algorithms
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import new
from ..webidl.promises import Promise, perform_promise_then, reject, resolve
from .concepts import (
    LockManagerRecord,
    LockManagers,
    LockMode,
    LockRecord,
    LockRequest,
    get_the_lock_request_queue,
    is_grantable,
)
from .lease_keeper import Lease
from .lock_class import Lock

if TYPE_CHECKING:
    from ..dom.aborting_ongoing_activities import AbortSignal


class LockInfo(NamedTuple):
    """https://w3c.github.io/web-locks/#dictdef-lockinfo"""

    name: str
    mode: LockMode
    clientId: str


class LockManagerSnapshot(NamedTuple):
    """https://w3c.github.io/web-locks/#dictdef-lockmanagersnapshot"""

    held: list[LockInfo]
    pending: list[LockInfo]


def request_a_lock(
    promise: Promise[Any],
    agent: EnvironmentSettingsObject,
    client_id: str,
    manager: LockManagerRecord,
    callback: Callable[..., Promise[Any]],
    name: str,
    mode: LockMode,
    if_available: bool,
    steal: bool,
    signal: AbortSignal | None,
) -> LockRequest:
    """https://w3c.github.io/web-locks/#request-a-lock"""
    request = LockRequest(
        agent, agent.event_loop, client_id, manager, name, mode, callback, promise, signal,
        if_available,
    )  # fmt: skip
    if signal is not None:
        request.abort_algorithm = partial(signal_to_abort_the_request, request, signal)
        abort_algorithms.add(signal, request.abort_algorithm)
    with manager.lock_task_queue:
        forget_what_ended_without_a_word(manager, name)
        queue = get_the_lock_request_queue(manager.lock_request_queue_map, name)
        if steal:
            break_the_locks(manager, name)
            queue.appendleft(request)
        else:
            if if_available and not is_grantable(request):
                _refuse(request)
                _forget_an_empty_queue(manager, name)
                return request
            queue.append(request)
        process_the_lock_request_queue(manager, name)
    return request


def break_the_locks(manager: LockManagerRecord, name: str) -> None:
    """Who holds them is told, and holds them no more.

    Part of https://w3c.github.io/web-locks/#request-a-lock.
    """
    with manager.lock_task_queue:
        for lock in manager.held_lock_set.pop(name, ()):
            error = DOMException("The lock has been stolen", "AbortError")
            steps = partial(reject, lock.released_promise, error)
            queue_a_global_task("web locks", lock.agent, steps)


def _refuse(request: LockRequest) -> None:
    steps = partial(_invoke_without_a_lock, request)
    queue_a_global_task("web locks", request.agent, steps)


def _invoke_without_a_lock(request: LockRequest) -> None:
    resolve(request.promise, request.callback(None))


def release_the_lock(lock: LockRecord) -> None:
    """Nothing happens to one that has been stolen.

    https://w3c.github.io/web-locks/#release-the-lock
    """
    manager, name = lock.manager, lock.name
    with manager.lock_task_queue:
        held = manager.held_lock_set.get(name)
        if held is not None and lock in held:
            held.remove(lock)
            if not held:
                del manager.held_lock_set[name]
                if manager.lease_keeper is not None:
                    manager.lease_keeper.let_others_have_their_turn(lease_name(manager, name))
        process_the_lock_request_queue(manager, name)


def abort_the_request(request: LockRequest) -> None:
    """https://w3c.github.io/web-locks/#abort-the-request"""
    manager, name = request.manager, request.name
    with manager.lock_task_queue:
        queue = get_the_lock_request_queue(manager.lock_request_queue_map, name)
        if request in queue:
            queue.remove(request)
        process_the_lock_request_queue(manager, name)


def signal_to_abort_the_request(request: LockRequest, signal: AbortSignal) -> None:
    """https://w3c.github.io/web-locks/#signal-to-abort-the-request"""
    abort_the_request(request)
    reject(request.promise, signal.reason)


def process_the_lock_request_queue(manager: LockManagerRecord, name: str) -> None:
    """Grant what can be granted, from the first one on.

    https://w3c.github.io/web-locks/#process-the-lock-request-queue
    """
    queue = get_the_lock_request_queue(manager.lock_request_queue_map, name)
    if manager.lease_keeper is not None and not has_a_lease(manager, name):
        _forget_an_empty_queue(manager, name)
        return
    while queue and is_grantable(queue[0]):
        request = queue.popleft()
        lock = LockRecord(
            request.agent,
            request.event_loop,
            request.client_id,
            manager,
            name,
            request.mode,
            request.promise,
        )
        manager.held_lock_set.setdefault(name, []).append(lock)
        queue_a_global_task("web locks", request.agent, partial(_grant, request, lock))
    _forget_an_empty_queue(manager, name)


# ---- between processes ---------------------------------------------------------------------------


def lease_name(manager: LockManagerRecord, name: str) -> bytes:
    """What a resource name of an origin is called in the storage.

    Part of SPEC_NOTES.md#locks-between-processes.
    """
    return f"web-locks\0{manager.origin}\0{name}".encode("utf-8", "surrogatepass")


def has_a_lease(manager: LockManagerRecord, name: str) -> bool:
    """Whether locks of that name may be granted in this process now. If not, and there are
    requests, it asks for that.

    Part of SPEC_NOTES.md#locks-between-processes.
    """
    lease_keeper = manager.lease_keeper
    assert lease_keeper is not None
    key = lease_name(manager, name)
    if manager.lock_request_queue_map[name]:
        lease = Lease(
            on_granted=partial(_process_once_more, manager, name),
            on_refused=partial(_refuse_those_that_do_not_wait, manager, name),
            on_lost=partial(break_the_locks, manager, name),
        )
        lease_keeper.want(key, lease)
    elif name not in manager.held_lock_set:
        lease_keeper.give_up(key)
    return lease_keeper.owns(key)


def _process_once_more(manager: LockManagerRecord, name: str) -> None:
    with manager.lock_task_queue:
        process_the_lock_request_queue(manager, name)


def _refuse_those_that_do_not_wait(manager: LockManagerRecord, name: str) -> None:
    with manager.lock_task_queue:
        queue = get_the_lock_request_queue(manager.lock_request_queue_map, name)
        for request in [request for request in queue if request.if_available]:
            queue.remove(request)
            _refuse(request)
        process_the_lock_request_queue(manager, name)


def _forget_an_empty_queue(manager: LockManagerRecord, name: str) -> None:
    if not manager.lock_request_queue_map[name]:
        del manager.lock_request_queue_map[name]


def _grant(request: LockRequest, lock: LockRecord) -> None:
    """Invoke the callback in its scope; the lock is held until what it returns is settled."""
    signal = request.signal
    if signal is not None:
        if signal.aborted:
            release_the_lock(lock)
            return
        assert request.abort_algorithm is not None
        abort_algorithms.remove(signal, request.abort_algorithm)
    lock_object: Lock = new(Lock)
    lock_object._lock = lock
    waiting = request.callback(lock_object)
    steps = partial(_when_the_waiting_promise_settles, lock, waiting)
    perform_promise_then(waiting, steps, steps)


def _when_the_waiting_promise_settles(
    lock: LockRecord, waiting: Promise[Any], value: object
) -> None:
    release_the_lock(lock)
    resolve(lock.released_promise, waiting)


def snapshot_the_lock_state(
    manager: LockManagerRecord, promise: Promise[LockManagerSnapshot]
) -> None:
    """https://w3c.github.io/web-locks/#snapshot-the-lock-state"""
    with manager.lock_task_queue:
        pending = [
            LockInfo(request.name, request.mode, request.client_id)
            for queue in manager.lock_request_queue_map.values()
            for request in queue
        ]
        held = [
            LockInfo(lock.name, lock.mode, lock.client_id)
            for locks in manager.held_lock_set.values()
            for lock in locks
        ]
    resolve(promise, LockManagerSnapshot(held, pending))


# ---- the end of scopes ---------------------------------------------------------------------------


def terminate_remaining_locks_and_requests(agent: EnvironmentSettingsObject) -> None:
    """The end of a scope.

    https://w3c.github.io/web-locks/#terminate-remaining-locks-and-requests
    """
    for manager in list(agent.host.record(LockManagers).values()):
        with manager.lock_task_queue:
            queues, held = manager.lock_request_queue_map, manager.held_lock_set
            for request in [r for queue in queues.values() for r in queue if r.agent is agent]:
                abort_the_request(request)
            for lock in [lock for locks in held.values() for lock in locks if lock.agent is agent]:
                release_the_lock(lock)


def forget_what_ended_without_a_word(manager: LockManagerRecord, name: str) -> None:
    """The event loop of a plain script may end while it holds a lock.

    Part of https://w3c.github.io/web-locks/#terminate-remaining-locks-and-requests.
    """
    for request in list(manager.lock_request_queue_map.get(name, ())):
        if request.event_loop.asyncio_loop.is_closed():
            abort_the_request(request)
    for lock in list(manager.held_lock_set.get(name, ())):
        if lock.event_loop.asyncio_loop.is_closed():
            release_the_lock(lock)
