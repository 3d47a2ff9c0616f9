"""Frames between a member of a bus and its broker."""

from __future__ import annotations

import pytest

from worker_runtime.host import bus_frames
from worker_runtime.host.bus import BusFailure
from worker_runtime.host.bus_frames import (
    Frame,
    FrameReader,
    Kind,
    encode,
    number_of,
    pack_message,
    unpack_message,
)

FRAMES = [Frame(Kind.HELLO, 1), Frame(Kind.CLAIM, 7, b"a name"), Frame(Kind.MESSAGE, 2**32 - 1)]


class TestFrameReader:
    def test_frames_are_made_of_bytes_however_they_come(self) -> None:
        data = b"".join(map(encode, FRAMES))
        assert data.startswith(b"\0\0\0\x05\x01\0\0\0\x01")
        for size in (1, 2, 5, len(data)):
            reader = FrameReader()
            pieces = [data[begin : begin + size] for begin in range(0, len(data), size)]
            assert [frame for piece in pieces for frame in reader.feed(piece)] == FRAMES

    @pytest.mark.parametrize(
        "data",
        [bytes(9), b"\0\0\0\x04\x01\0\0\0\0", b"\xff\xff\xff\xff\x04\0\0\0\0",
         b"\0\0\0\x05\0\0\0\0\0", b"\0\0\0\x05\x63\0\0\0\0"],
    )  # fmt: skip
    def test_what_is_no_frame_is_refused(self, data: bytes) -> None:
        with pytest.raises(BusFailure):
            list(FrameReader().feed(data))


class TestNumber:
    @pytest.mark.parametrize("data", [b"", b"\0\0\0", bytes(5)])
    def test_has_four_bytes(self, data: bytes) -> None:
        assert number_of(b"\0\0\1\0") == 256
        with pytest.raises(BusFailure):
            number_of(data)


class TestMessage:
    def test_has_a_topic(self) -> None:
        assert unpack_message(pack_message("topic", b"message")) == ("topic", b"message")

    @pytest.mark.parametrize("data", [b"", b"\1", b"\5abcd", b"\1\xff"])
    def test_without_one_it_is_none(self, data: bytes) -> None:
        with pytest.raises(BusFailure):
            unpack_message(data)

    def test_is_bounded(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(bus_frames, "MOST_BYTES_OF_A_MESSAGE", 10)
        assert pack_message("a", bytes(10))
        with pytest.raises(BusFailure, match="at most 10 bytes, not 11"):
            pack_message("a", bytes(11))
