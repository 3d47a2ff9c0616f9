"""Web IDL, 3.2: type mapping."""

from __future__ import annotations

import array
import io
import math
import re
import warnings
from decimal import Decimal
from pathlib import Path

import pytest

from worker_runtime import Promise
from worker_runtime.webidl.type_mapping import (
    get_a_copy_of_the_buffer_source,
    is_buffer_source,
    to_byte_string,
    to_dom_string,
    to_double,
    to_epoch_time_stamp,
    to_integer,
    to_number,
    to_usv_string,
)

spec = pytest.mark.spec


@spec("https://webidl.spec.whatwg.org/#js-DOMString")
class TestDOMString:
    @pytest.mark.parametrize(
        "value, string",
        [("\ud800", "\ud800"), (1, "1"), (1.5, "1.5"), (True, "true"), (False, "false")],
    )
    def test_keeps_strings_and_spells_other_values(self, value: object, string: str) -> None:
        assert to_dom_string(value) == string

    def test_takes_what_has_a_stringifier(self) -> None:
        class Stringifier:
            def __str__(self) -> str:
                return "s"

        assert to_dom_string(Stringifier()) == "s"

    @pytest.mark.parametrize(
        "value", [None, b"x", bytearray(b"x"), memoryview(b"x"), array.array("B")]
    )
    def test_refuses_none_and_buffers(self, value: object) -> None:
        with pytest.raises(TypeError, match=type(value).__name__):
            to_dom_string(value)

    @pytest.mark.parametrize(
        "value, message",
        [
            ([1, 2], "a string, not list [1, 2]: write json.dumps(...) to send it as JSON"),
            ({}, "a string, not dict {}: write json.dumps(...) to send it as JSON"),
            (b"x", "a string, not bytes: write .decode() behind it"),
            (Path("a"), "write str(path) for its name, path.read_text() or path.read_bytes()"),
            (io.BytesIO(), "a string, not BytesIO: write what its read() returns"),
            (to_usv_string, "a string, not function: write to_usv_string() to call it"),
            (Promise.resolve(), "a string, not Promise: write `await` before it"),
            (object(), "a string, not object"),
            (str, "a string, not type: write str() to call it"),
        ],
    )
    def test_refuses_what_is_no_text_and_says_what_to_write(
        self, value: object, message: str
    ) -> None:
        with pytest.raises(TypeError, match=re.escape(message)):
            to_dom_string(value)

    def test_a_coroutine_that_was_not_awaited_is_closed(self) -> None:
        async def coroutine() -> None: ...

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            with pytest.raises(TypeError, match="a string, not coroutine: write `await`"):
                to_dom_string(coroutine())


@spec("https://webidl.spec.whatwg.org/#js-USVString")
class TestUSVString:
    @pytest.mark.parametrize(
        "value, string",
        [
            ("a", "a"),
            ("é", "é"),
            ("\ud800", "\ufffd"),
            ("x\udfffy", "x\ufffdy"),
            ("\ud83d\ude00", "\U0001f600"),
        ],
    )
    def test_has_no_surrogate(self, value: str, string: str) -> None:
        assert to_usv_string(value) == string


@spec("https://webidl.spec.whatwg.org/#js-ByteString")
class TestByteString:
    def test_has_code_points_of_a_byte(self) -> None:
        assert to_byte_string("a\xff") == "a\xff"

    def test_a_larger_code_point_is_a_type_error_that_says_where(self) -> None:
        with pytest.raises(TypeError, match="at 1"):
            to_byte_string("aĀ")


@spec("https://webidl.spec.whatwg.org/#abstract-opdef-converttoint")
class TestInteger:
    @pytest.mark.parametrize(
        "value, bits, signed, integer",
        [(1.9, 16, False, 1), (-1, 16, False, 65535), (65536, 16, False, 0), (128, 8, True, -128),
            (-129, 8, True, 127),
         (math.nan, 32, False, 0), (math.inf, 32, True, 0), (Decimal("7.5"), 8, False, 7),
         (2**64 + 5, 64, False, 5)],
    )  # fmt: skip
    def test_wraps(self, value: float | Decimal, bits: int, signed: bool, integer: int) -> None:
        assert to_integer(value, bits, signed) == integer

    @pytest.mark.parametrize("value", [-1, 256, math.nan, math.inf, 2**80])
    def test_enforce_range_is_a_type_error(self, value: float) -> None:
        with pytest.raises(TypeError, match="from 0 to 255"):
            to_integer(value, 8, enforce_range=True)

    @pytest.mark.parametrize(
        "value, integer",
        [
            (-0.5, 0),
            (254.9, 255),
            (2.5, 2),
            (3.5, 4),
            (1e9, 255),
            (-5, 0),
            (math.nan, 0),
            (math.inf, 255),
        ],
    )
    def test_clamp_takes_the_nearest_and_ties_go_to_even(self, value: float, integer: int) -> None:
        assert to_integer(value, 8, clamp=True) == integer

    @pytest.mark.parametrize("signed", [False, True])
    @pytest.mark.parametrize("bits", [8, 16, 32, 64])
    @pytest.mark.parametrize("flags", [{}, {"enforce_range": True}, {"clamp": True}])
    def test_an_int_is_converted_as_the_float_of_it(
        self, bits: int, signed: bool, flags: dict[str, bool]
    ) -> None:
        def outcome(value: float) -> int | type[TypeError]:
            try:
                return to_integer(value, bits, signed, **flags)
            except TypeError as error:
                return type(error)

        borders = [0, 1 << (bits - 1), 1 << bits, 1 << 31, 1 << 52]
        for value in (border + offset for border in borders for offset in (-1, 0, 1)):
            if abs(value) <= 2**53 and int(float(value)) == value:
                assert outcome(value) == outcome(float(value)), value

    def test_a_long_long_in_range_is_exact_up_to_2_to_the_53(self) -> None:
        assert to_integer(2**53 - 1, 64, signed=True, enforce_range=True) == 2**53 - 1
        with pytest.raises(TypeError):
            to_integer(2**53, 64, signed=True, enforce_range=True)


@spec("https://webidl.spec.whatwg.org/#js-double")
class TestDouble:
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_refuses_what_is_not_finite(self, value: float) -> None:
        with pytest.raises(TypeError):
            to_double(value)

    def test_keeps_numbers(self) -> None:
        assert (to_double(3), to_double(0.5)) == (3, 0.5)


@spec("SPEC_NOTES.md#cannot-be-meant")
class TestEpochTimeStamp:
    @pytest.mark.parametrize("seconds", [1e9, 1.76e9, 9_999_999_999])
    def test_seconds_are_refused(self, seconds: float) -> None:
        with pytest.raises(TypeError, match=rf"^expires is .*: write {seconds:.0f} \* 1000$"):
            to_epoch_time_stamp(seconds, "expires")

    @pytest.mark.parametrize("time", [-1, 0, 1e9 - 1, 1e10, 1.76e12])
    def test_milliseconds_are_a_double(self, time: float) -> None:
        assert to_epoch_time_stamp(time, "expires") == time


@spec("https://webidl.spec.whatwg.org/#js-unrestricted-double")
class TestNumber:
    @pytest.mark.parametrize("value", [None, [], "x", b"1", object()])
    def test_refuses_what_is_no_number(self, value: object) -> None:
        with pytest.raises(TypeError, match="Expected a number"):
            to_number(value)  # type: ignore[arg-type]


@spec("https://webidl.spec.whatwg.org/#dfn-buffer-source-type")
class TestIsBufferSource:
    def test_is_the_buffer_protocol(self) -> None:
        assert all(map(is_buffer_source, [b"", bytearray(), memoryview(b""), array.array("H")]))
        assert not any(map(is_buffer_source, ["", 1, None, [1]]))


@spec("https://webidl.spec.whatwg.org/#dfn-get-buffer-source-copy")
class TestGetACopyOfTheBufferSource:
    @pytest.mark.parametrize(
        "buffer",
        [
            b"ab",
            bytearray(b"ab"),
            memoryview(b"xabx")[1:3],
            array.array("B", b"ab"),
            memoryview(b"a-b-")[::2],
        ],
    )
    def test_gives_the_bytes_that_are_seen(self, buffer: object) -> None:
        assert get_a_copy_of_the_buffer_source(buffer) == b"ab"

    def test_a_released_view_is_detached_and_empty(self) -> None:
        view = memoryview(b"ab")
        view.release()
        assert get_a_copy_of_the_buffer_source(view) == b""

    def test_anything_else_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="str"):
            get_a_copy_of_the_buffer_source("ab")
