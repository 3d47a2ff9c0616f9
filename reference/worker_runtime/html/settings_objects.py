"""Environment settings objects: what a scope is and has, apart from the names that its script sees.

HTML Standard, 8.1.3:
https://html.spec.whatwg.org/multipage/webappapis.html#realms-and-their-counterparts

A realm, its global object and its settings object are three faces of one thing; here the settings
object has what belongs to any of them. Which one is current is known to each task and callback of
asyncio, for that is a context variable. Code that no worker runs, a plain script, has a settings
object of its thread, with neither a location nor a global object.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from typing import Any, ParamSpec, TypeVar

from ..host.host import Host, default_host
from ..host.owner import Owner
from ..hr_time.time_origin import coarsen_time, unsafe_shared_current_time
from ..url.origins import OpaqueOrigin, Origin
from ..url.url_representation import URLRecord
from .event_loops import EventLoop, Steps, TaskSource, queue_a_task, relevant_event_loop

P = ParamSpec("P")
R = TypeVar("R")

# One product token without a comment, as ECMA-429 asks.
# https://html.spec.whatwg.org/multipage/infrastructure.html#environment-default-user-agent-value
USER_AGENT = "worker-runtime/0.1"


class EnvironmentSettingsObject(Owner):
    """A scope: its host, its event loop, its origin and base URL, and what rooms keep for it.

    The code that makes a global object sets it. `context` is what its tasks begin with: the
    context variables as they were when it was made, and itself as the current settings object.

    https://html.spec.whatwg.org/multipage/webappapis.html#environment-settings-object
    """

    __slots__ = (
        "_event_loop", "_records", "api_base_url", "closing", "closing_steps", "context",
        "cross_origin_isolated_capability", "global_object", "host", "in_error_reporting_mode",
        "origin", "time_origin",
    )  # fmt: skip

    def __init__(
        self,
        host: Host | None = None,
        *,
        api_base_url: URLRecord | None = None,
        origin: Origin | None = None,
        cross_origin_isolated_capability: bool = False,
    ) -> None:
        self.host = default_host() if host is None else host
        self.global_object: Any = None
        self.api_base_url = api_base_url
        self.origin = OpaqueOrigin() if origin is None else origin
        self.cross_origin_isolated_capability = cross_origin_isolated_capability
        self.time_origin = coarsen_time(
            unsafe_shared_current_time(self.host.clock), cross_origin_isolated_capability
        )
        self.closing = False
        # What rooms do when the scope ends, the last first.
        self.closing_steps: list[Callable[[], object]] = []
        self.in_error_reporting_mode = False
        self.context = copy_context()
        self.context.run(realm_execution_context.set, self)
        self._event_loop: EventLoop | None = None
        self._records: dict[Callable[[Any], Any], Any] = {}

    @property
    def event_loop(self) -> EventLoop:
        """The loop that runs its tasks. A scope has one from the first time that it is asked for;
        a plain script has the one that is running. RuntimeError if there is none.

        https://html.spec.whatwg.org/multipage/webappapis.html#responsible-event-loop
        """
        event_loop = self._event_loop
        if event_loop is None:
            event_loop = relevant_event_loop()
            if self.global_object is not None:
                self._event_loop = event_loop
        return event_loop

    def report_to_console(self, value: object, what: str) -> None:
        """Tell people what was thrown, with words such as "Uncaught".

        Part of https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception
        """
        self.host.console.report(value, what)


class NoGlobalObject(RuntimeError, AttributeError):
    """No worker is running: what is not an object has no attributes, so `hasattr(globalThis, name)`
    is False.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#global-object
    """


class _Thread(threading.local):
    settings_object: EnvironmentSettingsObject | None = None


_thread = _Thread()

# The settings object of the script that runs: set before a script runs, and reset after it.
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
        if settings_object is None or settings_object.host is not default_host():
            settings_object = _thread.settings_object = EnvironmentSettingsObject()
    return settings_object


def current_global_object() -> Any:
    """The scope of the running worker; RuntimeError if none is.

    https://html.spec.whatwg.org/multipage/webappapis.html#current-global-object
    """
    global_object = current_settings_object().global_object
    if global_object is None:
        raise NoGlobalObject("No worker is running here, so there is no global scope")
    return global_object


def run_in_realm(
    settings_object: EnvironmentSettingsObject,
    steps: Callable[P, R],
    *args: P.args,
    **kwargs: P.kwargs,
) -> R:
    """Call an author's function as part of its own scope, whichever runs now.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#entry
    """
    if realm_execution_context.get(None) is settings_object:
        return steps(*args, **kwargs)
    return context_of_a_task(settings_object).run(steps, *args, **kwargs)


def context_of_a_task(settings_object: EnvironmentSettingsObject) -> Context:
    """The context for steps of a scope: that of the code that asks for them, if it is of the same
    scope; else the one that the scope began with.

    Part of https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-global-task
    """
    if realm_execution_context.get(None) is settings_object:
        return copy_context()
    return settings_object.context.copy()


def queue_a_global_task(
    source: TaskSource, settings_object: EnvironmentSettingsObject, steps: Steps
) -> None:
    """Queue a task of that scope on its event loop, unless the scope is closing. It may be called
    in any thread.

    https://html.spec.whatwg.org/multipage/webappapis.html#queue-a-global-task
    """
    if not settings_object.closing:
        context = context_of_a_task(settings_object)
        queue_a_task(source, steps, settings_object.event_loop, context)


def terminate_a_worker(settings_object: EnvironmentSettingsObject) -> None:
    """No task of that scope begins any more, and what rooms keep for it ends: no timer is left,
    WebSockets and ports close, and so do the workers that it has made.

    https://html.spec.whatwg.org/multipage/workers.html#terminate-a-worker
    """
    settings_object.closing = True
    while settings_object.closing_steps:
        settings_object.closing_steps.pop()()
