"""Scopes that have a URL, for which there are cookies."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from spec_tests.fakes import FakeClock, running_in
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, terminate_a_worker
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import origin

URL = "https://www.a.example/folder/worker.py"


@contextmanager
def scope_at(url: str = URL, host: Host | None = None) -> Iterator[EnvironmentSettingsObject]:
    """Run what is in the block in a scope with that URL."""
    record = url_parser(url)
    settings_object = EnvironmentSettingsObject(
        host or Host(clock=FakeClock()), api_base_url=record, origin=origin(record)
    )
    with running_in(settings_object):
        yield settings_object
    terminate_a_worker(settings_object)
