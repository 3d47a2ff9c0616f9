"""The underlying source, underlying sink and transformer APIs: what a stream reads from the object
that its author brings.

Streams Standard, 4.2.3, 5.2.3 and 6.2.3: https://streams.spec.whatwg.org/#underlying-source-api

The object has the members as attributes, or is a mapping with those keys. They are read once, in
the order in which Web IDL reads a dictionary; the functions among them are bound to the object that
they come from.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator, Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from ..webidl.callback_function_types import to_callback_function
from ..webidl.callbacks import dictionary_member
from ..webidl.exceptions import RangeError
from ..webidl.type_mapping import is_path, to_dom_string, to_integer, what_it_is, what_to_write

Callback: TypeAlias = "Callable[..., Any] | None"

SOURCE_MEMBERS = ("autoAllocateChunkSize", "cancel", "pull", "start", "type")
SINK_MEMBERS = ("abort", "close", "start", "type", "write")
TRANSFORMER_MEMBERS = (
    "cancel", "flush", "readableType", "start", "transform", "writableType",
)  # fmt: skip


class UnderlyingSource(NamedTuple):
    """None where a member is missing.

    https://streams.spec.whatwg.org/#dictdef-underlyingsource
    """

    auto_allocate_chunk_size: int | None
    cancel: Callback
    pull: Callback
    start: Callback
    type: Literal["bytes"] | None


class UnderlyingSink(NamedTuple):
    """None where a member is missing.

    https://streams.spec.whatwg.org/#dictdef-underlyingsink
    """

    abort: Callback
    close: Callback
    start: Callback
    write: Callback


class Transformer(NamedTuple):
    """None where a member is missing.

    https://streams.spec.whatwg.org/#dictdef-transformer
    """

    cancel: Callback
    flush: Callback
    start: Callback
    transform: Callback


def to_underlying_source(value: object) -> UnderlyingSource:
    """TypeError if a member is unfit.

    Part of https://streams.spec.whatwg.org/#underlying-source-api
    """
    _check_members(value, SOURCE_MEMBERS)
    auto_allocate_chunk_size = dictionary_member(value, "autoAllocateChunkSize")
    if auto_allocate_chunk_size is not None:
        auto_allocate_chunk_size = to_integer(auto_allocate_chunk_size, 64, enforce_range=True)
    cancel, pull, start = (
        _callback(value, "cancel"),
        _callback(value, "pull"),
        _callback(value, "start"),
    )
    type = dictionary_member(value, "type")
    if type is not None and to_dom_string(type) != "bytes":
        raise TypeError(
            f'The type of an underlying source must be "bytes" or missing, not {type!r}'
        )
    return UnderlyingSource(
        auto_allocate_chunk_size, cancel, pull, start, None if type is None else "bytes"
    )


def to_underlying_sink(value: object) -> UnderlyingSink:
    """TypeError if a member is unfit, RangeError if there is a type.

    Part of https://streams.spec.whatwg.org/#underlying-sink-api
    """
    _check_members(value, SINK_MEMBERS)
    abort, close, start = (
        _callback(value, "abort"),
        _callback(value, "close"),
        _callback(value, "start"),
    )
    type = dictionary_member(value, "type")
    write = _callback(value, "write", 2)
    if type is not None:
        raise RangeError(f"An underlying sink must not have a type yet: {type!r}")
    return UnderlyingSink(abort, close, start, write)


def to_transformer(value: object) -> Transformer:
    """TypeError if a member is unfit, RangeError if there is a type.

    Part of https://streams.spec.whatwg.org/#transformer-api
    """
    _check_members(value, TRANSFORMER_MEMBERS)
    cancel, flush = _callback(value, "cancel"), _callback(value, "flush")
    readable_type = dictionary_member(value, "readableType")
    start, transform = _callback(value, "start"), _callback(value, "transform", 2)
    writable_type = dictionary_member(value, "writableType")
    if readable_type is not None:
        raise RangeError(f"A transformer must not have a readableType yet: {readable_type!r}")
    if writable_type is not None:
        raise RangeError(f"A transformer must not have a writableType yet: {writable_type!r}")
    return Transformer(cancel, flush, start, transform)


def _check_members(value: object, members: tuple[str, ...]) -> None:
    """TypeError for what is certainly no such object: a stream of nothing would come of it."""
    if isinstance(value, (dict, Mapping)):  # OPTIMIZATION: most are a dict
        # DEVIATION from https://webidl.spec.whatwg.org/#js-dictionary: by the letter a key that the
        # dictionary lacks is ignored. Here it is a mistake.
        unknown = [name for name in value if name not in members]
        if unknown:
            raise TypeError(f"There is no member {unknown[0]!r}; there is {', '.join(members)}")
    elif (
        any(hasattr(type(value), name) for name in ("__await__", "__iter__", "__aiter__"))
        or callable(value)
        or is_path(value)
    ):
        # Python's coroutines and generators have a `close`, too.
        if isinstance(value, (Coroutine, Generator)) or not any(
            hasattr(value, name) for name in members
        ):
            raise TypeError(
                f"Expected an object or a mapping with {', '.join(members)}, not "
                f"{what_it_is(value)}{what_to_write(value)}; a stream of what an iterable gives is "
                "ReadableStream.from_(...)"
            )


def _callback(dictionary: object, name: str, argument_count: int = 1) -> Callback:
    callback: Callback = dictionary_member(dictionary, name)
    if callback is None:
        return None
    if not callable(callback):
        raise TypeError(f"The member {name!r} must be callable, not {callback!r}")
    return to_callback_function(callback, argument_count)
