"""The outside of a runtime in one record."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Iterator

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime.host.host import Host, default_host, use_default_host
from worker_runtime.html.settings_objects import current_settings_object


class TestHost:
    def test_one_that_is_derived_has_the_same_outside_and_records_of_its_own(self) -> None:
        host = Host(clock=FakeClock())
        other = dataclasses.replace(host, profile="browser")
        assert (other.clock, other.storage) == (host.clock, host.storage)
        assert other.record(id) != host.record(id)


@pytest.fixture
def own_default() -> Iterator[Host]:
    host = Host()
    use_default_host(host)
    yield host
    use_default_host(None)


class TestDefaultHost:
    def test_is_one_for_the_process(self) -> None:
        assert default_host() is default_host()

    def test_a_thread_without_a_worker_has_it(self, own_default: Host) -> None:
        seen: list[Host] = []
        thread = threading.Thread(target=lambda: seen.append(current_settings_object().host))
        thread.start()
        thread.join()
        assert seen == [own_default]

    def test_a_plain_script_has_the_one_that_is_chosen_later(self, own_default: Host) -> None:
        assert current_settings_object().host is own_default
        use_default_host(None)
        assert current_settings_object().host is not own_default
