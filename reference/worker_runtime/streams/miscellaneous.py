"""Miscellaneous: numbers, and buffers that change hands.

Streams Standard, 8.3: https://streams.spec.whatwg.org/#misc-abstract-ops

A memoryview stands for an ArrayBufferView and for the buffer under it: releasing it detaches the
buffer.
"""

from __future__ import annotations

from typing import Any

from ..webidl.type_mapping import get_a_copy_of_the_buffer_source


def can_transfer_array_buffer(view: memoryview) -> bool:
    """https://streams.spec.whatwg.org/#can-transfer-array-buffer"""
    return not is_detached_buffer(view)


def is_detached_buffer(view: memoryview) -> bool:
    """Whether a memoryview has been released.

    https://webidl.spec.whatwg.org/#buffersource-detached
    """
    try:
        view.nbytes
    except ValueError:
        return True
    return False


def is_non_negative_number(v: object) -> bool:
    """https://streams.spec.whatwg.org/#is-non-negative-number"""
    return isinstance(v, (int, float)) and v >= 0


def transfer_array_buffer(view: memoryview) -> memoryview:
    """A new memoryview of the same memory; the one that was passed is released. TypeError if
    somebody is at work on it.

    https://streams.spec.whatwg.org/#transfer-array-buffer
    """
    transferred = memoryview(view)
    try:
        view.release()
    except BufferError:
        raise TypeError("Cannot transfer a buffer that is in use") from None
    return transferred


def to_uint8_array(chunk: bytes | bytearray | memoryview) -> bytes | memoryview:
    """The bytes of a chunk: a memoryview is transferred, bytes are what they are, what can do
    neither is copied.

    Part of https://webidl.spec.whatwg.org/#arraybuffer-transfer
    """
    if not isinstance(chunk, memoryview):
        return get_a_copy_of_the_buffer_source(chunk)
    if is_detached_buffer(chunk):
        raise TypeError("The chunk is a memoryview that has been released")
    if not chunk.c_contiguous:
        return bytes(chunk)
    transferred = transfer_array_buffer(chunk)
    return (
        transferred
        if transferred.format == "B" and transferred.ndim == 1
        else transferred.cast("B")
    )


def to_array_buffer_view(value: object) -> memoryview:
    """A view of a buffer: a memoryview is one already. TypeError if the value is not a buffer.

    https://webidl.spec.whatwg.org/#ArrayBufferView
    """
    if isinstance(value, memoryview):
        return value
    try:
        return memoryview(value)  # type: ignore[arg-type]
    except TypeError:
        raise TypeError(f"Expected a buffer, not {type(value).__name__}") from None


def viewed_array_buffer(view: memoryview) -> tuple[memoryview, int]:
    """The whole buffer that a view is of, and where in it the view begins. TypeError if it cannot
    be written to.

    Part of https://webidl.spec.whatwg.org/#buffersource-underlying-buffer
    """
    import ctypes  # six milliseconds that few programs ever need

    if view.readonly:
        raise TypeError("The view cannot be written to")
    buffer = memoryview(view.obj)
    if buffer.format != "B":
        buffer = buffer.cast("B")

    def address(memory: memoryview) -> int:
        return ctypes.addressof((ctypes.c_char * memory.nbytes).from_buffer(memory))

    return buffer, address(view) - address(buffer)


def clone_as_uint8_array(view: bytes | memoryview) -> bytes:
    """https://streams.spec.whatwg.org/#abstract-opdef-cloneasuint8array"""
    return bytes(view)


def can_copy_data_block_bytes(
    to_buffer: memoryview,
    to_index: int,
    from_buffer: bytes | memoryview,
    from_index: int,
    count: int,
) -> bool:
    """https://streams.spec.whatwg.org/#abstract-opdef-cancopydatablockbytes"""
    return (
        to_buffer is not from_buffer
        and to_index + count <= len(to_buffer)
        and from_index + count <= len(from_buffer)
    )


def structured_clone(v: Any) -> Any:
    """https://streams.spec.whatwg.org/#abstract-opdef-structuredclone"""
    from ..html.structured_data.structured_deserialize import structured_deserialize
    from ..html.structured_data.structured_serialize import structured_serialize

    return structured_deserialize(structured_serialize(v))
