"""RFC 8878, 3.1: frames that are whole, cut, corrupt, and much larger than they look."""

from __future__ import annotations

import shutil
import subprocess
from random import Random

import pytest

from worker_runtime.zstandard.bitstreams import ZstandardFailure
from worker_runtime.zstandard.frames import (
    MOST_BLOCK_SIZE,
    ByteReader,
    FrameHeader,
    frame,
    frame_header,
)

from .streams import FRAMES, block_of, decoded, frame_of

spec = pytest.mark.spec
each_frame = pytest.mark.parametrize("data, packed", FRAMES.values(), ids=FRAMES)


def fails(packed: bytes, message: str) -> None:
    with pytest.raises(ZstandardFailure, match=message):
        decoded([packed])


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1")
class TestFrame:
    @each_frame
    def test_it_gives_back_what_was_compressed(self, data: bytes, packed: bytes) -> None:
        assert decoded([packed]) == (data, b"")

    @each_frame
    def test_a_frame_can_come_in_any_two_pieces_and_in_bytes(
        self, data: bytes, packed: bytes
    ) -> None:
        for cut in range(len(packed) + 1):
            assert decoded([packed[:cut], packed[cut:]]) == (data, b"")
        assert decoded([packed[at : at + 1] for at in range(len(packed))]) == (data, b"")

    @each_frame
    def test_what_stands_behind_it_is_given_back(self, data: bytes, packed: bytes) -> None:
        assert decoded([packed + packed]) == (data, packed)

    @each_frame
    def test_a_frame_that_is_cut_has_no_end(self, data: bytes, packed: bytes) -> None:
        for length in range(len(packed)):
            output, rest = decoded([packed[:length]])
            assert rest is None and data.startswith(output)

    @each_frame
    def test_any_bit_that_is_wrong_leads_to_output_or_to_a_failure(
        self, data: bytes, packed: bytes
    ) -> None:
        for bit in range(8 * len(packed)):
            corrupt = bytearray(packed)
            corrupt[bit // 8] ^= 1 << bit % 8
            try:
                decoded([bytes(corrupt) + bytes(8)])
            except ZstandardFailure as failure:
                assert str(failure)

    def test_so_do_random_blocks(self) -> None:
        random = Random(1)
        outcomes = set()
        for _ in range(3000):
            content = random.randbytes(random.randrange(3, 60))
            try:
                decoded([frame_of(block_of(2, len(content), content))])
            except ZstandardFailure as failure:
                outcomes.add(str(failure))
        assert len(outcomes) > 5

    def test_a_bomb_goes_off_in_blocks(self) -> None:
        stream = frame()
        next(stream)
        first = stream.send(frame_of(*[block_of(1, MOST_BLOCK_SIZE, b"0")] * 1000))
        lengths = [len(first or b"")]
        lengths += [len(next(stream) or b"") for _ in range(999)]
        assert lengths == [MOST_BLOCK_SIZE] * 1000

    def test_a_skippable_frame_has_no_output(self) -> None:
        packed = bytes.fromhex("5a2a4d18") + (300).to_bytes(4, "little") + bytes(300)
        assert decoded([packed + b"next"]) == (b"", b"next")
        assert decoded([packed[at : at + 7] for at in range(0, len(packed), 7)]) == (b"", b"")

    @pytest.mark.parametrize("packed, message", [
        (b"<html>", "begins with 0x6d74683c"),
        (frame_of(block_of(3, 1, b"0")), "reserved type"),
        (frame_of(block_of(1, MOST_BLOCK_SIZE + 1, b"0")), "131073 bytes; 131072 is the most"),
        (frame_of(block_of(0, 2, b"ab"), header="2001"), "2 bytes; 1 is the most"),
        (frame_of(block_of(0, 2, b"ab"), header="2003"), "2 bytes; its frame says 3"),
        (FRAMES["nothing"][1][:-1] + b"0", "checksum"),
    ])  # fmt: skip
    def test_what_is_wrong_is_a_failure(self, packed: bytes, message: str) -> None:
        fails(packed, message)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1")
@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.1")
@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1.1.2")
@spec("https://www.rfc-editor.org/rfc/rfc9659#section-3")
class TestFrameHeader:
    @pytest.mark.parametrize("header, expected", [
        ("0058", FrameHeader(2 << 20, None, False)),
        ("0400", FrameHeader(1024, None, True)),
        ("0007", FrameHeader(1920, None, False)),
        ("2005", FrameHeader(5, 5, False)),
        ("600000", FrameHeader(256, 256, False)),
        ("a000008000", FrameHeader(8 << 20, 8 << 20, False)),
        ("c0580000000000000001", FrameHeader(2 << 20, 1 << 56, False)),
        ("015800", FrameHeader(2 << 20, None, False)),
        ("1058", FrameHeader(2 << 20, None, False)),
    ])  # fmt: skip
    def test_its_fields_have_lengths_by_the_flags(self, header: str, expected: FrameHeader) -> None:
        reader = ByteReader()
        reader.data = bytes.fromhex(header)
        with pytest.raises(StopIteration) as stop:
            next(frame_header(reader))
        assert stop.value.value == expected
        assert reader.position == len(reader.data)

    @pytest.mark.parametrize("header, message", [
        ("08", "reserved bit"),
        ("015805", "the dictionary 5"),
        ("0069", "9437184 bytes; 8388608 is the most"),
        ("a001008000", "8388609 bytes"),
    ])  # fmt: skip
    def test_what_is_not_supported_is_a_failure(self, header: str, message: str) -> None:
        fails(frame_of(block_of(0, 1, b"a"), header=header), message)


@spec("https://www.rfc-editor.org/rfc/rfc8878#section-3.1.1")
class TestByteReader:
    def test_it_waits_until_all_bytes_are_there(self) -> None:
        steps = ByteReader().take(4)
        assert next(steps) == b"" and steps.send(b"ab") == b"" and steps.send(b"") == b""
        with pytest.raises(StopIteration) as stop:
            steps.send(b"cdef")
        assert stop.value.value == b"abcd"


class TestAgainstZstd:
    @pytest.mark.parametrize(
        "options", [["-1"], ["-3", "--no-check"], ["-19"], ["--fast=9"], ["-12"]]
    )
    def test_what_it_compresses_comes_back(self, options: list[str]) -> None:
        zstd = shutil.which("zstd")
        if zstd is None:
            pytest.skip("zstd is not here")
        random = Random(1)
        words = [random.randbytes(random.randrange(2, 9)) for _ in range(3000)]
        data = (
            b" ".join(random.choices(words, k=40_000)) + random.randbytes(50_000) + b"abc" * 70_000
        )
        packed = subprocess.run(
            [zstd, "-q", "-c", *options], input=data, stdout=subprocess.PIPE, check=True, timeout=60
        ).stdout
        assert decoded([packed[at : at + 1000] for at in range(0, len(packed), 1000)]) == (
            data,
            b"",
        )
