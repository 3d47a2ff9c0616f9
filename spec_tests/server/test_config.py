"""The limits of a server."""

from __future__ import annotations

from worker_runtime.http.message import Limits
from worker_runtime.server.config import Config

from .raw_http import HOST, hello, serving, statuses


class TestConfig:
    def test_its_defaults_are_safe(self) -> None:
        config = Config()
        assert config.messages == Limits(16 * 1024, 64 * 1024, 200, 4 * 1024, 16 * 1024, 16 * 1024)
        assert (config.head_timeout, config.idle_timeout, config.drain_timeout) == (30, 75, 30)
        assert config.content is None and 0 < config.connections and 0 < config.unread_content

    async def test_all_of_them_can_be_set(self) -> None:
        config = Config(Limits(request_line=20, header_section=20, field_lines=2))
        async with serving(hello, config) as server:
            for data, status in (
                (b"GET /123456789 HTTP/1.1\r\n" + HOST + b"\r\n", 414),
                (b"GET / HTTP/1.1\r\n" + HOST + b"X: 1234567890123\r\n\r\n", 431),
                (b"GET / HTTP/1.1\r\n" + HOST + b"X:\r\nX:\r\n\r\n", 431),
                (b"GET / HTTP/1.0\r\n\r\n", 200),
            ):
                assert statuses(await server.ask(data)) == [status]
