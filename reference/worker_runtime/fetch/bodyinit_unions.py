"""BodyInit unions: bodies from what a worker has.

Fetch Standard, 5.2: https://fetch.spec.whatwg.org/#bodyinit-unions
"""

from __future__ import annotations

import io
from collections.abc import AsyncIterable, Iterator
from typing import TYPE_CHECKING, Any, TypeAlias

from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    is_path,
    to_usv_string,
    what_it_is,
)
from .bodies import BodyRecord, BodyWithType

if TYPE_CHECKING:
    from ..file_api.blob import Blob
    from ..streams.readable_stream import ReadableStream
    from ..url.url_search_params import URLSearchParams
    from ..xhr.form_data import FormData

BLOCK_LENGTH = 256 * 1024  # bytes that are read of a file at once

BodyInit: TypeAlias = (
    "ReadableStream | Blob | BufferSource | FormData | URLSearchParams | str | "
    "AsyncIterable[BufferSource] | Iterator[BufferSource]"
)


def safely_extract(object: BodyInit) -> BodyWithType:
    """https://fetch.spec.whatwg.org/#bodyinit-safely-extract"""
    # The assertion that a stream is neither disturbed nor locked is made there.
    return extract(object)


def extract(object: BodyInit, keepalive: bool = False) -> BodyWithType:
    """A body, and the value of Content-Type that tells what it is; TypeError if the object is a
    stream that is in use.

    https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    if isinstance(object, str):
        try:
            source = object.encode()
        except UnicodeEncodeError:  # a lone surrogate, and no scalar value
            source = to_usv_string(object).encode()
        return BodyWithType(BodyRecord(source, len(source)), "text/plain;charset=UTF-8")
    if is_buffer_source(object):
        source = get_a_copy_of_the_buffer_source(object)
        return BodyWithType(BodyRecord(source, len(source)), None)
    # Most workers answer with no more than that.
    from ..streams.readable_stream import ReadableStream

    if isinstance(object, ReadableStream):
        return body_of_a_stream(object, keepalive)
    from ..file_api.blob import Blob
    from ..url.url_search_params import URLSearchParams
    from ..xhr.form_data import FormData

    if isinstance(object, Blob):
        return BodyWithType(BodyRecord(object, object.size), object.type or None)
    if isinstance(object, FormData):
        # The source is what the form is encoded as: a redirect can send that again, with the
        # boundary of the type.
        from .multipart_form_data import multipart_form_data_encoding_algorithm

        blob, boundary = multipart_form_data_encoding_algorithm(object)
        return BodyWithType(
            BodyRecord(blob, blob.size), f"multipart/form-data; boundary={boundary}"
        )
    if isinstance(object, URLSearchParams):
        source = str(object).encode()
        return BodyWithType(
            BodyRecord(source, len(source)), "application/x-www-form-urlencoded;charset=UTF-8"
        )
    if is_file(object):
        # OPTIMIZATION: a file is read in blocks, not line by line as its iterator does.
        object = blocks_of(object)
    if isinstance(object, (AsyncIterable, Iterator)):
        # DEVIATION: generators, and whatever else is an async iterable or an iterator, are taken as
        # `ReadableStream.from_` does.
        return body_of_a_stream(ReadableStream.from_(object), keepalive)
    return extract(to_text_of_a_body(object), keepalive)


def body_of_a_stream(stream: ReadableStream, keepalive: bool) -> BodyWithType:
    """TypeError if the stream is in use, or the request may outlive its worker.

    Part of https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    if keepalive:
        raise TypeError("A request with keepalive cannot have a stream as its body")
    body = BodyRecord(stream=stream)
    if body.is_unusable:
        raise TypeError(
            "Cannot use the stream as a body: it has been read from, or somebody holds a reader"
        )
    return BodyWithType(body, None)


def is_file(object: Any) -> bool:
    """Whether something is an open file of Python's, which is an iterator over lines.

    Part of https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    return callable(getattr(object, "read", None)) and isinstance(object, (Iterator, io.IOBase))


def blocks_of(file: Any) -> Iterator[bytes]:
    """What is in a file, which is closed at its end. TypeError if it has been opened for text.

    Part of https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    if isinstance(file, io.TextIOBase):
        raise TypeError(
            f'A body is made of bytes: open the file with open({file.name!r}, "rb")'
            if hasattr(file, "name")
            else "A body is made of bytes, not of lines of text"
        )

    return _Blocks(file)


class _Blocks(Iterator[bytes]):
    """The blocks of a file. A generator that nobody has begun would not close it."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def __next__(self) -> bytes:
        if block := self._file.read(BLOCK_LENGTH):
            return bytes(block)
        self.close()
        raise StopIteration

    def close(self) -> None:
        self._file.close()


def to_text_of_a_body(object: object) -> str:
    """What is of no other type, as text; TypeError, which says what to write, if no text can
    be meant.

    Part of https://fetch.spec.whatwg.org/#concept-bodyinit-extract
    """
    if isinstance(object, (dict, list, tuple, set)):
        raise TypeError(
            f"A body is text, bytes or a stream, not {what_it_is(object)}: write "
            "Response.json(...), or body=json.dumps(...) in a request"
        )
    if is_path(object):
        raise TypeError(
            f'A body is text, bytes or a stream, not a path: write open({str(object)!r}, "rb")'
        )
    try:
        return to_usv_string(object)
    except TypeError as error:
        raise TypeError(
            str(error).replace("Expected a string", "A body is text, bytes or a stream")
        ) from None
