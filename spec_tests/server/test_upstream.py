"""Upstream: what is passed on, and what is not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.headers import HeaderList
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.response_class import create
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.network import TCPAddress
from worker_runtime.server.upstream import (
    Upstream,
    body_to_send,
    end_to_end_fields,
    forwarded_headers,
)

from .processes import serving

LISTENER = """
from worker_runtime import Response, addEventListener, fetch
def answer(event):
    if event.request.url.endswith("/own"):
        event.respondWith(Response("own"))
    elif event.request.url.endswith("/out"):
        event.respondWith(fetch("http://127.0.0.1:1234/"))
addEventListener("fetch", answer)
"""


class Echo(BaseHTTPRequestHandler):
    """Tells what it has got: the target, the headers in lower case, the body."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        if self.headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
        fields = "".join(f"{name.lower()}: {value}\n" for name, value in self.headers.items())
        content = f"{self.path}\n{fields}".encode() + body
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        # which it is not: nobody on the way has to look at it
        self.send_header("Content-Encoding", "gzip")
        self.send_header("X-Hop", "1")
        self.send_header("Connection", "x-hop")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST

    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@pytest.fixture
def upstream_url() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/base/"
    server.shutdown()
    thread.join()
    server.server_close()


def request_for(
    url: str, method: str = "GET", *headers: tuple[str, str], body: bytes | None = None
) -> RequestRecord:
    record = RequestRecord(
        url, method, HeaderList(headers), None if body is None else BodyRecord(body, len(body))
    )
    record.remote_address = TCPAddress("192.0.2.1", 5000)
    return record


async def read(response: ResponseRecord) -> str:
    return await create(response, "immutable").text()


class TestForward:
    async def test_target_headers_and_body_go_along(self, upstream_url: str) -> None:
        headers = (("host", "worker.example"), ("x-one", "1"))
        request = request_for("http://worker.example/path?query", "POST", *headers, body=b"body")
        response = await Upstream(upstream_url).forward(request, FetchController())
        text = await read(response)
        assert text.startswith("/base/path?query\n") and text.endswith("\nbody")
        assert f"host: {upstream_url.split('/')[2]}\n" in text
        assert "x-one: 1\n" in text and "user-agent" not in text
        assert (
            "x-forwarded-for: 192.0.2.1\nx-forwarded-proto: http\n"
            "x-forwarded-host: worker.example\n" in text
        )
        assert 'forwarded: for=192.0.2.1;host="worker.example";proto=http\n' in text

    async def test_content_is_not_decoded_and_hops_end_here(self, upstream_url: str) -> None:
        response = await Upstream(upstream_url).forward(
            request_for("http://worker.example/"), FetchController()
        )
        assert response.header_list.get("Content-Encoding") == "gzip"
        assert not response.header_list.contains("X-Hop")

    async def test_nobody_there_is_a_bad_gateway(self, capsys: pytest.CaptureFixture[str]) -> None:
        response = await Upstream("http://127.0.0.1:1/").forward(
            request_for("http://worker.example/"), FetchController()
        )
        assert response.status == 502
        assert "127.0.0.1:1" in capsys.readouterr().err

    async def test_a_circle_ends(self, upstream_url: str) -> None:
        via = ("via", ", ".join(["1.1 worker-runtime"] * 10))
        response = await Upstream(upstream_url).forward(
            request_for("http://worker.example/", "GET", via), FetchController()
        )
        assert response.status == 508

    async def test_a_body_that_was_read_is_not_there_any_more(self, upstream_url: str) -> None:
        request = request_for("http://worker.example/", "POST", body=b"x")
        assert request.body is not None
        request.body.take_bytes()
        assert (await Upstream(upstream_url).forward(request, FetchController())).status == 500


class TestForwardedHeaders:
    def test_say_who_was_on_the_way_before(self) -> None:
        request = request_for(
            "https://worker.example/", "GET", ("host", "worker.example"),
            ("x-forwarded-for", "10.0.0.1"), ("x-forwarded-host", "forged"), ("via", "1.0 fred"),
            ("expect", "100-continue"),
        )  # fmt: skip
        request.remote_address = TCPAddress("2001:db8::1", 1)
        headers = dict(forwarded_headers(request))
        assert headers == {
            "x-forwarded-for": "10.0.0.1, 2001:db8::1", "via": "1.0 fred, 1.1 worker-runtime",
            "X-Forwarded-Proto": "https", "X-Forwarded-Host": "worker.example",
            "Forwarded": 'for="[2001:db8::1]";host="worker.example";proto=https',
        }  # fmt: skip

    def test_the_host_is_that_of_the_target(self) -> None:
        request = request_for("http://public.example:81/", "GET", ("host", "admin.example"))
        headers = forwarded_headers(request)
        assert headers.get("X-Forwarded-Host") == "public.example:81"
        assert 'host="public.example:81"' in (headers.get("Forwarded") or "")
        assert not headers.contains("Host")

    @pytest.mark.parametrize(
        "name",
        ["X_Forwarded_Host", "x_forwarded-for", "x-forwarded_proto", "FORWARDED", "Content_Length",
         "transfer_encoding", "Via_", "proxy_connection"],
    )  # fmt: skip
    def test_twins_with_underscores_do_not_speak_for_the_client(self, name: str) -> None:
        request = request_for("http://a.example/", "GET", (name, "evil"), ("X_Own", "kept"))
        headers = forwarded_headers(request)
        assert headers.get("X_Own") == "kept"
        if "_" in name.rstrip("_"):
            assert "evil" not in str(list(headers))


class TestEndToEndFields:
    def test_are_those_that_no_connection_claims(self) -> None:
        fields = [
            ("Connection", "close, X-Hop"),
            ("x-hop", "1"),
            ("Keep-Alive", "1"),
            ("TE", "x"),
            ("Upgrade", "x"),
        ]
        assert end_to_end_fields(
            HeaderList([*fields, ("Transfer-Encoding", "chunked"), ("a", "b")])
        ) == [("a", "b")]


class TestBodyToSend:
    def test_bytes_at_hand_are_sent_as_such(self) -> None:
        body = BodyRecord(b"x", 1)
        assert body_to_send(body).source == b"x"


class TestServe:
    def test_what_the_worker_leaves_to_the_network_goes_upstream(
        self, upstream_url: str, tmp_path: Path
    ) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(LISTENER)
        with serving(
            worker, "--upstream", upstream_url, "--allow-net", "a.example", "--log", "off"
        ) as server:
            assert server.request("own") == (200, "own")
            status, text = server.request("other", b"data")
            assert (status, text.partition("\n")[0], text[-4:]) == (200, "/base/other", "data")
            assert server.request("out")[0] == 500
            _, _, errors = server.stop()
            assert "127.0.0.1:1234 is not among the hosts that this worker may reach" in errors

    def test_what_a_worker_fetches_from_its_own_origin_goes_upstream(self, tmp_path: Path) -> None:
        (tmp_path / "behind.py").write_text(
            "from worker_runtime import Response\n"
            "async def fetch(request, env, ctx):\n"
            "    forwarded = request.headers.get('x-forwarded-for')\n"
            "    return Response(f'{request.url} {forwarded} {await request.text()}')\n"
        )
        (tmp_path / "before.py").write_text(
            "from worker_runtime import Response, fetch as ask\n"
            "async def fetch(request, env, ctx):\n"
            "    response = await (ask(request.url) if 'url' in request.url else ask(request))\n"
            "    return Response('before: ' + await response.text())\n"
        )
        with (
            serving(tmp_path / "behind.py", "--log", "off") as behind,
            serving(
                tmp_path / "before.py", "--upstream", behind.url + "base", "--log", "off"
            ) as server,
        ):
            for path, data in (("request", b"data"), ("url", b"")):
                assert server.request(path, data) == (
                    200, f"before: {behind.url}base/{path} 127.0.0.1 {data.decode()}",
                )  # fmt: skip

    def test_without_a_worker_it_is_a_proxy(self, upstream_url: str) -> None:
        with serving("--upstream", upstream_url, "--log", "off") as server:
            assert upstream_url in server.first_line
            status, text = server.request("any", b"data")
            assert (status, text.partition("\n")[0], text[-4:]) == (200, "/base/any", "data")

    def test_a_worker_that_asks_itself_is_answered_with_508(self, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import fetch as ask\n"
            "count = 0\n"
            "async def fetch(request, env, ctx):\n"
            "    global count\n"
            "    count += 1\n"
            "    assert count < 50\n"
            "    return await (ask(request.url) if 'url' in request.url else ask(request))\n"
        )
        with serving(worker, "--log", "off") as server:
            for path in ("request", "url"):
                assert server.request(path) == (
                    508, "508 Loop Detected\nThe request has passed here 10 times\n",
                )  # fmt: skip
