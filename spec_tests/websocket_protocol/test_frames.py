"""Frames: heads, lengths, masks."""

from __future__ import annotations

import os
from itertools import product

import pytest

from worker_runtime.websocket_protocol.frames import (
    BINARY, CLOSE, CONTINUATION, PING, TEXT, CloseCode, ConnectionFailure, FrameHead, frame_head,
    mask, serialize_frame,
)  # fmt: skip

spec = pytest.mark.spec


def head_of(data: bytes, is_masked: bool = False, has_compression: bool = False) -> FrameHead:
    reading = frame_head(is_masked, has_compression)
    want, position = next(reading), 0
    try:
        while True:
            chunk, position = data[position : position + want], position + want
            assert len(chunk) == want
            want = reading.send(chunk)
    except StopIteration as stop:
        assert position == len(data)
        head: FrameHead = stop.value
        return head


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.2")
class TestFrameHead:
    @pytest.mark.parametrize(
        "data, length",
        [(b"\x82\x00", 0), (b"\x82\x7d", 125), (b"\x82\x7e\x00\x7e", 126),
            (b"\x82\x7e\xff\xff", 65535),
         (b"\x82\x7f" + (65536).to_bytes(8, "big"), 65536),
         (b"\x82\x7f" + (2**63 - 1).to_bytes(8, "big"), 2**63 - 1)],
    )  # fmt: skip
    def test_lengths_have_three_forms(self, data: bytes, length: int) -> None:
        assert head_of(data) == FrameHead(True, False, BINARY, b"", length)

    @pytest.mark.parametrize(
        "data",
        [b"\x82\x7e\x00\x7d", b"\x82\x7f" + (65535).to_bytes(8, "big"),
            b"\x82\x7f" + (2**63).to_bytes(8, "big")],
    )  # fmt: skip
    def test_a_length_is_in_its_shortest_form_and_positive(self, data: bytes) -> None:
        with pytest.raises(ConnectionFailure, match="shortest form") as failure:
            head_of(data)
        assert failure.value.code == CloseCode.PROTOCOL_ERROR

    @pytest.mark.parametrize("opcode", [3, 4, 5, 6, 7, 11, 12, 13, 14, 15])
    def test_reserved_opcodes_fail(self, opcode: int) -> None:
        with pytest.raises(ConnectionFailure, match="reserved"):
            head_of(bytes((0x80 | opcode, 0)))

    @pytest.mark.parametrize("bits", range(0x10, 0x80, 0x10))
    @pytest.mark.parametrize("opcode", [CONTINUATION, TEXT, BINARY, CLOSE, PING])
    @pytest.mark.parametrize("has_compression", [False, True])
    def test_reserved_bits_fail_but_for_what_was_negotiated(
        self, bits: int, opcode: int, has_compression: bool
    ) -> None:
        data = bytes((0x80 | bits | opcode, 0))
        if has_compression and bits == 0x40 and opcode in (TEXT, BINARY):
            assert head_of(data, has_compression=True).rsv1
        else:
            with pytest.raises(ConnectionFailure, match="reserved bits"):
                head_of(data, has_compression=has_compression)

    @pytest.mark.parametrize("data", [b"\x08\x00", b"\x09\x00", b"\x89\x7e\x00\x7e", b"\x8a\x7f"])
    def test_a_control_frame_is_whole_and_short(self, data: bytes) -> None:
        with pytest.raises(ConnectionFailure, match="control frame"):
            head_of(data)

    @pytest.mark.parametrize("is_masked", [False, True])
    @pytest.mark.parametrize("has_compression", [False, True])
    def test_every_two_bytes_that_a_frame_can_begin_with(
        self, is_masked: bool, has_compression: bool
    ) -> None:
        data_frames, control_frames = {0x0, 0x1, 0x2}, {0x8, 0x9, 0xA}
        for first, second in product(range(256), range(256)):
            bits, opcode, length = first >> 4 & 7, first & 15, second & 127
            is_valid = (
                (
                    opcode in data_frames
                    or (opcode in control_frames and first >= 128 and length <= 125)
                )
                and (bits == 0 or (bits == 4 and has_compression and opcode in (1, 2)))
                and (second >= 128) == is_masked
            )
            extended = {126: b"\x01\x00", 127: b"\0\0\0\0\0\1\0\0"}.get(length, b"")
            data = bytes((first, second)) + extended + b"mask" * is_masked
            try:
                head = head_of(data, is_masked, has_compression)
            except ConnectionFailure as failure:
                assert not is_valid, data
                assert failure.code == CloseCode.PROTOCOL_ERROR
            else:
                assert is_valid, data
                length = {126: 256, 127: 65536}.get(length, length)
                assert head == FrameHead(
                    first >= 128, bits == 4, opcode, b"mask" * is_masked, length
                )

    @pytest.mark.parametrize("is_masked", [False, True])
    def test_every_length_of_two_bytes_and_the_ends_of_those_of_eight(
        self, is_masked: bool
    ) -> None:
        lengths = [(126, 2, length, 126) for length in range(1 << 16)]
        ends = (
            0,
            125,
            126,
            65535,
            65536,
            2**31,
            2**32,
            2**53,
            2**63 - 1,
            2**63,
            2**63 + 126,
            2**64 - 1,
        )
        for form, size, length, least in [
            *lengths,
            *((127, 8, length, 1 << 16) for length in ends),
        ]:
            data = bytes((0x82, is_masked << 7 | form)) + length.to_bytes(size, "big")
            if least <= length < 1 << 63:
                assert head_of(data + b"mask" * is_masked, is_masked).length == length
            else:
                with pytest.raises(ConnectionFailure, match="shortest form"):
                    head_of(data, is_masked)


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.1")
class TestMaskingByRole:
    def test_a_client_masks(self) -> None:
        assert head_of(b"\x81\x81abcd", is_masked=True).masking_key == b"abcd"
        with pytest.raises(ConnectionFailure, match="client's frame has no mask"):
            head_of(b"\x81\x01", is_masked=True)

    def test_a_server_does_not(self) -> None:
        with pytest.raises(ConnectionFailure, match="server's frame has a mask"):
            head_of(b"\x81\x81abcd")


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-5.3")
class TestMask:
    @pytest.mark.parametrize("length", [0, 1, 2, 3, 4, 5, 511, 512, 513, 1000, 4099])
    @pytest.mark.parametrize("key", [b"\x00\x00\x00\x00", b"\x00\xff\x10\x00", b"\x37\xfa\x21\x3d"])
    def test_each_byte_meets_one_of_the_key_in_turn(self, length: int, key: bytes) -> None:
        payload = os.urandom(length)
        masked = mask(payload, key)
        assert masked == bytes(byte ^ key[index % 4] for index, byte in enumerate(payload))
        assert mask(masked, key) == payload


@spec("https://www.rfc-editor.org/rfc/rfc6455#section-6.1")
class TestSerializeFrame:
    # The examples of https://www.rfc-editor.org/rfc/rfc6455#section-5.7
    @pytest.mark.parametrize(
        "frame, data",
        [(serialize_frame(TEXT, b"Hello"), "810548656c6c6f"),
         (serialize_frame(TEXT, b"Hello", bytes.fromhex("37fa213d")), "818537fa213d7f9f4d5158"),
         (serialize_frame(TEXT, b"Hel", fin=False), "010348656c"),
         (serialize_frame(CONTINUATION, b"lo"), "80026c6f"),
         (serialize_frame(PING, b"Hello"), "890548656c6c6f"),
         (serialize_frame(BINARY, bytes(256))[:4], "827e0100"),
         (serialize_frame(BINARY, bytes(65536))[:10], "827f0000000000010000")],
    )  # fmt: skip
    def test_the_examples_of_the_standard(self, frame: bytes, data: str) -> None:
        assert frame.hex() == data
