"""HTML, 2.7.7 and 2.7.8: structured data with transfer."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import pytest

from worker_runtime import Blob, DOMException
from worker_runtime.html.structured_data.structured_serialize_with_transfer import (
    detach,
    structured_deserialize_with_transfer,
    structured_serialize_with_transfer,
)

spec = pytest.mark.spec


class Box:
    """A transferable object."""

    _is_detached = False

    def __init__(self, content: Any = None) -> None:
        self.content = content

    def _transfer_steps(self) -> Any:
        content, self.content = self.content, None
        return content

    @classmethod
    def _transfer_receiving_steps(cls, data: Any) -> Box:
        return cls(data)


@spec("https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer")
class TestStructuredSerializeWithTransfer:
    def test_who_was_transferred_is_detached(self) -> None:
        box = Box("content")
        structured_serialize_with_transfer({"box": box}, [box])
        assert box._is_detached and box.content is None
        with pytest.raises(DOMException, match="is detached"):
            structured_serialize_with_transfer(None, [box])

    @pytest.mark.parametrize(
        "transfer", [[object()], [bytearray(b"")], [Blob([])], [b"bytes"], [None]]
    )
    def test_anything_else_is_a_data_clone_error(self, transfer: list[object]) -> None:
        with pytest.raises(DOMException, match="cannot be transferred"):
            structured_serialize_with_transfer(None, transfer)

    def test_nobody_goes_twice(self) -> None:
        box = Box()
        with pytest.raises(DOMException, match="transferred twice"):
            structured_serialize_with_transfer(None, [box, box])

    def test_a_transferable_object_that_is_not_transferred_is_a_data_clone_error(self) -> None:
        with pytest.raises(DOMException, match="can only be transferred"):
            structured_serialize_with_transfer([Box()], [])

    def test_nothing_moves_where_something_cannot_be_copied(self) -> None:
        box, view = Box("content"), memoryview(bytearray(2))
        with pytest.raises(DOMException, match="cannot be copied"):
            structured_serialize_with_transfer([object()], [box, view])
        assert box.content == "content" and view.nbytes == 2


@spec(
    "https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserializewithtransfer"
)
class TestStructuredDeserializeWithTransfer:
    def test_what_was_transferred_is_where_it_was_and_in_the_list(self) -> None:
        first, second = Box(1), Box(2)
        result = structured_serialize_with_transfer([second, {"a": second}], [first, second])
        value, (new_first, new_second) = structured_deserialize_with_transfer(result)
        assert value[0] is value[1]["a"] is new_second
        assert (new_first.content, new_second.content) == (1, 2)

    def test_memory_moves_and_is_not_copied(self) -> None:
        memory = bytearray(64 << 20)
        view = memoryview(memory)
        allocated = sys.getallocatedblocks()
        result = structured_serialize_with_transfer({"view": view}, [view])
        value, transferred = structured_deserialize_with_transfer(result)
        assert value["view"] is transferred[0] and sys.getallocatedblocks() - allocated < 1000
        value["view"][0] = 7
        assert memory[0] == 7


@spec("https://tc39.es/ecma262/#sec-detacharraybuffer")
class TestDetach:
    def test_the_old_view_is_released(self) -> None:
        view = memoryview(bytearray(b"ab")).cast("H")
        new_view = detach(view)
        assert (new_view.format, new_view.tobytes()) == ("H", b"ab")
        with pytest.raises(ValueError):
            view[0]
        with pytest.raises(DOMException, match="is detached"):
            detach(view)

    def test_a_view_in_use_stays(self) -> None:
        view = memoryview(bytearray(b"ab"))
        user = pickle.PickleBuffer(view)
        with pytest.raises(DOMException, match="in use"):
            detach(view)
        user.release()
        assert view.nbytes == 2
