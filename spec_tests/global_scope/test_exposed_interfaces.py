"""Web IDL, 3.3.7: the interfaces that structured data finds by their names."""

from __future__ import annotations

import pytest

import worker_runtime
from worker_runtime.global_scope.exposed_interfaces import (
    INTERFACES_OF_STRUCTURED_DATA,
    interface_identified_by,
)
from worker_runtime.html.structured_data.serializable_objects import is_serializable
from worker_runtime.html.structured_data.transferable_objects import is_transferable


@pytest.mark.spec("https://webidl.spec.whatwg.org/#dfn-exposed")
class TestInterfaceIdentifiedBy:
    def test_each_serializable_or_transferable_interface_of_the_platform_is_found(self) -> None:
        interfaces = {
            name
            for name in worker_runtime.__all__
            if isinstance(value := getattr(worker_runtime, name), type)
            and (is_serializable(value) or is_transferable(value))
        }
        assert interfaces - {"MessagePort"} == set(INTERFACES_OF_STRUCTURED_DATA)
        for name in INTERFACES_OF_STRUCTURED_DATA:
            assert interface_identified_by(name) is getattr(worker_runtime, name)

    @pytest.mark.parametrize("name", ["URL", "os", "", "__name__"])
    def test_nothing_else_is(self, name: str) -> None:
        assert interface_identified_by(name) is None
