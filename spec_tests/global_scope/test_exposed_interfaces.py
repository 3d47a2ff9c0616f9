"""Web IDL, 3.3.7: the interfaces that structured data finds by their names."""

from __future__ import annotations

import pytest

import worker_runtime
from worker_runtime.global_scope.exposed_interfaces import (
    SERIALIZABLE_INTERFACES,
    interface_identified_by,
)
from worker_runtime.html.structured_data.serializable_objects import is_serializable


@pytest.mark.spec("https://webidl.spec.whatwg.org/#dfn-exposed")
class TestInterfaceIdentifiedBy:
    def test_each_serializable_interface_of_the_platform_is_found(self) -> None:
        serializable = {
            name for name, value in vars(worker_runtime).items()
            if isinstance(value, type) and is_serializable(value)
        }  # fmt: skip
        assert serializable == set(SERIALIZABLE_INTERFACES)
        for name in serializable:
            assert interface_identified_by(name) is getattr(worker_runtime, name)

    @pytest.mark.parametrize("name", ["URL", "os", "", "__name__"])
    def test_nothing_else_is(self, name: str) -> None:
        assert interface_identified_by(name) is None
