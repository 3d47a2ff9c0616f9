"""Storage manager as a worker sees it."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_in
from worker_runtime import StorageManager, navigator
from worker_runtime.global_scope.storage_manager import storage_manager_of
from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


@spec("https://storage.spec.whatwg.org/#dom-navigatorstorage-storage")
class TestStorageManagerOf:
    async def test_is_that_of_the_scope_and_has_files(self) -> None:
        with running_in(EnvironmentSettingsObject(Host())) as settings_object:
            manager = storage_manager_of(settings_object)
            assert isinstance(manager, StorageManager)
            assert navigator.storage is manager
            assert (await manager.getDirectory()).name == ""
