"""URL Standard, 1.1 and 4.3."""

from __future__ import annotations

from typing import get_args

import pytest

from worker_runtime.url.writing import (
    URLFailure,
    ValidationError,
    code_points_that_are_no_url_units,
)

spec = pytest.mark.spec


@spec("https://url.spec.whatwg.org/#validation-error")
class TestURLFailure:
    def test_its_message_is_the_validation_error(self) -> None:
        assert str(URLFailure("IPv6-unclosed")) == "IPv6-unclosed"

    def test_may_come_without_one(self) -> None:
        assert (URLFailure().validation_error, str(URLFailure())) == (None, "failure")

    def test_the_table_has_thirty_names(self) -> None:
        assert len(set(get_args(ValidationError))) == 30


@spec("https://url.spec.whatwg.org/#url-units")
class TestCodePointsThatAreNoURLUnits:
    @pytest.mark.parametrize(
        "string, expected",
        [
            ("azAZ09!$&'()*+,-./:;=?@_~", ""),
            (' "#<>[\\]^`{|}\x00\x7f', ' "#<>[\\]^`{|}\x00\x7f'),
            ("%41%aF", ""),
            ("%%4%4g%", "%%%%"),
            ("\x80\x9f\xa0", "\x80\x9f"),
            ("\ud7ff\ue000\U0010fffd", ""),
            ("\ufdcf\ufdd0\ufdef\ufdf0", "\ufdd0\ufdef"),
            (
                "\ufffd\ufffe\uffff\U0001fffd\U0001fffe\U0010ffff",
                "\ufffe\uffff\U0001fffe\U0010ffff",
            ),
        ],
    )
    def test_finds_each(self, string: str, expected: str) -> None:
        assert "".join(code_points_that_are_no_url_units(string)) == expected
