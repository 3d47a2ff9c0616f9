"""SPEC_NOTES.md, "Crypto": what is added to Web Crypto."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from worker_runtime import DOMException, ReadableStream, SubtleCrypto, WritableStream, crypto
from worker_runtime.cloudflare.crypto_extensions import DigestStream, hash_of

spec = pytest.mark.spec


@spec("SPEC_NOTES.md#crypto")
class TestCrypto:
    def test_has_the_interface_of_the_stream(self) -> None:
        assert crypto.DigestStream is DigestStream


@spec("SPEC_NOTES.md#subtle-crypto")
class TestSubtle:
    async def test_is_the_standards_with_what_is_added(self) -> None:
        assert isinstance(crypto.subtle, SubtleCrypto)
        assert crypto.subtle is crypto.subtle
        assert len(await crypto.subtle.digest("SHA-1", b"")) == 20


@spec("SPEC_NOTES.md#subtle-crypto-timing-safe-equal")
class TestTimingSafeEqual:
    def test_compares_bytes(self) -> None:
        assert crypto.subtle.timingSafeEqual(b"abc", bytearray(b"abc")) is True
        assert crypto.subtle.timingSafeEqual(b"abc", memoryview(b"abd")) is False
        assert crypto.subtle.timingSafeEqual(b"", b"") is True

    def test_lengths_have_to_be_equal(self) -> None:
        with pytest.raises(TypeError, match="not of 3 and 4 bytes"):
            crypto.subtle.timingSafeEqual(b"abc", b"abcd")

    @pytest.mark.parametrize("value", ["abc", None, 5, [97, 98, 99]])
    def test_anything_else_is_refused(self, value: Any) -> None:
        for a, b in ((value, b"abc"), (b"abc", value)):
            with pytest.raises(TypeError):
                crypto.subtle.timingSafeEqual(a, b)


@spec("SPEC_NOTES.md#digest-stream")
class TestDigestStream:
    async def test_is_a_writable_stream(self) -> None:
        stream = crypto.DigestStream("SHA-256")
        assert isinstance(stream, WritableStream)
        await ReadableStream.from_([b"a", "b", bytearray(b"c")]).pipeTo(stream)
        assert (
            await stream.digest
        ).hex() == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@spec("SPEC_NOTES.md#digest-stream-constructor")
class TestConstructor:
    @pytest.mark.parametrize("algorithm", ["SHA-0", "HMAC", "CRC32", {"name": "AES-CBC"}])
    async def test_an_algorithm_that_is_no_hash_is_not_supported(self, algorithm: Any) -> None:
        with pytest.raises(DOMException) as caught:
            crypto.DigestStream(algorithm)
        assert caught.value.name == "NotSupportedError"


@spec("SPEC_NOTES.md#digest-stream-algorithm")
class TestHashOf:
    @pytest.mark.parametrize(
        "algorithm, name",
        [
            ("md5", "md5"),
            ({"name": "MD5"}, "md5"),
            ("sha-1", "sha1"),
            ({"name": "SHA3-512"}, "sha3_512"),
        ],
    )
    def test_is_one_of_digest_or_md5(self, algorithm: Any, name: str) -> None:
        assert hash_of(algorithm).digest() == hashlib.new(name).digest()


@spec("SPEC_NOTES.md#digest-stream-digest")
class TestDigest:
    async def test_is_there_when_the_stream_is_closed(self) -> None:
        stream = crypto.DigestStream("SHA-1")
        digest = stream.digest
        assert stream.digest is digest
        assert "pending" in repr(digest)
        await stream.close()
        assert await digest == hashlib.sha1(b"").digest()

    async def test_is_rejected_with_the_reason_of_an_abort(self) -> None:
        stream = crypto.DigestStream("SHA-1")
        writer = stream.getWriter()
        await writer.write(b"text")
        await writer.abort(KeyError("k"))
        with pytest.raises(KeyError):
            await stream.digest

    async def test_nobody_has_to_look_at_it(self) -> None:
        await crypto.DigestStream("SHA-1").abort(KeyError("k"))


@spec("SPEC_NOTES.md#digest-stream-bytes-written")
class TestBytesWritten:
    async def test_counts_bytes_and_those_of_strings_in_utf_8(self) -> None:
        stream = crypto.DigestStream("SHA-1")
        writer = stream.getWriter()
        assert stream.bytesWritten == 0
        await writer.write(bytes(3))
        await writer.write(b"")
        await writer.write("\u00e9\ud800")
        assert stream.bytesWritten == 3 + 2 + 3


@spec("SPEC_NOTES.md#digest-stream-write")
class TestWrite:
    @pytest.mark.parametrize("chunk", [5, None, [97], {}, object()])
    async def test_what_is_neither_buffer_nor_string_is_an_error(self, chunk: object) -> None:
        stream = crypto.DigestStream("SHA-1")
        writer = stream.getWriter()
        with pytest.raises(TypeError, match="Expected a buffer or a string"):
            await writer.write(chunk)
        with pytest.raises(TypeError):
            await stream.digest

    async def test_large_chunks_are_hashed_in_their_order(self) -> None:
        stream = crypto.DigestStream("SHA-256")
        writer = stream.getWriter()
        chunks = [b"a" * 2_000_000, b"b", b"c" * 1_100_000]
        for chunk in chunks:
            writer.write(chunk)
        await writer.close()
        assert await stream.digest == hashlib.sha256(b"".join(chunks)).digest()


@spec("SPEC_NOTES.md#digest-stream-close")
class TestClose:
    async def test_settles_the_digest_before_it_is_done(self) -> None:
        stream = crypto.DigestStream("SHA-1")
        await stream.close()
        assert "fulfilled" in repr(stream.digest)
