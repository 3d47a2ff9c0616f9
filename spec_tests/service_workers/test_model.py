"""Service Workers, 2: the model."""

from __future__ import annotations

import pytest

from worker_runtime.host.host import Host
from worker_runtime.html.settings_objects import EnvironmentSettingsObject
from worker_runtime.service_workers.model import (
    RegistrationRecord,
    ServiceWorkerOfAScope,
    ServiceWorkerRecord,
    service_worker_of,
)
from worker_runtime.url.url_parsing import url_parser

spec = pytest.mark.spec


@spec("https://w3c.github.io/ServiceWorker/#dfn-service-worker")
class TestServiceWorkerRecord:
    def test_is_parsed_at_first_and_has_not_run(self) -> None:
        url = url_parser("https://site.example/")
        worker = ServiceWorkerRecord(url, lambda scope: None, RegistrationRecord(url, Host()))
        assert (worker.state, worker.global_object, worker.start_status) == ("parsed", None, None)


@spec("https://w3c.github.io/ServiceWorker/#dfn-service-worker-registration")
class TestRegistrationRecord:
    def test_has_no_worker_at_first(self) -> None:
        registration = RegistrationRecord(url_parser("https://site.example/"), Host())
        assert (
            registration.installing_worker,
            registration.waiting_worker,
            registration.active_worker,
        ) == (None, None, None)


@spec("https://w3c.github.io/ServiceWorker/#serviceworkerglobalscope-service-worker")
def test_a_scope_may_be_that_of_a_service_worker() -> None:
    settings_object = EnvironmentSettingsObject(Host())
    assert service_worker_of(settings_object) is None
    url = url_parser("https://site.example/")
    worker = ServiceWorkerRecord(url, lambda scope: None, RegistrationRecord(url, Host()))
    settings_object.record(ServiceWorkerOfAScope).service_worker = worker
    assert service_worker_of(settings_object) is worker
