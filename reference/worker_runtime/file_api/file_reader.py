"""Reading data: FileReader, which tells by events, and FileReaderSync, which waits.

File API, 6: https://w3c.github.io/FileAPI/#reading-data-section
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from ..dom.event_target import EventTarget
from ..encoding.hooks import decode
from ..encoding.names_and_labels import UTF_8, get_an_encoding
from ..html.event_handlers import EventHandlerIDLAttribute
from ..html.settings_objects import current_settings_object, queue_a_global_task
from ..infra.byte_sequences import isomorphic_decode
from ..infra.forgiving_base64 import forgiving_base64_encode
from ..mimesniff.mime_types import parse_a_mime_type
from ..webidl.exceptions import DOMException
from ..webidl.promises import perform_promise_then
from ..webidl.type_mapping import to_dom_string
from ..xhr.progress_event import fire_a_progress_event
from .blob import Blob, byte_sequence, is_in_memory, read_all_bytes, to_blob

PackageType: TypeAlias = Literal["DataURL", "Text", "ArrayBuffer", "BinaryString"]


class FileReader(EventTarget):
    """Reads a Blob at a time, and tells by events how far it has come. `blob.text()` and its like
    are simpler.

    https://w3c.github.io/FileAPI/#dfn-filereader
    """

    EMPTY = 0
    LOADING = 1
    DONE = 2

    __slots__ = ("_error", "_read", "_result", "_state")

    onloadstart = EventHandlerIDLAttribute()
    onprogress = EventHandlerIDLAttribute()
    onload = EventHandlerIDLAttribute()
    onabort = EventHandlerIDLAttribute()
    onerror = EventHandlerIDLAttribute()
    onloadend = EventHandlerIDLAttribute()

    def __init__(self) -> None:
        """https://w3c.github.io/FileAPI/#filereaderConstrctr"""
        self._state: Literal["empty", "loading", "done"] = "empty"
        self._result: str | bytes | None = None
        self._error: DOMException | None = None
        self._read: object = None  # the read whose tasks are still to run

    def readAsArrayBuffer(self, blob: Blob) -> None:
        """https://w3c.github.io/FileAPI/#dfn-readAsArrayBuffer"""
        read_operation(self, to_blob(blob), "ArrayBuffer")

    def readAsBinaryString(self, blob: Blob) -> None:
        """Read a str with a code point for each byte.

        https://w3c.github.io/FileAPI/#dfn-readAsBinaryString
        """
        read_operation(self, to_blob(blob), "BinaryString")

    def readAsText(self, blob: Blob, encoding: str | None = None) -> None:
        """https://w3c.github.io/FileAPI/#dfn-readAsText"""
        read_operation(
            self, to_blob(blob), "Text", None if encoding is None else to_dom_string(encoding)
        )

    def readAsDataURL(self, blob: Blob) -> None:
        """https://w3c.github.io/FileAPI/#dfn-readAsDataURL"""
        read_operation(self, to_blob(blob), "DataURL")

    def abort(self) -> None:
        """Stop reading, if it goes on, and forget the result.

        https://w3c.github.io/FileAPI/#dfn-abort
        """
        was_loading = self._state == "loading"
        self._result = None
        if not was_loading:
            return
        self._state = "done"
        self._read = None
        fire_a_progress_event("abort", self, 0, 0)
        if self.readyState != FileReader.LOADING:
            fire_a_progress_event("loadend", self, 0, 0)

    @property
    def readyState(self) -> int:
        """https://w3c.github.io/FileAPI/#dom-filereader-readystate"""
        return {"empty": FileReader.EMPTY, "loading": FileReader.LOADING, "done": FileReader.DONE}[
            self._state
        ]

    @property
    def result(self) -> str | bytes | None:
        """What was read, in the form that was asked for; None before.

        https://w3c.github.io/FileAPI/#dom-filereader-result
        """
        return self._result

    @property
    def error(self) -> DOMException | None:
        """https://w3c.github.io/FileAPI/#dom-filereader-error"""
        return self._error


class FileReaderSync:
    """Reads a Blob in one go.

    https://w3c.github.io/FileAPI/#dfn-FileReaderSync
    """

    __slots__ = ()

    def readAsArrayBuffer(self, blob: Blob) -> bytes:
        """https://w3c.github.io/FileAPI/#dfn-readAsArrayBufferSync"""
        return byte_sequence(to_blob(blob))

    def readAsBinaryString(self, blob: Blob) -> str:
        """https://w3c.github.io/FileAPI/#dfn-readAsBinaryStringSync"""
        return isomorphic_decode(byte_sequence(to_blob(blob)))

    def readAsText(self, blob: Blob, encoding: str | None = None) -> str:
        """https://w3c.github.io/FileAPI/#dfn-readAsTextSync"""
        return package_text(
            byte_sequence(to_blob(blob)),
            blob.type,
            None if encoding is None else to_dom_string(encoding),
        )

    def readAsDataURL(self, blob: Blob) -> str:
        """https://w3c.github.io/FileAPI/#dfn-readAsDataURLSync"""
        return package_data_url(byte_sequence(to_blob(blob)), blob.type)


def read_operation(
    fr: FileReader, blob: Blob, type: PackageType, encoding_name: str | None = None
) -> None:
    """https://w3c.github.io/FileAPI/#readOperation"""
    if fr._state == "loading":
        raise DOMException("The reader is reading another Blob", "InvalidStateError")
    fr._state = "loading"
    fr._result = None
    fr._error = None
    read = fr._read = object()
    settings_object = current_settings_object()

    def queue(steps: Callable[[], object]) -> None:
        queue_a_global_task(
            "file reading", settings_object, lambda: steps() if fr._read is read else None
        )

    def end(bytes: bytes) -> None:
        fr._state = "done"
        fr._read = None
        fr._result = package_data(bytes, type, blob.type, encoding_name)
        fire_a_progress_event("load", fr, blob.size, blob.size)
        if fr.readyState != FileReader.LOADING:
            fire_a_progress_event("loadend", fr, blob.size, blob.size)

    def fail(error: DOMException) -> None:
        fr._state = "done"
        fr._read = None
        fr._error = error
        fire_a_progress_event("error", fr, 0, blob.size)
        if fr.readyState != FileReader.LOADING:
            fire_a_progress_event("loadend", fr, 0, blob.size)

    def deliver(bytes: bytes) -> None:
        # All of it is one chunk.
        if bytes:
            queue(lambda: fire_a_progress_event("progress", fr, blob.size, blob.size))
        queue(lambda: end(bytes))

    queue(lambda: fire_a_progress_event("loadstart", fr, 0, blob.size))
    if is_in_memory(blob):
        deliver(byte_sequence(blob))
    else:
        perform_promise_then(
            read_all_bytes(blob), deliver, lambda error: queue(lambda: fail(error))
        )


def package_data(
    bytes: bytes, type: PackageType, mime_type: str, encoding_name: str | None
) -> str | bytes:
    """https://w3c.github.io/FileAPI/#blob-package-data"""
    match type:
        case "DataURL":
            return package_data_url(bytes, mime_type)
        case "Text":
            return package_text(bytes, mime_type, encoding_name)
        case "ArrayBuffer":
            return bytes
        case "BinaryString":
            return isomorphic_decode(bytes)


def package_data_url(bytes: bytes, mime_type: str) -> str:
    """Part of https://w3c.github.io/FileAPI/#blob-package-data"""
    # DEVIATION: with no MIME type the URL would have none, which means text; like the browsers, say
    # what is not known.
    return f"data:{mime_type or 'application/octet-stream'};base64,{forgiving_base64_encode(bytes)}"


def package_text(bytes: bytes, mime_type: str, encoding_name: str | None) -> str:
    """Part of https://w3c.github.io/FileAPI/#blob-package-data"""
    encoding = None if encoding_name is None else get_an_encoding(encoding_name)
    if encoding is None and (type := parse_a_mime_type(mime_type)) is not None:
        encoding = get_an_encoding(type.parameters.get("charset", ""))
    return decode(bytes, encoding or UTF_8)
