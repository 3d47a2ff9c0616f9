"""What Cloudflare Workers add to Web Crypto: a stream that hashes what is written to it, and a
comparison that takes its time.

No standard defines them; their text is in SPEC_NOTES.md, "Crypto".
"""

from __future__ import annotations

from collections.abc import Awaitable
from functools import partial
from typing import Protocol

from ..encoding.hooks import utf_8_encode
from ..html.event_loops import in_a_thread
from ..streams.other_specifications_writable import set_up_writable_stream
from ..streams.writable_stream import WritableStream
from ..webcrypto.algorithm_dictionary import Algorithm, AlgorithmIdentifier, convert_to_dictionary
from ..webcrypto.algorithm_normalization import normalize_an_algorithm
from ..webcrypto.registration import BYTES_THAT_TAKE_LONG
from ..webidl.promises import Promise, a_new_promise, mark_as_handled, reject, resolve
from ..webidl.type_mapping import (
    BufferSource,
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_usv_string,
)


class _Hash(Protocol):
    """One of hashlib's."""

    def update(self, data: bytes) -> None: ...

    def digest(self) -> bytes: ...


class DigestStream(WritableStream):
    """A stream that keeps nothing of what is written to it but its hash.

    SPEC_NOTES.md#digest-stream
    """

    __slots__ = ("_bytes_written", "_digest", "_hash")

    def __init__(self, algorithm: AlgorithmIdentifier) -> None:
        """By an algorithm that `subtle.digest` takes, or "MD5". A "NotSupportedError" DOMException
        for any other.

        SPEC_NOTES.md#digest-stream-constructor
        """
        self._hash = hash_of(algorithm)
        self._bytes_written = 0
        self._digest: Promise[bytes] = a_new_promise()
        mark_as_handled(self._digest)
        set_up_writable_stream(self, self._write, self._close, partial(reject, self._digest))

    @property
    def digest(self) -> Promise[bytes]:
        """The hash, once the stream is closed; a rejection with the reason, if it is aborted.

        SPEC_NOTES.md#digest-stream-digest
        """
        return self._digest

    @property
    def bytesWritten(self) -> int:
        """SPEC_NOTES.md#digest-stream-bytes-written"""
        return self._bytes_written

    def _write(self, chunk: object) -> Awaitable[None] | None:
        """SPEC_NOTES.md#digest-stream-write"""
        if not isinstance(chunk, str) and not is_buffer_source(chunk):
            error = TypeError(
                f"Expected a buffer or a string as a chunk, not {type(chunk).__name__}"
            )
            reject(self._digest, error)
            raise error
        data = (
            utf_8_encode(to_usv_string(chunk))
            if isinstance(chunk, str)
            else get_a_copy_of_the_buffer_source(chunk)
        )
        self._bytes_written += len(data)
        if len(data) > BYTES_THAT_TAKE_LONG:
            return in_a_thread(partial(self._hash.update, data))
        self._hash.update(data)
        return None

    def _close(self) -> None:
        """SPEC_NOTES.md#digest-stream-close"""
        resolve(self._digest, self._hash.digest())


def hash_of(algorithm: AlgorithmIdentifier) -> _Hash:
    """SPEC_NOTES.md#digest-stream-algorithm"""
    import hashlib

    from ..webcrypto.algorithms.sha import HASHLIB_NAMES

    name = (
        algorithm
        if isinstance(algorithm, str)
        else convert_to_dictionary(algorithm, Algorithm).name
    )
    return hashlib.new(
        "md5"
        if name.upper() == "MD5"
        else HASHLIB_NAMES[normalize_an_algorithm("digest", name).name]
    )


class SubtleCryptoForWorkers:
    """What is added to SubtleCrypto.

    SPEC_NOTES.md#subtle-crypto
    """

    __slots__ = ()

    def timingSafeEqual(self, a: BufferSource, b: BufferSource) -> bool:
        """Whether two buffers of the same length have the same bytes. The time it takes does not
        tell where they differ.

        TypeError if the lengths differ.

        SPEC_NOTES.md#subtle-crypto-timing-safe-equal
        """
        import hmac

        if not is_buffer_source(a) or not is_buffer_source(b):
            raise TypeError(f"Expected two buffers, not {type(a).__name__} and {type(b).__name__}")
        a, b = get_a_copy_of_the_buffer_source(a), get_a_copy_of_the_buffer_source(b)
        if len(a) != len(b):
            raise TypeError(
                f"Expected two buffers of the same length, not of {len(a)} and {len(b)} bytes"
            )
        return hmac.compare_digest(a, b)


class CryptoForWorkers:
    """What is added to Crypto.

    SPEC_NOTES.md#crypto
    """

    __slots__ = ()

    DigestStream = DigestStream
