"""The LockManager class: `navigator.locks`.

Web Locks, 3.2: https://w3c.github.io/web-locks/#api-lock-manager
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypedDict, Unpack

from ..dom.aborting_ongoing_activities import AbortSignal
from ..html.settings_objects import EnvironmentSettingsObject, queue_a_global_task
from ..webidl.callback_function_types import to_callback_function
from ..webidl.callbacks import bound_to_its_context
from ..webidl.dictionaries import to_dictionary
from ..webidl.exceptions import DOMException
from ..webidl.interfaces import illegal_constructor, new
from ..webidl.promises import Promise, a_new_promise, a_promise_rejected_with
from ..webidl.type_mapping import to_dom_string
from .algorithms import (
    LockManagerSnapshot,
    request_a_lock,
    snapshot_the_lock_state,
    terminate_remaining_locks_and_requests,
)
from .concepts import ClientId, LockMode, obtain_a_lock_manager


class LockOptions(TypedDict, total=False):
    """The mode is "exclusive" by default.

    https://w3c.github.io/web-locks/#dictdef-lockoptions
    """

    mode: LockMode
    ifAvailable: bool
    steal: bool
    signal: AbortSignal


class LockManager:
    """https://w3c.github.io/web-locks/#lockmanager"""

    __slots__ = ("__weakref__", "_settings_object")

    __init__ = illegal_constructor

    _settings_object: EnvironmentSettingsObject

    def request(
        self,
        name: str,
        options: LockOptions | Callable[..., Any],
        callback: Callable[..., Any] | None = None,
        **members: Unpack[LockOptions],
    ) -> Promise[Any]:
        """Call back when it is this request's turn, with a Lock that is held until the callback's
        promise is settled: `request(name, callback, mode="shared")`, or as on the web,
        `request(name, {"mode": "shared"}, callback)`. The promise is of the callback's.

        With `ifAvailable` the callback gets None if it would have to wait. With `steal` the
        holder of the lock loses it. A `signal` ends the waiting.

        "NotSupportedError" for a name that begins with "-", and for options that exclude each
        other; "SecurityError" in a scope of an opaque origin; "AbortError" where a lock is stolen.

        https://w3c.github.io/web-locks/#dom-lockmanager-request
        """
        try:
            if callback is None and callable(options):
                return _request(self._settings_object, name, None, options, members)
            return _request(self._settings_object, name, options, callback, members)
        except (TypeError, DOMException) as error:
            return a_promise_rejected_with(error)

    def query(self) -> Promise[LockManagerSnapshot]:
        """Which locks are held in this origin, and which are waited for.

        https://w3c.github.io/web-locks/#dom-lockmanager-query
        """
        environment = self._settings_object
        manager = obtain_a_lock_manager(environment)
        if manager is None:
            return a_promise_rejected_with(_no_manager())
        promise: Promise[LockManagerSnapshot] = a_new_promise()
        steps = partial(snapshot_the_lock_state, manager, promise)
        queue_a_global_task("web locks", environment, steps)
        return promise


def create_a_lock_manager(settings_object: EnvironmentSettingsObject) -> LockManager:
    """Each scope has one of its own, with which its locks and requests end.

    Part of https://w3c.github.io/web-locks/#dom-navigatorlocks-locks.
    """
    lock_manager: LockManager = new(LockManager)
    lock_manager._settings_object = settings_object
    settings_object.closing_steps.append(
        partial(terminate_remaining_locks_and_requests, settings_object)
    )
    return lock_manager


def _request(
    environment: EnvironmentSettingsObject,
    name: str,
    options: Any,
    callback: object,
    members: LockOptions,
) -> Promise[Any]:
    """Part of https://w3c.github.io/web-locks/#dom-lockmanager-request-name-options-callback."""
    name = to_dom_string(name)
    members = to_dictionary(LockOptions, options, members)
    if not callable(callback):
        raise TypeError(f"request() calls back: {callback!r} is not callable")
    mode, signal = members.get("mode", "exclusive"), members.get("signal")
    steal, if_available = bool(members.get("steal")), bool(members.get("ifAvailable"))
    if mode not in ("shared", "exclusive"):
        raise TypeError(f"mode is 'shared' or 'exclusive', not {mode!r}")
    if signal is not None and not isinstance(signal, AbortSignal):
        raise TypeError(f"signal is not an AbortSignal: {signal!r}")
    manager = obtain_a_lock_manager(environment)
    if manager is None:
        raise _no_manager()
    if name.startswith("-"):
        raise DOMException(f"Names with a '-' first are reserved: {name!r}", "NotSupportedError")
    if steal and if_available:
        raise DOMException("steal and ifAvailable exclude each other", "NotSupportedError")
    if steal and mode != "exclusive":
        raise DOMException("Only an exclusive lock can steal", "NotSupportedError")
    if signal is not None and (steal or if_available):
        raise DOMException("With a signal one can only wait", "NotSupportedError")
    if signal is not None and signal.aborted:
        return a_promise_rejected_with(signal.reason)
    promise: Promise[Any] = a_new_promise()
    request_a_lock(
        promise,
        environment,
        environment.record(ClientId),
        manager,
        bound_to_its_context(to_callback_function(callback, 1)),
        name,
        mode,
        if_available,
        steal,
        signal,
    )
    return promise


def _no_manager() -> DOMException:
    return DOMException("A scope of an opaque origin has no locks", "SecurityError")
