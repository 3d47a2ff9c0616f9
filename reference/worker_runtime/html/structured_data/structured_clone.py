"""Structured data: values that can be copied into another scope, into storage, or within one.

HTML Standard, 2.7:
https://html.spec.whatwg.org/multipage/structured-data.html#safe-passing-of-structured-data

None, bool, int, float, str, datetime, bytes, bytearray, memoryview, array, list, tuple (as a list),
dict, set, exceptions, and the platform's serializable objects; anything else is a DataCloneError. A
value that cannot change is its own serialization. Values that are in a structure twice, or contain
themselves, do so in the copy.
"""

from __future__ import annotations

import builtins
from array import array
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ...webidl.exceptions import DOMException, RangeError

IMMUTABLE = (bool, int, float, str, bytes, datetime)


@runtime_checkable
class Serializable(Protocol):
    """An object of the platform that can be copied; its class has both kinds of steps.

    https://html.spec.whatwg.org/multipage/structured-data.html#serializable
    """

    def _serialization_steps(self, for_storage: bool) -> Any:
        """Data that is structured itself.

        https://html.spec.whatwg.org/multipage/structured-data.html#serialization-steps
        """

    @classmethod
    def _deserialization_steps(cls, data: Any) -> Any:
        """A new object from such data.

        https://html.spec.whatwg.org/multipage/structured-data.html#deserialization-steps
        """


@runtime_checkable
class Transferable(Protocol):
    """An object of the platform that can be moved: what it held is in another object then, and it
    is detached.

    https://html.spec.whatwg.org/multipage/structured-data.html#transferable
    """

    _is_detached: bool

    def _transfer_steps(self) -> Any:
        """What it held, taken from it.

        https://html.spec.whatwg.org/multipage/structured-data.html#transfer-steps
        """

    @classmethod
    def _transfer_receiving_steps(cls, data: Any) -> Any:
        """A new object that holds it.

        https://html.spec.whatwg.org/multipage/structured-data.html#transfer-receiving-steps
        """


class Serialized:
    """The serialization of a value that can change, or can be in a structure more than once.

    https://html.spec.whatwg.org/multipage/structured-data.html#sub-serialization
    """

    __slots__ = ("data", "type")

    def __init__(self, type: type, data: Any = None) -> None:
        self.type = type
        self.data = data


# by the id of a value: the value, so that the id stays its own, and its counterpart
Memory: TypeAlias = "dict[int, tuple[object, Any]]"


def structured_serialize(value: object) -> Any:
    """https://html.spec.whatwg.org/multipage/structured-data.html#structuredserialize"""
    return serialize_within_limits(value, False, {})


def structured_serialize_for_storage(value: object) -> Any:
    """https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeforstorage"""
    return serialize_within_limits(value, True, {})


def serialize_within_limits(value: object, for_storage: bool, memory: Memory) -> Any:
    """RangeError, as in JavaScript, where a structure is nested too deeply for the stack.

    https://html.spec.whatwg.org/multipage/structured-data.html#safe-passing-of-structured-data
    """
    try:
        return structured_serialize_internal(value, for_storage, memory)
    except RecursionError:
        raise RangeError("The value is nested too deeply to be copied") from None


def structured_serialize_internal(value: Any, for_storage: bool, memory: Memory) -> Any:
    """https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializeinternal"""
    if value is None or isinstance(value, IMMUTABLE):
        return value
    if id(value) in memory:
        return memory[id(value)][1]
    serialized = Serialized(type(value))
    memory[id(value)] = (value, serialized)
    match value:
        case bytearray() | array():
            serialized.data = value[:]
        case memoryview():
            serialized.data = (content_of(value), value.format)
        case list() | tuple():
            serialized.type = list
            serialized.data = [
                structured_serialize_internal(item, for_storage, memory) for item in value
            ]
        case set() | frozenset():
            serialized.type = set
            serialized.data = [
                structured_serialize_internal(item, for_storage, memory) for item in value
            ]
        case dict():
            serialized.type = dict
            serialized.data = [
                (
                    structured_serialize_internal(key, for_storage, memory),
                    structured_serialize_internal(item, for_storage, memory),
                )
                for key, item in value.items()
            ]
        case Serializable():
            serialized.data = structured_serialize_internal(
                value._serialization_steps(for_storage), for_storage, memory
            )
        case BaseException():
            serialized.type = exception_class(value)
            serialized.data = tuple(
                item if item is None or isinstance(item, IMMUTABLE) else str(item)
                for item in value.args
            )
        case _:
            del memory[id(value)]
            raise DOMException(f"{value!r} cannot be copied", "DataCloneError")
    return serialized


def exception_class(exception: BaseException) -> type[BaseException]:
    """The class that every scope knows: the exception's own, or the one that it derives from.

    https://tc39.es/ecma262/#sec-native-error-types-used-in-this-standard
    """
    return next(
        cls
        for cls in type(exception).__mro__
        if cls is RangeError or vars(builtins).get(cls.__name__) is cls
    )


def content_of(view: memoryview) -> bytes:
    """What a view shows; DataCloneError if it is detached, which a view that has been released is.

    https://tc39.es/ecma262/#sec-isdetachedbuffer
    """
    try:
        return bytes(view)
    except ValueError:
        raise DOMException(
            "The buffer is detached: it has been transferred", "DataCloneError"
        ) from None


def structured_deserialize(serialized: Any, memory: Memory | None = None) -> Any:
    """https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserialize"""
    if not isinstance(serialized, Serialized):
        return serialized
    memory = {} if memory is None else memory
    if id(serialized) in memory:
        return memory[id(serialized)][1]
    type, data = serialized.type, serialized.data
    value: Any
    if type in (list, dict, set):
        memory[id(serialized)] = (serialized, value := type())
        # One frame of the stack for each level, which is no more than serializing took: what was
        # serialized can be read.
        if type is dict:
            for key, item in data:
                value[structured_deserialize(key, memory)] = structured_deserialize(item, memory)
        else:
            add = value.append if type is list else value.add
            for item in data:
                add(structured_deserialize(item, memory))
        return value
    if type is memoryview:
        content, format = data
        value = (
            memoryview(bytearray(content)).cast(format)
            if format != "B"
            else memoryview(bytearray(content))
        )
    elif issubclass(type, (bytearray, array)):
        value = data[:]
    elif issubclass(type, Serializable):
        value = type._deserialization_steps(structured_deserialize(data, memory))
    else:
        value = type.__new__(type, *data)
        value.args = data
    memory[id(serialized)] = (serialized, value)
    return value


def structured_serialize_with_transfer(
    value: object, transfer_list: Iterable[object]
) -> tuple[Any, list[Any]]:
    """A serialization, and what was transferred; whoever was in the list is detached after that.

    https://html.spec.whatwg.org/multipage/structured-data.html#structuredserializewithtransfer
    """
    memory: Memory = {}
    transferables: list[Any] = list(transfer_list)
    for transferable in transferables:
        if not isinstance(transferable, (memoryview, Transferable)):
            raise DOMException(f"{transferable!r} cannot be transferred", "DataCloneError")
        if id(transferable) in memory:
            raise DOMException(
                f"{transferable!r} is in the list of what is transferred twice", "DataCloneError"
            )
        memory[id(transferable)] = (transferable, Serialized(type(transferable)))
    serialized = serialize_within_limits(value, False, memory)
    data_holders = []
    for transferable in transferables:
        data_holder = memory[id(transferable)][1]
        if isinstance(transferable, memoryview):
            data_holder.data = detach(transferable)
        elif transferable._is_detached:
            raise DOMException(f"{transferable!r} is detached", "DataCloneError")
        else:
            data_holder.data = transferable._transfer_steps()
        data_holders.append(data_holder)
    return serialized, data_holders


def detach(view: memoryview) -> memoryview:
    """A new view of the same memory. The old one is released; DataCloneError if that has been done,
    or cannot be.

    https://tc39.es/ecma262/#sec-detacharraybuffer
    """
    try:
        new_view = view[:]
        view.release()
    except ValueError:
        raise DOMException(
            "The buffer is detached: it has been transferred", "DataCloneError"
        ) from None
    except BufferError:
        raise DOMException(
            "The buffer is in use, so it cannot be transferred", "DataCloneError"
        ) from None
    return new_view


def structured_deserialize_with_transfer(
    serialized: Any, data_holders: list[Any]
) -> tuple[Any, list[Any]]:
    """The copy, and the objects that hold now what was transferred.

    https://html.spec.whatwg.org/multipage/structured-data.html#structureddeserializewithtransfer
    """
    memory: Memory = {}
    transferred_values = []
    for holder in data_holders:
        value = (
            holder.data
            if holder.type is memoryview
            else holder.type._transfer_receiving_steps(holder.data)
        )
        memory[id(holder)] = (holder, value)
        transferred_values.append(value)
    return structured_deserialize(serialized, memory), transferred_values


def structuredClone(value: object, *, transfer: Iterable[object] = ()) -> Any:
    """A copy of a value, of all that it holds, and of how that hangs together; what is in
    `transfer` is moved instead.

    DataCloneError if something cannot be copied or moved.

    https://html.spec.whatwg.org/multipage/structured-data.html#dom-structuredclone
    """
    serialized, data_holders = structured_serialize_with_transfer(value, transfer)
    return structured_deserialize_with_transfer(serialized, data_holders)[0]
