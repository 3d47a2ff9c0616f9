"""Body mixin: reading what a request or a response carries.

Fetch Standard, 5.3: https://fetch.spec.whatwg.org/#body-mixin
"""

from __future__ import annotations

import builtins
from collections.abc import Callable
from functools import cache, partial
from typing import TYPE_CHECKING, Any, TypeVar

from ..webidl.interfaces import new
from ..webidl.promises import (
    Promise,
    a_new_promise,
    a_promise_rejected_with,
    a_promise_resolved_with,
    reject,
    resolve,
)
from .bodies import BodyRecord, fully_read
from .headers import HeaderList

if TYPE_CHECKING:
    from ..file_api.blob import Blob
    from ..mimesniff.mime_types import MIMEType
    from ..streams.readable_stream import ReadableStream
    from ..xhr.form_data import FormData

T = TypeVar("T")

IN_USE = "The body is in use: it has been read from, or somebody holds a reader; clone() it first"


class Body:
    """What Request and Response share.

    https://fetch.spec.whatwg.org/#body
    """

    __slots__ = ()

    @property
    def _body(self) -> BodyRecord | None:
        raise NotImplementedError

    @property
    def _header_list(self) -> HeaderList:
        raise NotImplementedError

    @property
    def body(self) -> ReadableStream | None:
        """The bytes as a stream; None if there is no body.

        https://fetch.spec.whatwg.org/#dom-body-body
        """
        body = self._body
        return None if body is None else body.stream

    @property
    def bodyUsed(self) -> bool:
        """Whether the body has been read from.

        https://fetch.spec.whatwg.org/#dom-body-bodyused
        """
        body = self._body
        return body is not None and body.is_disturbed

    def arrayBuffer(self) -> Promise[builtins.bytes]:
        """All bytes.

        https://fetch.spec.whatwg.org/#dom-body-arraybuffer
        """
        return consume_body(self, lambda data: data)

    def blob(self) -> Promise[Blob]:
        """All bytes as a Blob, whose type is what Content-Type says.

        https://fetch.spec.whatwg.org/#dom-body-blob
        """
        return consume_body(self, partial(_convert_bytes_to_blob, self))

    def bytes(self) -> Promise[builtins.bytes]:
        """All bytes.

        https://fetch.spec.whatwg.org/#dom-body-bytes
        """
        return consume_body(self, lambda data: data)

    def formData(self) -> Promise[FormData]:
        """The fields and files of a form; TypeError if Content-Type says something else, or it is
        malformed.

        https://fetch.spec.whatwg.org/#dom-body-formdata
        """
        return consume_body(self, partial(convert_bytes_to_form_data, self))

    def json(self) -> Promise[Any]:
        """The value that the JSON text says; JSONDecodeError if it says none.

        https://fetch.spec.whatwg.org/#dom-body-json
        """
        return consume_body(self, _json_parser())

    def text(self) -> Promise[str]:
        """The text, always as UTF-8.

        https://fetch.spec.whatwg.org/#dom-body-text
        """
        return consume_body(self, _utf_8_decode())

    def textStream(self) -> ReadableStream:
        """The text in chunks, always as UTF-8.

        https://fetch.spec.whatwg.org/#dom-body-textstream
        """
        if is_unusable(self):
            raise TypeError(IN_USE)
        from ..encoding.streams.text_decoder_stream import TextDecoderStream
        from ..streams import other_specifications as streams

        if self._body is None:
            empty_stream = new(streams.ReadableStream)
            streams.set_up_readable_stream(empty_stream)
            streams.close_readable_stream(empty_stream)
            return empty_stream
        return streams.pipe_through(self._body.stream, TextDecoderStream())


# OPTIMIZATION: only workers that read text or JSON load what that needs, and no call but the first
# imports it.


@cache
def _utf_8_decode() -> Callable[[builtins.bytes], str]:
    from ..encoding.hooks import utf_8_decode

    return utf_8_decode


@cache
def _json_parser() -> Callable[[builtins.bytes], Any]:
    from ..infra.json import parse_json_bytes_to_a_javascript_value

    return parse_json_bytes_to_a_javascript_value


def is_unusable(object: Body) -> bool:
    """Whether the body has been read from, or somebody holds a reader.

    https://fetch.spec.whatwg.org/#body-unusable
    """
    body = object._body
    return body is not None and body.is_unusable


def get_the_mime_type(request_or_response: Body) -> MIMEType | None:
    """https://fetch.spec.whatwg.org/#concept-body-mime-type"""
    from .http_extensions import extract_a_mime_type

    return extract_a_mime_type(request_or_response._header_list)


def consume_body(object: Body, convert_bytes_to_js_value: Callable[[bytes], T]) -> Promise[T]:
    """https://fetch.spec.whatwg.org/#concept-body-consume-body"""
    body = object._body
    bytes_in_hand = b"" if body is None else body.take_bytes()
    if bytes_in_hand is not None:
        # OPTIMIZATION: the steps below come to the same, and the body is not unusable.
        try:
            value = convert_bytes_to_js_value(bytes_in_hand)
        except Exception as exception:
            return a_promise_rejected_with(exception)
        return a_promise_resolved_with(value)
    assert body is not None
    if body.is_unusable:
        return a_promise_rejected_with(TypeError(IN_USE))
    promise = a_new_promise()
    error_steps = partial(reject, promise)

    def success_steps(data: bytes) -> None:
        try:
            value = convert_bytes_to_js_value(data)
        except Exception as exception:
            error_steps(exception)
        else:
            resolve(promise, value)

    fully_read(body, success_steps, error_steps)
    return promise


def _convert_bytes_to_blob(object: Body, bytes: bytes) -> Blob:
    """What `blob()` makes of the bytes, when all of them are there."""
    from ..file_api.blob import create
    from ..mimesniff.mime_types import serialize_a_mime_type

    mime_type = get_the_mime_type(object)
    return create(bytes, "" if mime_type is None else serialize_a_mime_type(mime_type))


def convert_bytes_to_form_data(object: Body, bytes: bytes) -> FormData:
    """What `formData()` makes of the bytes; TypeError if they are no form.

    Part of https://fetch.spec.whatwg.org/#dom-body-formdata
    """
    from ..mimesniff.mime_types import serialize_a_mime_type

    mime_type = get_the_mime_type(object)
    match mime_type and mime_type.essence:
        case "multipart/form-data":
            assert mime_type is not None
            from .multipart_form_data import parse_multipart_form_data

            return parse_multipart_form_data(bytes, mime_type.parameters.get("boundary", ""))
        case "application/x-www-form-urlencoded":
            from ..url.urlencoded import urlencoded_parser
            from ..xhr.form_data import FormData, entry_list

            form_data = FormData()
            entry_list(form_data).extend(urlencoded_parser(bytes))
            return form_data
    raise TypeError(
        f"No form: Content-Type says {mime_type and serialize_a_mime_type(mime_type)!r}"
    )
