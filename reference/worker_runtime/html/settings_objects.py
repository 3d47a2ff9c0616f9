"""Environment settings objects: what a scope is and has, apart from the names that its script sees.

HTML Standard, 8.1.3:
https://html.spec.whatwg.org/multipage/webappapis.html#realms-and-their-counterparts

A realm, its global object and its settings object are three faces of one thing; here the settings
object has what belongs to any of them. Which one is current is known to each task and callback of
asyncio, for that is a context variable. Code that no worker runs, a plain script, has a settings
object of its thread, with neither a location nor a global object.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from contextvars import ContextVar, copy_context
from typing import TYPE_CHECKING, Any, ClassVar
from weakref import WeakSet

from ..cookies.cookie_concepts import CookieStoreRecord
from ..host.clock import Clock, SystemClock
from ..host.entropy import Entropy, SystemEntropy
from ..host.network import Network, SystemNetwork
from ..host.storage.backend import StorageBackend
from ..host.storage.memory import MemoryStorage
from ..hr_time.time_origin import coarsen_time, unsafe_shared_current_time
from ..http.failures_and_timeouts import Timeouts
from ..url.origins import OpaqueOrigin, Origin
from ..webidl.promises import Promise
from .event_loops import EventLoop, Steps, TaskSource, queue_a_task

if TYPE_CHECKING:
    from ..dom.aborting_ongoing_activities import AbortSignal
    from ..dom.event_target import EventTarget
    from ..url.url_representation import URLRecord
    from .timers import Timers

PACKAGE_FOLDER = __file__.rpartition("html")[0]
SYSTEM_CLOCK = SystemClock()
SYSTEM_ENTROPY = SystemEntropy()
SYSTEM_NETWORK = SystemNetwork()

# One product token without a comment, as ECMA-429 asks.
# https://html.spec.whatwg.org/multipage/infrastructure.html#environment-default-user-agent-value
USER_AGENT = "worker-runtime/0.1"


def report_to_standard_error(value: object, what: str) -> None:
    """Write down what was thrown, and where. Frames of this package that led to those of the worker
    are left out.

    https://html.spec.whatwg.org/multipage/webappapis.html#report-the-exception
    """
    if not isinstance(value, BaseException):
        print(f"{what} {value!r}", file=sys.stderr)
        return
    own_frames = value.__traceback__
    while own_frames is not None and own_frames.tb_frame.f_code.co_filename.startswith(
        PACKAGE_FOLDER
    ):
        own_frames = own_frames.tb_next
    lines = traceback.format_exception(type(value), value, own_frames or value.__traceback__)
    print(what, "".join(lines), end="", file=sys.stderr)


class EnvironmentSettingsObject:
    """A scope's own clock, network, storage, origin, base URL, timers and errors.

    The global object is set by who makes one; `report_to_console` gets what was thrown and words
    such as "Uncaught".

    https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
    """

    __slots__ = (
        "about_to_be_notified_rejected_promises", "api_base_url", "clock", "closing",
        "cookie_store", "cross_origin_isolated_capability", "entropy",
        "event_loop_that_will_notify", "global_object", "http_caches", "in_error_reporting_mode",
        "network", "observed_timeout_signals", "origin", "outstanding_rejected_promises",
        "report_to_console", "storage", "time_origin", "timeouts", "timers", "web_sockets",
    )  # fmt: skip

    # Whatever calls an author's code reports what it throws, and the global object is an event
    # target, which calls authors' code: html/runtime_script_errors fills this in.
    report_an_exception: ClassVar[Callable[[EnvironmentSettingsObject, object], None]]

    def __init__(
        self,
        *,
        api_base_url: URLRecord | None = None,
        origin: Origin | None = None,
        cross_origin_isolated_capability: bool = False,
        clock: Clock = SYSTEM_CLOCK,
        entropy: Entropy = SYSTEM_ENTROPY,
        network: Network = SYSTEM_NETWORK,
        storage: StorageBackend | None = None,
        report_to_console: Callable[[object, str], object] = report_to_standard_error,
    ) -> None:
        self.global_object: EventTarget | None = None
        self.api_base_url = api_base_url
        self.origin = OpaqueOrigin() if origin is None else origin
        self.cross_origin_isolated_capability = cross_origin_isolated_capability
        self.time_origin = coarsen_time(
            unsafe_shared_current_time(clock), cross_origin_isolated_capability
        )
        self.clock = clock
        self.entropy = entropy
        self.network = network
        self.timeouts = Timeouts()  # for the servers that are reached through it
        # In place of a storage key: all that lies in there is this origin's.
        self.storage: StorageBackend = MemoryStorage(clock) if storage is None else storage
        # Each scope is a user agent of its own: its cookies are in memory, and end with it.
        self.cookie_store = CookieStoreRecord()
        # The HTTP caches by their network partition keys, made when they are asked for; None: it
        # has none.
        self.http_caches: dict[Any, Any] | None = None
        self.report_to_console = report_to_console
        self.in_error_reporting_mode = False
        self.about_to_be_notified_rejected_promises: dict[Promise[Any], None] = {}
        self.event_loop_that_will_notify: EventLoop | None = None
        self.outstanding_rejected_promises: WeakSet[Promise[Any]] = WeakSet()
        self.closing = False
        self.timers: Timers | None = None
        self.observed_timeout_signals: set[AbortSignal] = set()
        self.web_sockets: WeakSet[Any] = WeakSet()  # which disappear with the worker


class NoGlobalObject(RuntimeError, AttributeError):
    """No worker is running: what is no object has no attributes, so `hasattr(globalThis, name)` is
    False.

    https://html.spec.whatwg.org/multipage/webappapis.html#global-object
    """


class _Thread(threading.local):
    settings_object: EnvironmentSettingsObject | None = None


_thread = _Thread()

# The settings object of the script that runs; who runs a script sets it before and resets it after.
# https://html.spec.whatwg.org/multipage/webappapis.html#realm-execution-context
realm_execution_context: ContextVar[EnvironmentSettingsObject] = ContextVar(
    "realm_execution_context"
)


def current_settings_object() -> EnvironmentSettingsObject:
    """That of the running worker, or else that of the thread.

    https://html.spec.whatwg.org/multipage/webappapis.html#current-settings-object
    """
    settings_object = realm_execution_context.get(None)
    if settings_object is None:
        settings_object = _thread.settings_object
        if settings_object is None:
            settings_object = _thread.settings_object = EnvironmentSettingsObject()
    return settings_object


def current_global_object() -> EventTarget:
    """The scope of the running worker; RuntimeError if none is.

    https://html.spec.whatwg.org/multipage/webappapis.html#current-global-object
    """
    global_object = current_settings_object().global_object
    if global_object is None:
        raise NoGlobalObject("No worker is running here, so there is no global scope")
    return global_object


def queue_a_global_task(
    source: TaskSource, settings_object: EnvironmentSettingsObject, steps: Steps
) -> None:
    """Queue a task in which that settings object is the current one, unless its worker is closing.

    https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-global-task
    """
    if settings_object.closing:
        return
    context = copy_context()
    context.run(realm_execution_context.set, settings_object)
    context.run(queue_a_task, source, steps)
