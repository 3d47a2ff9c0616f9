"""HTML, 2.7.1: serializable objects."""

from __future__ import annotations

import pytest

from worker_runtime import URL, Blob, DOMException, File, QuotaExceededError
from worker_runtime.html.structured_data.serializable_objects import (
    is_serializable,
    primary_interface,
)

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#serializable-objects")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#serializable")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#serialization-steps")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#deserialization-steps")
class TestIsSerializable:
    @pytest.mark.parametrize("interface", [Blob, File, DOMException, QuotaExceededError])
    def test_interfaces_with_both_steps_are(self, interface: type) -> None:
        assert is_serializable(interface)

    @pytest.mark.parametrize("interface", [URL, object, list, ValueError])
    def test_others_are_not(self, interface: type) -> None:
        assert not is_serializable(interface)


@spec("https://webidl.spec.whatwg.org/#dfn-primary-interface")
class TestPrimaryInterface:
    def test_a_class_of_an_author_is_the_interface_that_it_derives_from(self) -> None:
        class Photograph(File):
            pass

        assert primary_interface(Photograph) is File and primary_interface(Blob) is Blob
