"""curl's options, as they are written."""

from __future__ import annotations

import pytest

from worker_runtime.cli.curl_options import header, in_full
from worker_runtime.cli.main import argument_parser

from .wire import fetch


class TestInFull:
    @pytest.mark.parametrize(
        "arguments, full",
        [
            (["-sSL", "u"], ["--silent", "--show-error", "--location", "u"]),
            (["-sSLo", "x", "u"], ["--silent", "--show-error", "--location", "--output=x", "u"]),
            (["-XPUT", "-d@f"], ["--request=PUT", "--data=@f"]),
            (["-d", "-5", "-H", "--x: y"], ["--data=-5", "--header=--x: y"]),
            (["--data", "--json", "-"], ["--data=--json", "-"]),
            (["-d", ""], ["--data="]),
            (["--json", "{}", "-d"], ["--json={}", "--data"]),
            (["-s", "--", "-L"], ["--silent", "--", "-L"]),
            (["-sZ", "--none"], ["--silent", "-Z", "--none"]),
        ],
    )
    def test_letters_stand_together_and_values_are_what_follows(
        self, arguments: list[str], full: list[str]
    ) -> None:
        assert in_full(argument_parser(["fetch"]).of_command("fetch"), arguments) == full

    def test_data_keeps_its_order(self) -> None:
        options = argument_parser(["fetch"]).parse_args(
            ["fetch", "u", "--data=a", "--data-raw=@b", "--data=c"]
        )
        assert options.data == [("data", "a"), ("data-raw", "@b"), ("data", "c")]


class TestHeader:
    def test_a_header_may_be_left_out_or_empty(self) -> None:
        assert header("Accept:") == header("Accept: ") == ("Accept", None)
        assert header("X;") == ("X", "")
        assert header("X : y ") == ("X", "y")
        assert header("X: \u00fc") == ("X", "\u00c3\u00bc")  # its bytes are UTF-8

    @pytest.mark.parametrize("text", ["no header", ": y", "X: a\r\nY: b", "a b: c", "X: \0"])
    def test_nothing_can_be_slipped_in(self, text: str, capfd: pytest.CaptureFixture[str]) -> None:
        assert fetch("http://127.0.0.1:1/", "-H", text) == 2
        assert "a header is NAME: VALUE" in capfd.readouterr().err

    @pytest.mark.parametrize("option", ["-A", "-b"])
    def test_nor_by_an_option_of_its_own(
        self, option: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert fetch("http://127.0.0.1:1/", option, "a=b\r\nX: y") == 2
        assert "a header is NAME: VALUE" in capfd.readouterr().err


@pytest.mark.parametrize("option", ["--max-time", "--connect-timeout", "--timeout"])
@pytest.mark.parametrize("text", ["0", "-1", "nan", "inf", "soon"])
def test_a_time_is_a_number_of_seconds(
    option: str, text: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert fetch("http://127.0.0.1:1/", option, text) == 2
    assert f"expected a number of seconds, not {text!r}" in capfd.readouterr().err
