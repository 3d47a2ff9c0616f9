"""Streams, 8.3: numbers, and buffers that change hands."""

from __future__ import annotations

import math
from array import array
from pickle import PickleBuffer

import pytest

from worker_runtime import DOMException
from worker_runtime.streams.miscellaneous import (
    can_copy_data_block_bytes,
    can_transfer_array_buffer,
    clone_as_uint8_array,
    is_detached_buffer,
    is_non_negative_number,
    structured_clone,
    to_array_buffer_view,
    to_uint8_array,
    transfer_array_buffer,
    viewed_array_buffer,
)

spec = pytest.mark.spec


def released() -> memoryview:
    view = memoryview(b"abc")
    view.release()
    return view


@spec("https://streams.spec.whatwg.org/#is-non-negative-number")
class TestIsNonNegativeNumber:
    @pytest.mark.parametrize("value", [0, 1.5, True, math.inf])
    def test_such_a_number(self, value: object) -> None:
        assert is_non_negative_number(value)

    @pytest.mark.parametrize("value", [-1, -0.1, math.nan, None, "1", b"1"])
    def test_anything_else(self, value: object) -> None:
        assert not is_non_negative_number(value)


@spec("https://streams.spec.whatwg.org/#can-transfer-array-buffer")
@spec("https://webidl.spec.whatwg.org/#buffersource-detached")
class TestIsDetachedBuffer:
    def test_a_memoryview_that_has_been_released_is(self) -> None:
        assert is_detached_buffer(released()) and not can_transfer_array_buffer(released())
        assert not is_detached_buffer(memoryview(b"")) and can_transfer_array_buffer(
            memoryview(b"")
        )


@spec("https://streams.spec.whatwg.org/#transfer-array-buffer")
class TestTransferArrayBuffer:
    def test_the_memory_is_the_same_and_the_view_is_another(self) -> None:
        memory = bytearray(b"abcd")
        view = memoryview(memory)[1:3]
        transferred = transfer_array_buffer(view)
        assert is_detached_buffer(view)
        transferred[0] = ord("x")
        assert memory == b"axcd"

    def test_a_view_that_somebody_works_on_is_a_type_error(self) -> None:
        view = memoryview(bytearray(4))
        user = PickleBuffer(view)
        with pytest.raises(TypeError, match="in use"):
            transfer_array_buffer(view)
        user.release()


@spec("https://webidl.spec.whatwg.org/#arraybuffer-transfer")
class TestToUint8Array:
    def test_bytes_are_what_they_are(self) -> None:
        chunk = b"abc"
        assert to_uint8_array(chunk) is chunk

    def test_a_memoryview_is_transferred(self) -> None:
        view = memoryview(array("H", [1, 2]))
        chunk = to_uint8_array(view)
        assert isinstance(chunk, memoryview)
        assert (chunk.format, chunk.tobytes()) == ("B", array("H", [1, 2]).tobytes())
        assert is_detached_buffer(view)

    def test_what_cannot_be_transferred_is_copied(self) -> None:
        memory = bytearray(b"abcd")
        chunk, scattered = to_uint8_array(memory), to_uint8_array(memoryview(memory)[::2])
        memory[0] = 0
        assert (chunk, scattered) == (b"abcd", b"ac")

    def test_a_memoryview_that_has_been_released_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="released"):
            to_uint8_array(released())


@spec("https://webidl.spec.whatwg.org/#ArrayBufferView")
class TestToArrayBufferView:
    def test_any_buffer_has_one(self) -> None:
        view = memoryview(b"abc")
        assert to_array_buffer_view(view) is view
        assert bytes(to_array_buffer_view(bytearray(b"abc"))) == b"abc"

    @pytest.mark.parametrize("value", [None, "abc", 3, [1, 2]])
    def test_anything_else_is_a_type_error(self, value: object) -> None:
        with pytest.raises(TypeError, match="Expected a buffer"):
            to_array_buffer_view(value)


@spec("https://webidl.spec.whatwg.org/#buffersource-underlying-buffer")
class TestViewedArrayBuffer:
    @pytest.mark.parametrize("start, end", [(0, 8), (0, 3), (3, 8), (5, 5), (8, 8), (0, 0)])
    def test_says_where_a_view_begins(self, start: int, end: int) -> None:
        memory = bytearray(range(8))
        buffer, offset = viewed_array_buffer(memoryview(memory)[start:end])
        assert (buffer.obj, len(buffer), offset) == (memory, 8, start)

    def test_of_a_view_with_a_format(self) -> None:
        buffer, offset = viewed_array_buffer(memoryview(array("I", [1, 2, 3]))[1:])
        assert (len(buffer), offset) == (12, 4)

    def test_of_an_empty_buffer(self) -> None:
        buffer, offset = viewed_array_buffer(memoryview(bytearray()))
        assert (len(buffer), offset) == (0, 0)

    def test_one_that_cannot_be_written_to_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="written"):
            viewed_array_buffer(memoryview(b"abc"))


@spec("https://streams.spec.whatwg.org/#abstract-opdef-cloneasuint8array")
class TestCloneAsUint8Array:
    def test_does_not_change_with_the_original(self) -> None:
        memory = bytearray(b"abc")
        clone = clone_as_uint8_array(memoryview(memory)[1:])
        memory[1] = 0
        assert clone == b"bc"


@spec("https://streams.spec.whatwg.org/#abstract-opdef-cancopydatablockbytes")
class TestCanCopyDataBlockBytes:
    @pytest.mark.parametrize(
        "to_index, from_index, count, can",
        [(0, 0, 4, True), (2, 0, 2, True), (3, 0, 2, False), (0, 3, 2, False)],
    )
    def test_only_within_both(self, to_index: int, from_index: int, count: int, can: bool) -> None:
        assert (
            can_copy_data_block_bytes(
                memoryview(bytearray(4)), to_index, b"abcd", from_index, count
            )
            is can
        )

    def test_not_within_the_same(self) -> None:
        view = memoryview(bytearray(4))
        assert not can_copy_data_block_bytes(view, 0, view, 2, 2)


@spec("https://streams.spec.whatwg.org/#abstract-opdef-structuredclone")
class TestStructuredClone:
    def test_does_not_change_with_the_original(self) -> None:
        chunk = {"list": [1, 2]}
        clone = structured_clone(chunk)
        chunk["list"].append(3)
        assert clone == {"list": [1, 2]}

    def test_what_cannot_be_cloned_is_a_data_clone_error(self) -> None:
        with pytest.raises(DOMException) as raised:
            structured_clone(object())
        assert raised.value.name == "DataCloneError"
