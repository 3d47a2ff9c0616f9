"""Web Locks, 2: concepts."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import Any

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import Promise
from worker_runtime.host.host import Host
from worker_runtime.html.event_loops import relevant_event_loop
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, current_settings_object
from worker_runtime.web_locks.concepts import (
    ClientId,
    LockManagerRecord,
    LockManagers,
    LockMode,
    LockRecord,
    LockRequest,
    get_the_lock_request_queue,
    is_grantable,
    obtain_a_lock_manager,
)
from worker_runtime.webidl.promises import a_new_promise

spec = pytest.mark.spec


def request_for(manager: LockManagerRecord, mode: LockMode) -> LockRequest:
    agent, event_loop = current_settings_object(), relevant_event_loop()
    return LockRequest(
        agent, event_loop, "id", manager, "a", mode, Promise.resolve, a_new_promise(), None
    )


@spec("https://w3c.github.io/web-locks/#grantable")
@spec("https://w3c.github.io/web-locks/#lock-request")
@spec("https://w3c.github.io/web-locks/#lock-concept")
@spec("https://w3c.github.io/web-locks/#lock-manager")
class TestIsGrantable:
    # the modes of the locks that are held, and that of the request: the table of the modes
    @pytest.mark.parametrize(
        "held, mode, expected",
        [
            ([], "exclusive", True), ([], "shared", True),
            (["shared"], "exclusive", False), (["shared", "shared"], "shared", True),
            (["exclusive"], "exclusive", False), (["exclusive"], "shared", False),
        ],
    )  # fmt: skip
    async def test_it_depends_on_the_modes_and_on_who_was_first(
        self, held: list[LockMode], mode: LockMode, expected: bool
    ) -> None:
        manager = LockManagerRecord()
        request, later = request_for(manager, mode), request_for(manager, mode)
        for each in held:
            lock = LockRecord(
                request.agent, request.event_loop, "id", manager, "a", each, a_new_promise()
            )
            manager.held_lock_set.setdefault("a", []).append(lock)
        assert is_grantable(request) is expected
        get_the_lock_request_queue(manager.lock_request_queue_map, "a").extend((request, later))
        assert is_grantable(request) is expected and not is_grantable(later)


@spec("https://w3c.github.io/web-locks/#get-the-lock-request-queue")
class TestGetTheLockRequestQueue:
    def test_it_is_made_when_it_is_asked_for(self) -> None:
        queues: dict[str, deque[LockRequest]] = {}
        queue = get_the_lock_request_queue(queues, "a")
        assert get_the_lock_request_queue(queues, "a") is queue and list(queues) == ["a"]


@spec("https://w3c.github.io/web-locks/#obtain-a-lock-manager")
class TestObtainALockManager:
    async def test_scopes_of_one_origin_and_host_share_one(self) -> None:
        def manager_of(host: Host, url: str) -> Any:
            with running_worker(url) as worker:
                settings: EnvironmentSettingsObject = worker.settings_object
                settings.host = host
                return obtain_a_lock_manager(settings)

        host = Host()
        manager = manager_of(host, "https://a.example/1")
        assert manager_of(host, "https://a.example/2") is manager is not None
        assert manager_of(host, "https://b.example/") is not manager
        assert manager_of(Host(), "https://a.example/1") is not manager
        assert manager_of(host, "data:,") is None
        assert len(host.record(LockManagers)) == 2

    def test_a_plain_script_has_one(self) -> None:
        async def manager() -> object:
            return obtain_a_lock_manager(current_settings_object())

        assert asyncio.run(manager()) is asyncio.run(manager()) is not None


@spec("https://w3c.github.io/web-locks/#lock-concept-clientid")
class TestClientId:
    def test_each_scope_has_its_own(self) -> None:
        with running_worker() as first, running_worker() as second:
            ids = [worker.settings_object.record(ClientId) for worker in (first, second)]
            assert ids[0] == first.settings_object.record(ClientId) != ids[1]
            assert [len(part) for part in ids[0].split("-")] == [8, 4, 4, 4, 12]
