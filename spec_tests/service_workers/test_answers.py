"""Service Workers, 5.1: what authors get from a storage."""

from __future__ import annotations

import pytest

from worker_runtime import DOMException, QuotaExceededError
from worker_runtime.host.storage.backend import StorageError, StorageFull
from worker_runtime.service_workers.answers import answer, exception_for

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#cache-objects")
class TestAnswer:
    async def test_what_the_steps_return_or_raise(self) -> None:
        def fail() -> None:
            raise StorageError("closed")

        assert await answer(lambda: 1) == 1
        with pytest.raises(DOMException, match="UnknownError: closed"):
            await answer(fail)


@spec("https://w3c.github.io/ServiceWorker/#cache-objects")
class TestExceptionFor:
    def test_each_has_its_name_and_its_cause(self) -> None:
        full, failed, other = StorageFull("disk"), StorageError("lock"), KeyError("x")
        for error in (full, failed):
            assert exception_for(error).__cause__ is error
        assert isinstance(exception_for(full), QuotaExceededError)
        assert exception_for(other) is other
