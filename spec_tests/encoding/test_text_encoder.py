"""Encoding Standard, 7.3 and 7.4."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from typing import Any

import pytest

from worker_runtime import TextEncoder

spec = pytest.mark.spec


@spec("https://encoding.spec.whatwg.org/#textencoder")
@spec("https://encoding.spec.whatwg.org/#textencoder")
@spec("https://encoding.spec.whatwg.org/#textencodercommon")
class TestTextEncoderCommon:
    def test_is_always_utf_8(self) -> None:
        assert TextEncoder().encoding == "utf-8"


@spec("https://encoding.spec.whatwg.org/#dom-textencoder-encode")
class TestEncode:
    @pytest.mark.parametrize(
        "input, output",
        [
            ("", b""), ("\x00", b"\x00"), ("z\xa2\u6c34", b"z\xc2\xa2\xe6\xb0\xb4"),
            ("\U0001d11e", b"\xf0\x9d\x84\x9e"), ("\ufeff", b"\xef\xbb\xbf"),
            ("\ud800", b"\xef\xbf\xbd"), ("a\udc00b", b"a\xef\xbf\xbdb"),
            ("\ud834\udd1e", b"\xf0\x9d\x84\x9e"), ("\udd1e\ud834", b"\xef\xbf\xbd" * 2),
        ],
    )  # fmt: skip
    def test_encodes_scalar_values(self, input: str, output: bytes) -> None:
        assert TextEncoder().encode(input) == output

    def test_nothing_is_nothing(self) -> None:
        assert TextEncoder().encode() == b""

    def test_the_official_vectors_pass(self, wpt_data: Callable[[str], Any]) -> None:
        for vector in wpt_data("encoding/textencoder-utf16-surrogates.json")["data"]["bad"]:
            # joins the halves of a pair
            expected = vector["expected"].encode("utf-16", "surrogatepass").decode("utf-16")
            assert TextEncoder().encode(vector["input"]) == expected.encode()


@spec("https://encoding.spec.whatwg.org/#dom-textencoder-encodeinto")
class TestEncodeInto:
    @pytest.mark.parametrize(
        "source, room, read, bytes",
        [
            ("", 0, 0, b""), ("a", 0, 0, b""), ("abc", 2, 2, b"ab"), ("abc", 9, 3, b"abc"),
            ("\xe4\xe4", 3, 1, b"\xc3\xa4"), ("a\u6c34", 3, 1, b"a"),
            ("\U0001f4a9b", 3, 0, b""), ("\U0001f4a9b", 4, 2, b"\xf0\x9f\x92\xa9"),
            ("\U0001f4a9b", 5, 3, b"\xf0\x9f\x92\xa9b"), ("a\U0001f4a9b", 4, 1, b"a"),
            ("\ud83d\udca9", 4, 2, b"\xf0\x9f\x92\xa9"), ("\ud83d", 3, 1, b"\xef\xbf\xbd"),
            ("\ud83da", 2, 0, b""),
        ],
    )  # fmt: skip
    def test_writes_the_whole_code_points_that_there_is_room_for(
        self, source: str, room: int, read: int, bytes: bytes
    ) -> None:
        destination = bytearray(b"." * (room + 1))
        result = TextEncoder().encodeInto(source, memoryview(destination)[:room])
        assert (result.read, result.written) == (read, len(bytes))
        assert destination == bytes + b"." * (room + 1 - len(bytes))

    def test_is_what_encode_writes_for_every_room(self) -> None:
        source = "a\xe4\u6c34\U0001f4a9\ud83dz"
        whole = TextEncoder().encode(source)
        for room in range(len(whole) + 2):
            destination = bytearray(room)
            read, written = TextEncoder().encodeInto(source, destination)
            assert destination == whole[:written] + b"\x00" * (room - written)
            code_units = source.encode("utf-16-le", "surrogatepass")[: 2 * read].decode(
                "utf-16-le", "surrogatepass"
            )
            assert TextEncoder().encode(code_units) == whole[:written]
            assert written == len(whole) or room - written < 4

    @pytest.mark.parametrize(
        "make",
        [bytearray, lambda bytes: memoryview(bytearray(bytes)), lambda bytes: array("B", bytes)],
    )
    def test_takes_any_writable_buffer(self, make: Callable[[bytes], Any]) -> None:
        destination = make(b"....")
        assert TextEncoder().encodeInto("\u20ac", destination) == (1, 3)
        assert bytes(destination) == b"\xe2\x82\xac."

    def test_a_view_of_wider_elements_is_its_bytes(self) -> None:
        destination = array("I", [0, 0])
        assert TextEncoder().encodeInto("abcdefgh", destination).written == 8  # type: ignore[arg-type]
        assert destination.tobytes() == b"abcdefgh"

    def test_lets_go_of_the_buffer(self) -> None:
        destination = bytearray(2)
        TextEncoder().encodeInto("abc", destination)
        destination.append(0)  # BufferError if somebody still held it
        assert destination == b"ab\0"

    def test_a_released_buffer_has_no_room(self) -> None:
        destination = memoryview(bytearray(4))
        destination.release()
        assert TextEncoder().encodeInto("abc", destination) == (0, 0)

    @pytest.mark.parametrize(
        "destination", [b"....", memoryview(b"...."), "....", None, 4], ids=repr
    )
    def test_what_cannot_be_written_to_is_a_type_error(self, destination: Any) -> None:
        with pytest.raises(TypeError):
            TextEncoder().encodeInto("abc", destination)

    def test_its_result_cannot_be_changed(self) -> None:
        result = TextEncoder().encodeInto("abc", bytearray(2))
        with pytest.raises(AttributeError):
            result.read = 5  # type: ignore[misc]
