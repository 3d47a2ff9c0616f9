"""Structured data with transfer: some objects of a value move, while the rest is copied.

HTML Standard, 2.7.7 and 2.7.8:
https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeAlias

from .records import Record, data_clone_error
from .structured_deserialize import Memory as RecordMemory
from .structured_deserialize import structured_deserialize
from .structured_serialize import Memory, structured_serialize_internal
from .transferable_objects import is_transferable

# what was serialized, and the transfer data holders
SerializeWithTransferResult: TypeAlias = "tuple[Any, list[Record]]"


def structured_serialize_with_transfer(
    value: object, transfer_list: Iterable[object]
) -> SerializeWithTransferResult:
    """A record, and those of what was transferred; what was in the list is detached after that.

    https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer
    """
    memory: Memory = {}
    transferables: list[Any] = list(transfer_list)
    for transferable in transferables:
        kind = type(transferable)
        if kind is not memoryview and not is_transferable(kind):
            raise data_clone_error(f"{transferable!r} cannot be transferred")
        if id(transferable) in memory:
            raise data_clone_error(f"{transferable!r} is to be transferred twice")
        memory[id(transferable)] = (transferable, Record(kind, None))
    serialized = structured_serialize_internal(value, False, memory)
    transfer_data_holders = []
    for transferable in transferables:
        data_holder = memory[id(transferable)][1]
        if isinstance(transferable, memoryview):
            data_holder.data = detach(transferable)
        elif transferable._is_detached:
            raise data_clone_error(f"{transferable!r} is detached")
        else:
            data_holder.data = transferable._transfer_steps()
            transferable._is_detached = True
        transfer_data_holders.append(data_holder)
    return serialized, transfer_data_holders


def detach(view: memoryview) -> memoryview:
    """A new view of the same memory. The old one is released; DataCloneError if that has been done,
    or cannot be.

    https://tc39.es/ecma262/#sec-detacharraybuffer
    """
    try:
        new_view = view[:]
        view.release()
    except ValueError:
        raise data_clone_error("The buffer is detached: it has been transferred") from None
    except BufferError:
        raise data_clone_error("The buffer is in use, so it cannot be transferred") from None
    return new_view


def structured_deserialize_with_transfer(
    serialize_with_transfer_result: SerializeWithTransferResult,
) -> tuple[Any, list[Any]]:
    """The copy, and the objects that hold now what was transferred, in the realm that runs.

    https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserializewithtransfer
    """
    serialized, transfer_data_holders = serialize_with_transfer_result
    if not transfer_data_holders:  # OPTIMIZATION: nothing has moved, as is usual
        return structured_deserialize(serialized), []
    memory: RecordMemory = {}
    for data_holder in transfer_data_holders:
        memory[data_holder] = (
            data_holder.data
            if data_holder.type is memoryview
            else data_holder.type._transfer_receiving_steps(data_holder.data)  # type: ignore[attr-defined]
        )
    transferred_values = list(memory.values())
    return structured_deserialize(serialized, memory), transferred_values
