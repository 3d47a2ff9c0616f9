"""Response as a worker sees it."""

from __future__ import annotations

import pytest

from worker_runtime import Response
from worker_runtime.fetch import response_class

spec = pytest.mark.spec


@spec("https://fetch.spec.whatwg.org/#response-class")
class TestResponse:
    def test_there_is_one_interface_with_the_members_of_both(self) -> None:
        assert response_class.Response is Response
        assert hasattr(Response, "webSocket")
