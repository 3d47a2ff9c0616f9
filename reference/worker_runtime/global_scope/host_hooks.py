"""Host hooks: the one place where lower rooms are told what higher ones do for them.

ECMA-262, D: https://tc39.es/ecma262/#sec-host-layering-points
"""

from __future__ import annotations

from typing import Any

from ..host.host import Host
from ..html.event_loops import clean_up_before_waiting, host_enqueue_promise_job
from ..html.global_objects import GlobalObject
from ..html.settings_objects import EnvironmentSettingsObject
from ..url.url_representation import BlobURLEntry, URLRecord
from ..webidl.host_hooks import hooks

# Each program needs only some of what the hooks lead to: it is loaded when it is needed.


def _resolve_a_blob_url(url: URLRecord) -> BlobURLEntry | None:
    from ..file_api import blob_url

    return blob_url.resolve_a_blob_url(url)


def create_a_new_realm(interface: str, url: URLRecord, host: Host, of: Any) -> GlobalObject:
    """https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-new-javascript-realm"""
    if interface == "ServiceWorkerGlobalScope":
        from . import service_worker_global_scope

        return service_worker_global_scope.create(url, host, of)
    if interface == "DedicatedWorkerGlobalScope":
        from . import dedicated_worker_global_scope

        return dedicated_worker_global_scope.create(url, host, of)
    from . import shared_worker_global_scope

    return shared_worker_global_scope.create(url, host, of)


def _drops_what_nobody_would_see(settings_object: EnvironmentSettingsObject) -> bool:
    # Only who fetches needs it, and then for each fetch.
    from ..resource_timing import extensions_performance_interface

    steps = extensions_performance_interface.drops_what_nobody_would_see
    hooks.drops_what_nobody_would_see = steps
    return steps(settings_object)


def _mark_resource_timing(*arguments: Any) -> None:
    from .performance_resource_timing import mark_resource_timing

    mark_resource_timing(*arguments)


def _perform_the_steps_of_partial_members(response: Any, init: Any) -> Any:
    from ..cloudflare.web_socket_responses import take_a_web_socket

    return take_a_web_socket(response, init)


def _host_promise_rejection_tracker(promise: Any, operation: Any) -> None:
    from ..html.unhandled_promise_rejections import host_promise_rejection_tracker

    host_promise_rejection_tracker(promise, operation)


def _report_an_exception(exception: object) -> None:
    from ..html.runtime_script_errors import reportError

    reportError(exception)


def _interface_identified_by(name: str) -> type | None:
    from .exposed_interfaces import interface_identified_by

    return interface_identified_by(name)


hooks.perform_the_steps_of_partial_members = _perform_the_steps_of_partial_members
hooks.drops_what_nobody_would_see = _drops_what_nobody_would_see
hooks.mark_resource_timing = _mark_resource_timing
hooks.enqueue_promise_job = host_enqueue_promise_job
hooks.promise_rejection_tracker = _host_promise_rejection_tracker
hooks.clean_up_before_waiting = clean_up_before_waiting
hooks.report_an_exception = _report_an_exception
hooks.resolve_a_blob_url = _resolve_a_blob_url
hooks.create_a_new_realm = create_a_new_realm
hooks.interface_identified_by = _interface_identified_by
