"""HTML, 8.1.3.3."""

from __future__ import annotations

import pytest

from spec_tests.fakes import running_worker
from worker_runtime.html.global_objects import GlobalObject

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#concept-realm-global")
class TestGlobalObject:
    def test_it_and_its_settings_object_lead_to_each_other(self) -> None:
        with running_worker() as worker:
            assert isinstance(worker.scope, GlobalObject)
            assert worker.scope._settings_object.global_object is worker.scope
