"""Host hooks: what a standard leaves to the host, and what a lower room asks of a higher one.

ECMA-262, D: https://tc39.es/ecma262/#sec-host-layering-points

There is one table, and one file fills it: `global_scope/host_hooks`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

if TYPE_CHECKING:
    from .promises import Promise

Job: TypeAlias = Callable[[], object]


class HostHooks:
    """https://tc39.es/ecma262/#sec-hosts-and-implementations"""

    __slots__ = (
        "clean_up_before_waiting", "create_a_new_realm", "drops_what_nobody_would_see",
        "enqueue_promise_job", "interface_identified_by", "mark_resource_timing",
        "perform_the_steps_of_partial_members", "promise_rejection_tracker", "report_an_exception",
        "resolve_a_blob_url",
    )  # fmt: skip

    # Let a job run as a microtask. A job brings the context that it runs in.
    # https://tc39.es/ecma262/#sec-hostenqueuepromisejob
    enqueue_promise_job: Callable[[Job], object]

    # "reject": a promise was rejected and has no handler. "handle": its first one has come later.
    # https://tc39.es/ecma262/#sec-host-promise-rejection-tracker
    promise_rejection_tracker: Callable[[Promise[Any], Literal["reject", "handle"]], object]

    # A coroutine is about to wait: the script that it is part of ends here.
    # https://html.spec.whatwg.org/multipage/webappapis.html#clean-up-after-running-script
    clean_up_before_waiting: Callable[[], object]

    # Report what was thrown to the global object of the current realm.
    # https://html.spec.whatwg.org/multipage/webappapis.html#report-an-exception
    report_an_exception: Callable[[object], object]

    # The entry of a blob URL's record, or None.
    # https://w3c.github.io/FileAPI/#blob-url-resolve
    resolve_a_blob_url: Callable[[Any], Any]

    # The interface that workers know by a name, if its objects are serializable or transferable.
    # https://webidl.spec.whatwg.org/#dfn-exposed
    interface_identified_by: Callable[[str], Any]

    # Put what a fetch took into the timeline of a scope. It is given the timing info, the URL, the
    # type of the initiator, the settings object, the cache state, the body info and the status.
    # https://w3c.github.io/resource-timing/#mark-resource-timing
    mark_resource_timing: Callable[[Any, str, Any, Any, str, Any, int], object]

    # Whether such an entry would be seen by nobody, in the scope of that settings object, where it
    # counts as dropped then.
    # https://w3c.github.io/resource-timing/#dfn-add-a-PerformanceResourceTiming-entry
    drops_what_nobody_would_see: Callable[[Any], bool]

    # A new global object with its settings object. It is given the name of the interface, such as
    # "ServiceWorkerGlobalScope", the URL of the script, the host, and what the scope is for.
    # https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-new-javascript-realm
    create_a_new_realm: Callable[[str, Any, Any, Any], Any]

    # What members of a partial dictionary do to an object that is being made; they are given with
    # the others, which are returned.
    # https://webidl.spec.whatwg.org/#dfn-partial-dictionary
    perform_the_steps_of_partial_members: Callable[[Any, Any], Any]


hooks = HostHooks()
