"""Lines of NAME=VALUE."""

from __future__ import annotations

from pathlib import Path

import pytest

from worker_runtime.cli.env_files import EnvFileError, parse_env_file, read_env_file


class TestParseEnvFile:
    @pytest.mark.parametrize(
        "text, value",
        [
            ("A=b", "b"), ("A = b ", "b"), ("export A=b", "b"), ("\t export\tA=b", "b"),
            ("A=", ""), ("A=b c", "b c"), ("A=b=c", "b=c"), ("A=b\r\n", "b"), ("A=$HOME", "$HOME"),
            ("A=b#c", "b#c"), ("A=b #c", "b"), ("A=b\t# c", "b"), ("A=#c", ""),
            ("A=https://x/#y", "https://x/#y"),
            ("A=b\\\nc", "bc"), ("A='b'", "b"), ("A='b c' # d", "b c"), ("A='#'", "#"),
            ("A='b\nc'", "b\nc"), ("A='\\n'", "\\n"), ("A=\"b\"", "b"), ("A=\"b\\nc\"", "b\nc"),
            ("A=\"\\\"\\\\\\$\\t\"", "\"\\$\t"), ("A=\"b\\\nc\"", "bc"), ("A=\"\\x\"", "\\x"),
            ("A=\"# b\"", "# b"), ("A=b'c'", "b'c'"), ("A='b'\nA='c'", "c"),
            ("# A=x\n\n \nA=b", "b"), ("A=\u00fc", "\u00fc"), ("A=''", ""), ('A=""', ""),
        ],
    )  # fmt: skip
    def test_a_value(self, text: str, value: str) -> None:
        assert parse_env_file(text) == {"A": value}

    @pytest.mark.parametrize(
        "text, message",
        [
            ("A=b\nno variable", "f:2: expected NAME=VALUE, not 'no variable'"),
            ("1A=b", "f:1: '1A' is not a name"), ("A-B=c", "f:1: 'A-B' is not a name"),
            ("=b", "f:1: '' is not a name"), ("\u0661=b", "is not a name"),
            ("A='b", "f:1: the value of A has no closing '"),
            ('\nA="b\n\\"', 'f:2: the value of A has no closing "'),
            ("A='b'c", "f:1: something follows the closing ' of A"),
            ("A='b\nc'd", "f:2: something follows"),
        ],
    )  # fmt: skip
    def test_anything_else_is_an_error_with_its_line(self, text: str, message: str) -> None:
        with pytest.raises(EnvFileError) as caught:
            parse_env_file(text, "f")
        assert message in str(caught.value)


class TestReadEnvFile:
    def test_a_byte_order_mark_is_no_part_of_a_name(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfA=b")
        assert read_env_file(tmp_path / ".env") == {"A": "b"}

    def test_what_is_not_utf_8_is_an_error(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"A=\xff")
        with pytest.raises(EnvFileError, match="not UTF-8"):
            read_env_file(tmp_path / ".env")
