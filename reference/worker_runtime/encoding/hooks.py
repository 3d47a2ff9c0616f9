"""Hooks for standards: what other standards call to decode and to encode.

Encoding Standard, 6 and 6.1: https://encoding.spec.whatwg.org/#specification-hooks

A hook consumes its whole input, so plain bytes and str are its I/O queues. Only `encode_or_fail`
may stop on the way.
"""

from __future__ import annotations

from .encoders_and_decoders import Encoder, Encoding, Error, process_a_queue
from .names_and_labels import UTF_8, UTF_16BE, UTF_16LE
from .terminology import IOQueue

UTF_8_BOM = b"\xef\xbb\xbf"


def utf_8_decode(io_queue: bytes) -> str:
    """Scalar values, with U+FFFD for each error, and without the byte order mark if there is one.

    https://encoding.spec.whatwg.org/#utf-8-decode
    """
    return utf_8_decode_without_bom(io_queue.removeprefix(UTF_8_BOM))


def utf_8_decode_without_bom(io_queue: bytes) -> str:
    """Scalar values, with U+FFFD for each error; a byte order mark stays, as U+FEFF.

    https://encoding.spec.whatwg.org/#utf-8-decode-without-bom
    """
    # OPTIMIZATION: Python's codec is UTF-8's decoder and takes the queue in one call.
    return io_queue.decode("utf-8", "replace")


def utf_8_decode_without_bom_or_fail(io_queue: bytes) -> str | None:
    """Scalar values, or None if the bytes are not UTF-8; a byte order mark stays, as U+FEFF.

    https://encoding.spec.whatwg.org/#utf-8-decode-without-bom-or-fail
    """
    # OPTIMIZATION: as above.
    try:
        return io_queue.decode("utf-8")
    except UnicodeDecodeError:
        return None


def utf_8_encode(io_queue: str) -> bytes:
    """The bytes of scalar values. A surrogate is the caller's mistake, and a UnicodeEncodeError.

    https://encoding.spec.whatwg.org/#utf-8-encode
    """
    # OPTIMIZATION: Python's codec is UTF-8's encoder and takes the queue in one call.
    return io_queue.encode("utf-8")


# ---- legacy hooks --------------------------------------------------------------------------------


def decode(io_queue: bytes, encoding: Encoding) -> str:
    """Scalar values, with U+FFFD for each error. A byte order mark counts for more than the
    encoding that is given.

    https://encoding.spec.whatwg.org/#decode
    """
    bom_encoding = bom_sniff(io_queue)
    if bom_encoding is not None:
        encoding = bom_encoding
        io_queue = io_queue[3 if bom_encoding is UTF_8 else 2 :]
    output: list[str] = []
    process_a_queue(encoding.decoder(), IOQueue(io_queue), output, "replacement")
    return "".join(output)


def bom_sniff(io_queue: bytes) -> Encoding | None:
    """The encoding whose byte order mark the bytes start with.

    https://encoding.spec.whatwg.org/#bom-sniff
    """
    if io_queue.startswith(UTF_8_BOM):
        return UTF_8
    if io_queue.startswith(b"\xfe\xff"):
        return UTF_16BE
    if io_queue.startswith(b"\xff\xfe"):
        return UTF_16LE
    return None


def encode(io_queue: str, encoding: Encoding) -> bytes:
    """The bytes of scalar values, with a reference such as `&#9731;` for each that the encoding
    does not have.

    https://encoding.spec.whatwg.org/#encode
    """
    output: list[bytes] = []
    process_a_queue(get_an_encoder(encoding), IOQueue(io_queue), output, "html")
    return b"".join(output)


def get_an_encoder(encoding: Encoding) -> Encoder:
    """A new encoder; `get_an_output_encoding` makes sure that the encoding has one.

    https://encoding.spec.whatwg.org/#get-an-encoder
    """
    assert encoding.encoder is not None, f"{encoding.name} has no encoder"
    return encoding.encoder()


def encode_or_fail(io_queue: IOQueue[str], encoder: Encoder, output: list[bytes]) -> int | None:
    """Encode up to the first error: the code point that could not be encoded, or None at the end of
    the queue.

    After an error the caller puts into its own output what stands for the code point, and calls
    again with the same queue and encoder and a new output. It must not use 0x0E, 0x0F, 0x1B, 0x5C
    and 0x7E: ISO-2022-JP may be in its Roman state.

    https://encoding.spec.whatwg.org/#encode-or-fail
    """
    potential_error = process_a_queue(encoder, io_queue, output, "fatal")
    return potential_error.code_point if isinstance(potential_error, Error) else None
