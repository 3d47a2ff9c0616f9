"""HTML, 2.7.2: transferable objects."""

from __future__ import annotations

import pytest

from worker_runtime import Blob, FileSystemWritableFileStream, WritableStream
from worker_runtime.html.structured_data.transferable_objects import is_transferable

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#transferable-objects")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#transferable")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#transfer-steps")
@spec("https://html.spec.whatwg.org/multipage/structured-data.html#transfer-receiving-steps")
class TestIsTransferable:
    def test_an_interface_with_both_steps_is(self) -> None:
        class Box:
            _is_detached = False

            def _transfer_steps(self) -> int:
                return 1

            @classmethod
            def _transfer_receiving_steps(cls, data: int) -> Box:
                return cls()

        assert is_transferable(Box)
        assert not is_transferable(Blob) and not is_transferable(memoryview)

    def test_one_that_derives_from_a_transferable_one_is_not(self) -> None:
        class Author(WritableStream):
            pass

        assert is_transferable(WritableStream) and is_transferable(Author)
        assert not is_transferable(FileSystemWritableFileStream)
