"""Concepts: locks, requests for them, and lock managers.

Web Locks, 2: https://w3c.github.io/web-locks/#concepts

The lock task queue is a mutex of the manager: its steps run at once, in the thread that has them,
and what they have to tell a scope is a task of that scope.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from ..host.host import Host
from ..host.storage.memory import MemoryStorage
from ..html.event_loops import EventLoop
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.origins import OpaqueOrigin, ascii_serialization_of_an_origin
from ..webidl.promises import Promise
from .lease_keeper import LeaseKeeper

if TYPE_CHECKING:
    from ..dom.aborting_ongoing_activities import AbortSignal

# https://w3c.github.io/web-locks/#enumdef-lockmode
LockMode: TypeAlias = Literal["shared", "exclusive"]


@dataclass(slots=True, eq=False)
class LockRecord:
    """A lock that is held. Its agent is a scope.

    https://w3c.github.io/web-locks/#lock-concept
    """

    agent: EnvironmentSettingsObject
    event_loop: EventLoop
    client_id: str
    manager: LockManagerRecord
    name: str
    mode: LockMode
    released_promise: Promise[Any]


@dataclass(slots=True, eq=False)
class LockRequest:
    """https://w3c.github.io/web-locks/#lock-request"""

    agent: EnvironmentSettingsObject
    event_loop: EventLoop
    client_id: str
    manager: LockManagerRecord
    name: str
    mode: LockMode
    callback: Callable[..., Promise[Any]]
    promise: Promise[Any]
    signal: AbortSignal | None
    if_available: bool = False
    abort_algorithm: Callable[[], object] | None = None


@dataclass(slots=True, eq=False)
class LockManagerRecord:
    """The locks and requests of one origin in one host, by their names. It has a lease keeper where
    other processes may have the same storage, or are of the same server.

    https://w3c.github.io/web-locks/#lock-manager
    """

    origin: str = ""
    lease_keeper: LeaseKeeper | None = None
    lock_task_queue: RLock = field(default_factory=RLock)
    held_lock_set: dict[str, list[LockRecord]] = field(default_factory=dict)
    lock_request_queue_map: dict[str, deque[LockRequest]] = field(default_factory=dict)


class LockManagers(dict[str, LockManagerRecord]):
    """The lock managers of a host by their origins.

    Part of https://w3c.github.io/web-locks/#obtain-a-lock-manager
    """

    def __init__(self, host: Host) -> None:
        super().__init__()


class ClientId(str):
    """What a scope is called in a snapshot.

    https://w3c.github.io/web-locks/#lock-concept-clientid
    """

    __slots__ = ()

    def __new__(cls, environment: EnvironmentSettingsObject) -> ClientId:
        digits = environment.host.entropy.random_bytes(16).hex()
        return super().__new__(cls, "-".join(
            (digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:])
        ))  # fmt: skip


def obtain_a_lock_manager(environment: EnvironmentSettingsObject) -> LockManagerRecord | None:
    """None for the opaque origin of a scope. A plain script has the one of its host.

    https://w3c.github.io/web-locks/#obtain-a-lock-manager
    """
    if isinstance(environment.origin, OpaqueOrigin) and environment.global_object is not None:
        return None
    origin = ascii_serialization_of_an_origin(environment.origin)
    host = environment.host
    managers = host.record(LockManagers)
    manager = managers.get(origin)
    if manager is None:
        is_shared = host.bus.is_shared or not isinstance(host.storage, MemoryStorage)
        lease_keeper = host.record(LeaseKeeper) if is_shared else None
        manager = managers.setdefault(origin, LockManagerRecord(origin, lease_keeper))
    return manager


def get_the_lock_request_queue(
    queue_map: dict[str, deque[LockRequest]], name: str
) -> deque[LockRequest]:
    """https://w3c.github.io/web-locks/#get-the-lock-request-queue"""
    return queue_map.setdefault(name, deque())


def is_grantable(request: LockRequest) -> bool:
    """https://w3c.github.io/web-locks/#grantable"""
    manager = request.manager
    queue = get_the_lock_request_queue(manager.lock_request_queue_map, request.name)
    held = manager.held_lock_set.get(request.name, ())
    if queue and request is not queue[0]:
        return False
    if request.mode == "exclusive":
        return not held
    return not any(lock.mode == "exclusive" for lock in held)
