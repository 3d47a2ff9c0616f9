"""What a request carries. That it is what curl sends is seen in test_curl_requests.py."""

from __future__ import annotations

import asyncio
import os
import threading
from pathlib import Path

import pytest

from worker_runtime.cli.curl_content import Content, ContentError, attributes_of, content_of
from worker_runtime.host.entropy import SystemEntropy

from .wire import OK, fetch, server_of


class TestContent:
    def test_a_file_is_read_when_it_is_sent_and_can_be_sent_again(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"b" * 200_000)
        content = Content([b"a", tmp_path / "file", b"c"])
        assert content.length == 200_002

        async def read() -> tuple[bytes, int]:
            pieces = [piece async for piece in content.body().stream]
            return b"".join(pieces), max(map(len, pieces))

        for _ in range(2):
            whole, longest = asyncio.run(read())
            assert whole == b"a" + b"b" * 200_000 + b"c" and longest <= 65_536

    def test_a_large_file_is_sent_in_pieces_with_its_length(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(bytes(range(256)) * 4000)
        with server_of([OK]) as (port, requests):
            assert fetch(f"http://127.0.0.1:{port}/", "-T", str(tmp_path / "file")) == 0
        head, _, content = requests[0].partition(b"\r\n\r\n")
        assert content == bytes(range(256)) * 4000 and b"Content-Length: 1024000" in head

    def test_a_pipe_is_sent_as_it_comes(self, tmp_path: Path) -> None:
        if not hasattr(os, "mkfifo"):
            pytest.skip("this platform has no pipes with names")
        os.mkfifo(tmp_path / "pipe")
        writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"abc",))
        writer.start()
        with server_of([OK]) as (port, requests):
            assert fetch(f"http://127.0.0.1:{port}/", "-T", str(tmp_path / "pipe")) == 0
        writer.join()
        assert b"Transfer-Encoding: chunked" in requests[0]
        assert requests[0].endswith(b"3\r\nabc\r\n0\r\n\r\n")

    def test_a_file_that_is_shorter_than_it_was_is_an_error(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / "file").write_bytes(b"abc")
        monkeypatch.setattr(Content, "length", 5)
        with server_of([OK]) as (port, _):
            assert fetch(f"http://127.0.0.1:{port}/", "-T", str(tmp_path / "file")) == 1
        assert "shorter than its Content-Length, by 2 bytes" in capfd.readouterr().err


class TestContentOf:
    def test_json_is_put_together_without_a_sign_between(self) -> None:
        content = content_of([("json", '{"a":'), ("json", "1}")], SystemEntropy())
        assert content is not None and content.parts == [b'{"a":1}']
        assert content.type == content.accept == "application/json"

    def test_kinds_do_not_mix(self) -> None:
        with pytest.raises(ContentError, match="keep one of them"):
            content_of([("json", "1"), ("data", "a")], SystemEntropy())

    def test_a_part_has_a_name(self) -> None:
        with pytest.raises(ContentError, match="NAME=VALUE, not 'x'"):
            content_of([("form", "x")], SystemEntropy())

    def test_a_file_has_to_be_there(self) -> None:
        with pytest.raises(FileNotFoundError):
            content_of([("form", "f=@/nowhere/at/all")], SystemEntropy())

    def test_a_name_cannot_end_its_quotes(self) -> None:
        content = content_of([("form-string", 'a"b\r\nc=d')], SystemEntropy())
        assert content is not None and isinstance(content.parts[0], bytes)
        assert b'name="a%22b%0D%0Ac"\r\n\r\nd' in content.parts[0]


class TestAttributesOf:
    @pytest.mark.parametrize(
        "value, begin, attributes",
        [
            ("@f;type=text/x", "@f", {"type": "text/x"}),
            ("@f;type=text/x;charset=y;filename=g", "@f",
             {"type": "text/x;charset=y", "filename": "g"}),
            ('@"a;b";filename="c\\"d;type=e"', "@a;b", {"filename": 'c"d;type=e'}),
            ("a;b", "a;b", {}),
        ],
    )  # fmt: skip
    def test_they_stand_behind_semicolons(
        self, value: str, begin: str, attributes: dict[str, str]
    ) -> None:
        assert attributes_of(value) == (begin, attributes)
