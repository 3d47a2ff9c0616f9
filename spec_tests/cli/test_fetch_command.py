"""The command `fetch`, as a user has it, and real servers on the other side: Python's, node's, one
with TLS.
"""

from __future__ import annotations

import gzip
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from spec_tests.server.processes import REFERENCE

from .wire import OK, fetch, redirect, server_of


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: Any) -> None:
        """Say nothing."""


@contextmanager
def file_server(folder: Path, certificate: Path | None = None) -> Iterator[int]:
    """Python's server for the files of a folder; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    server.daemon_threads = True
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def run(
    *arguments: str, input: bytes = b"", **environment: str
) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-W", "error", str(REFERENCE), "fetch", *arguments]
    return subprocess.run(
        command, input=input, capture_output=True, env={**os.environ, **environment}, timeout=60
    )


class TestFetchCommand:
    def test_the_body_goes_to_standard_output(self, tmp_path: Path) -> None:
        content = os.urandom(300_000)
        (tmp_path / "file").write_bytes(content)
        with file_server(tmp_path) as port:
            done = run(f"http://127.0.0.1:{port}/file")
            assert (done.returncode, done.stdout, done.stderr) == (0, content, b"")
            done = run(f"http://127.0.0.1:{port}/file", "-i", "-o", str(tmp_path / "copy"))
            assert (done.returncode, done.stdout) == (0, b"")
            head, _, body = (tmp_path / "copy").read_bytes().partition(b"\r\n\r\n")
            assert (head.startswith(b"HTTP/1.0 200 OK\r\n"), body) == (True, content)

    def test_its_exit_status_tells_how_it_went(self, tmp_path: Path) -> None:
        with file_server(tmp_path) as port:
            assert run(f"http://127.0.0.1:{port}/none").returncode == 0
            done = run(f"http://127.0.0.1:{port}/none", "--fail")
            assert (done.returncode, done.stdout) == (22, b"")
            assert b"404 File not found" in done.stderr
        done = run("http://127.0.0.1:1234/")
        assert (
            done.returncode == 1
            and b"cannot connect to 127.0.0.1:1234: Connection refused" in done.stderr
        )
        done = run("no URL")
        assert done.returncode == 2 and b"'http://no URL' is not a URL" in done.stderr
        done = run("data:,hello")
        assert (done.returncode, done.stdout) == (0, b"hello")

    @pytest.mark.parametrize("option", ["--timeout", "--max-time"])
    def test_a_server_that_does_not_answer_is_left(self, option: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent:
            done = run(f"127.0.0.1:{silent.getsockname()[1]}", option, "0.5")
        assert done.returncode == 28
        assert (
            b"no response within 0.5 seconds" in done.stderr
            or b"no end within 0.5 seconds (--max-time)" in done.stderr
        )

    def test_head_alone_and_without_a_scheme(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_bytes(b"hello")
        with file_server(tmp_path) as port:
            done = run("-I", f"127.0.0.1:{port}/file")
        assert done.returncode == 0 and done.stdout.startswith(b"HTTP/1.0 200 OK\r\n")
        assert b"Content-Length: 5\r\n" in done.stdout and done.stdout.endswith(b"\r\n\r\n")

    def test_a_header_that_is_none_is_an_error_of_usage(self) -> None:
        done = run("http://127.0.0.1/", "-H", "nonsense")
        assert done.returncode == 2 and b"a header is NAME: VALUE" in done.stderr


SERVER = """
const server = require("http").createServer((request, response) => {
  response.writeHead(200, { "Trailer": "x-end", "X-Method": request.method, "X-Got": request.headers["x-sent"] || "" })
  response.addTrailers({ "x-end": "1" })
  request.on("data", data => response.write(data))
  request.on("end", () => response.end("!"))
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
"""


class TestNode:
    @pytest.mark.skipif(shutil.which("node") is None, reason="there is no node")
    def test_echoes_what_it_is_sent(self, tmp_path: Path) -> None:
        with subprocess.Popen(["node", "-e", SERVER], stdout=subprocess.PIPE, text=True) as process:
            try:
                assert process.stdout is not None
                url = f"http://127.0.0.1:{int(process.stdout.readline())}/"
                data = os.urandom(200_000)
                done = run(url, "--data-binary", "@-", "-i", "-H", "X-Sent: yes", input=data)
                head, _, body = done.stdout.partition(b"\r\n\r\n")
                assert (done.returncode, body) == (0, data + b"!")
                assert b"X-Method: POST" in head and b"X-Got: yes" in head
                (tmp_path / "file").write_bytes(data)
                for name in ("-", str(tmp_path / "file")):
                    done = run(url, "-T", name, "-i", input=data)
                    head, _, body = done.stdout.partition(b"\r\n\r\n")
                    assert (done.returncode, body) == (0, data + b"!") and b"X-Method: PUT" in head
            finally:
                process.kill()


NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1")  # made in no time


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


def certificate(folder: Path, name: str, host: str, days: tuple[str, ...]) -> Path:
    """A certificate for a host with its key, by an authority in the folder."""
    request = (
        "req",
        *NEW_KEY,
        "-nodes",
        "-subj",
        f"/CN={host}",
        "-keyout",
        f"{name}.key",
        "-out",
        f"{name}.csr",
    )
    openssl(folder, *request)
    (folder / "extensions").write_text(f"subjectAltName=DNS:{host}\n")
    authority = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-extfile", "extensions")
    openssl(folder, "x509", "-req", "-in", f"{name}.csr", *authority, *days, "-out", f"{name}.crt")
    file = folder / f"{name}.pem"
    file.write_text((folder / f"{name}.crt").read_text() + (folder / f"{name}.key").read_text())
    return file


@pytest.mark.skipif(shutil.which("openssl") is None, reason="there is no openssl")
class TestTLS:
    @pytest.mark.parametrize("host, days, message", [
        ("localhost", ("-days", "2"), None),
        ("other.example", ("-days", "2"), b"Hostname mismatch"),
        ("localhost", ("-days", "-1"), b"certificate has expired"),
    ])  # fmt: skip
    def test_certificates_are_verified(
        self, host: str, days: tuple[str, ...], message: bytes | None, tmp_path: Path
    ) -> None:
        files = ("-keyout", "ca.key", "-out", "ca.pem", "-addext", "keyUsage=critical,keyCertSign")
        openssl(tmp_path, "req", "-x509", *NEW_KEY, "-nodes", "-subj", "/CN=CA", *files)
        (tmp_path / "file").write_text("hello")
        with file_server(tmp_path, certificate(tmp_path, "server", host, days)) as port:
            url = f"https://localhost:{port}/file"
            assert b"certificate verify failed" in run(url).stderr
            done = run("-k", url)
            assert (done.returncode, done.stdout, done.stderr) == (0, b"hello", b"")
            done = run(url, SSL_CERT_FILE=str(tmp_path / "ca.pem"))
            if message is None:
                assert (done.returncode, done.stdout, done.stderr) == (0, b"hello", b"")
            else:
                assert done.returncode == 1 and message in done.stderr


class TestOutput:
    def test_all_heads_are_written_as_they_came(
        self, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        first = redirect(302)
        with server_of([first, OK]) as (port, _):
            assert fetch("-sSiL", f"http://127.0.0.1:{port}/") == 0
        assert capfdbinary.readouterr() == (first + OK, b"")

    def test_a_redirect_is_a_response_unless_it_is_followed(
        self, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        with server_of([redirect(302)]) as (port, requests):
            assert fetch(f"http://127.0.0.1:{port}/") == 0
        assert len(requests) == 1 and capfdbinary.readouterr() == (b"", b"")

    def test_verbose_tells_of_the_connection_and_of_heads(
        self, capfd: pytest.CaptureFixture[str]
    ) -> None:
        escape = OK.replace(b"n=1", b"n=\x1b[31m")
        with server_of([escape]) as (port, _):
            assert fetch("-v", f"http://127.0.0.1:{port}/", "-H", "X: y") == 0
        output, errors = capfd.readouterr()
        assert output == "ok" and f"* Connected to 127.0.0.1 port {port}\n" in errors
        assert "> GET / HTTP/1.1\n" in errors and "> X: y\n" in errors
        assert "< HTTP/1.1 200 OK\n" in errors and "< Set-Cookie: n=\\x1b[31m; Path=/\n" in errors

    def test_the_file_has_the_name_of_the_url(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        with server_of([OK]) as (port, _):
            assert fetch("-O", f"http://127.0.0.1:{port}/a/b%20c.txt?d/e") == 0
        assert (tmp_path / "b%20c.txt").read_bytes() == b"ok"

    @pytest.mark.parametrize("path", ["", "/", "/a/", "/a/..", "/.", "/..%2Fx\\.."])
    def test_no_file_without_a_name(self, path: str, capfd: pytest.CaptureFixture[str]) -> None:
        with server_of([OK]) as (port, _):
            assert fetch("-O", f"http://127.0.0.1:{port}{path}") == 2
        assert "write --output FILE" in capfd.readouterr().err

    def test_compressed_content_is_as_it_comes_unless_it_is_asked_for(
        self, capfdbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        packed = gzip.compress(b"hello" * 99)
        head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
        with server_of([head.encode() + packed] * 2) as (port, requests):
            assert fetch(f"http://127.0.0.1:{port}/") == 0
            assert capfdbinary.readouterr().out == packed
            assert fetch(f"http://127.0.0.1:{port}/", "--compressed") == 0
        assert capfdbinary.readouterr().out == b"hello" * 99
        assert b"Accept-Encoding" not in requests[0]

    @pytest.mark.parametrize(
        "options, is_said", [([], True), (["-s"], False), (["-sS"], True), (["-S"], True)]
    )
    def test_errors_are_said_unless_they_are_not_wanted(
        self, options: list[str], is_said: bool, capfd: pytest.CaptureFixture[str]
    ) -> None:
        assert fetch("http://127.0.0.1:1/", *options) == 1
        errors = capfd.readouterr().err
        assert bool(errors) is is_said
        assert not is_said or errors.endswith(
            "(nothing listens there: is the server running, and is it this port?)\n"
        )

    def test_progress_is_for_terminals(self, tmp_path: Path) -> None:
        pty = pytest.importorskip("pty", reason="this platform has no terminals of its own")
        with server_of([OK]) as (port, _):
            main, terminal = pty.openpty()
            try:
                command = [sys.executable, str(REFERENCE), "fetch", f"127.0.0.1:{port}"]
                file = ["-o", str(tmp_path / "file")]
                subprocess.run([*command, *file], stderr=terminal, check=True, timeout=60)
                assert os.read(main, 1000) == b"\r2 of 2 bytes (100 %)\r\n"
            finally:
                os.close(main)
                os.close(terminal)

    def test_cookies_are_kept_when_it_fails(
        self, tmp_path: Path, capfd: pytest.CaptureFixture[str]
    ) -> None:
        bad = OK.replace(b"200 OK", b"404 No")
        with server_of([bad]) as (port, _):
            assert fetch("-f", f"http://127.0.0.1:{port}/", "-c", str(tmp_path / "jar")) == 22
        assert (tmp_path / "jar").read_text().endswith("\tn\t1\n")
        assert capfd.readouterr().out == ""
