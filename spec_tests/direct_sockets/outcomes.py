"""What has become of promises and sockets."""

from __future__ import annotations

from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any

from spec_tests.fakes import running_in
from worker_runtime import DOMException, Thrown
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, terminate_a_worker
from worker_runtime.webidl.promises import PENDING, Promise


async def outcome(promise: Awaitable[Any]) -> str:
    """What it comes to: "fulfilled", or the name of its reason."""
    try:
        await promise
    except DOMException as error:
        return error.name
    except Thrown as thrown:
        return repr(thrown.value)
    except TypeError:
        return "TypeError"
    return "fulfilled"


def is_pending(promise: Promise[Any]) -> bool:
    return promise._state == PENDING


@contextmanager
def a_scope(host: Host | None = None) -> Iterator[EnvironmentSettingsObject]:
    """Run what is in the block in a scope that ends after it, and its sockets with it."""
    settings_object = EnvironmentSettingsObject(host or Host())
    with running_in(settings_object):
        try:
            yield settings_object
        finally:
            terminate_a_worker(settings_object)
