"""Real peers, where they are installed: nginx and node answer `fetch()` or stand behind the server;
curl and Chromium ask it.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from worker_runtime import fetch

from .processes import ServeProcess, serving


def needs(name: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(
        shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") is None,
        reason=f"there is no {name}",
    )


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


# ---- nginx ---------------------------------------------------------------------------------------

NGINX = """
daemon off; master_process off; pid {folder}/pid; error_log stderr crit;
events {{}}
http {{
  access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port}; root {folder}/files; client_max_body_size 1m;
    gzip on; gzip_types text/plain; types {{ text/plain txt; }}
    default_type application/octet-stream;
  }}
}}
"""


@contextmanager
def nginx(folder: Path) -> Iterator[str]:
    """A server for folder/files; its URL."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))
    command = [
        shutil.which("nginx") or "/usr/sbin/nginx",
        "-e",
        "stderr",
        "-p",
        str(folder),
        "-c",
        str(folder / "nginx.conf"),
    ]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            for _ in range(500):
                try:
                    socket.create_connection(("127.0.0.1", port)).close()
                    break
                except ConnectionRefusedError:
                    time.sleep(0.01)
            yield f"http://127.0.0.1:{port}/"
        finally:
            process.kill()


@pytest.fixture
def nginx_url(tmp_path: Path) -> Iterator[str]:
    files = tmp_path / "files"
    (files / "folder").mkdir(parents=True)
    (files / "large").write_bytes(bytes(range(256)) * 40_000)
    (files / "text.txt").write_text("text " * 10_000)
    (files / "folder" / "index.html").write_text("the index")
    with nginx(tmp_path) as url:
        yield url


@needs("nginx")
class TestNginx:
    async def test_serves_files(self, nginx_url: str) -> None:
        response = await fetch(nginx_url + "large")
        assert (response.status, response.headers.get("Content-Length")) == (200, "10240000")
        assert response.body is not None
        received = [chunk async for chunk in response.body]
        assert len(received) > 1 and digest(b"".join(received)) == digest(
            bytes(range(256)) * 40_000
        )
        part = await fetch(nginx_url + "large", headers={"Range": "bytes=256-258"})
        assert (part.status, await part.bytes()) == (206, b"\0\1\2")
        again = await fetch(
            nginx_url + "large", headers={"If-None-Match": response.headers.get("ETag") or ""}
        )
        assert (again.status, await again.bytes()) == (304, b"")

    async def test_compresses_text(self, nginx_url: str) -> None:
        assert await (await fetch(nginx_url + "text.txt")).text() == "text " * 10_000
        as_it_is = await fetch(nginx_url + "text.txt", headers={"Accept-Encoding": "identity"})
        assert as_it_is.headers.get("Content-Length") == "50000"
        head = await fetch(nginx_url + "text.txt", method="HEAD")
        assert (head.status, await head.text()) == (200, "")

    async def test_redirects_and_refuses(self, nginx_url: str) -> None:
        folder = await fetch(nginx_url + "folder")
        assert (folder.redirected, await folder.text()) == (True, "the index")
        assert (await fetch(nginx_url + "none")).status == 404
        refused = await fetch(nginx_url + "text.txt", method="POST", body=bytes(5 << 20))
        assert refused.status == 413

    def test_stands_behind_the_server(self, nginx_url: str, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import addEventListener\n"
            "addEventListener('fetch', lambda event: None)\n"
        )
        with serving(worker, "--upstream", nginx_url) as server:
            assert server.request("text.txt") == (200, "text " * 10_000)
            assert server.request("none")[0] == 404


# ---- node ----------------------------------------------------------------------------------------

NODE = """
const { createHash } = require("crypto")
const server = require("http").createServer((request, response) => {
  switch (request.url) {
    case "/hints":
      response.writeContinue(); response.writeEarlyHints({ link: "</style.css>; rel=preload" });
      response.end("hinted"); break
    case "/gzip":
      response.writeHead(200, { "Content-Encoding": "gzip" })
      const gzip = require("zlib").createGzip(); gzip.pipe(response);
      gzip.end("x".repeat(1e6)); break
    case "/reset-head":
      request.socket.write("HTTP/1.1 200 OK\\r\\nA: ");
      setTimeout(() => request.socket.resetAndDestroy(), 50); break
    case "/reset-body":
      response.write("half"); setTimeout(() => request.socket.resetAndDestroy(), 50); break
    case "/never": request.on("close", () => console.log("closed")); console.log("asked"); break
    case "/large":
      const piece = Buffer.alloc(1 << 20); let left = 100
      const send = () => {
        while (left-- > 0) if (!response.write(piece)) return response.once("drain", send);
        response.end() }
      send(); break
    default:
      const hash = createHash("sha256"); request.on("data", data => hash.update(data))
      request.on("end", () => response.end(request.method + " " + hash.digest("hex")))
  }
})
server.listen(0, "127.0.0.1", () => console.log(server.address().port))
"""


class NodeProcess:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        self.url = f"http://127.0.0.1:{int(self.next_line())}/"

    def next_line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().strip()


@pytest.fixture
def node() -> Iterator[NodeProcess]:
    with subprocess.Popen(["node", "-e", NODE], stdout=subprocess.PIPE, text=True) as process:
        try:
            yield NodeProcess(process)
        finally:
            process.kill()


def memory_of(server: ServeProcess) -> int:
    """The most it has had, in MiB."""
    status = Path(f"/proc/{server.process.pid}/status")
    if not status.exists():
        pytest.skip("there is no /proc")
    return int(status.read_text().partition("VmHWM:")[2].split()[0]) // 1024


@needs("node")
class TestNode:
    async def test_answers_in_several_ways(self, node: NodeProcess) -> None:
        assert await (await fetch(node.url + "hints")).text() == "hinted"
        assert await (await fetch(node.url + "gzip")).text() == "x" * 1_000_000
        data = os.urandom(10 << 20)
        assert (
            await (await fetch(node.url, method="PUT", body=data)).text() == f"PUT {digest(data)}"
        )

    async def test_breaks_off(self, node: NodeProcess) -> None:
        with pytest.raises(TypeError, match="fetch failed: .*reset"):
            await fetch(node.url + "reset-head")
        response = await fetch(node.url + "reset-body")
        with pytest.raises(TypeError, match="broken off: .*reset"):
            await response.text()

    def test_stands_behind_the_server(self, node: NodeProcess, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import addEventListener\n"
            "addEventListener('fetch', lambda event: None)\n"
        )
        with serving(worker, "--upstream", node.url, "--fetch-head-timeout", "0.3") as server:
            assert server.request("small", b"data") == (200, f"POST {digest(b'data')}")
            memory = memory_of(server)
            data = bytes(100 << 20)
            assert server.request("", data) == (200, f"POST {digest(data)}")
            assert server.request("large") == (200, "\0" * (100 << 20))
            assert memory_of(server) - memory < 30
            assert server.request("never") == (
                504,
                "504 Gateway Timeout\nThe upstream server does not answer\n",
            )
            assert (node.next_line(), node.next_line()) == ("asked", "closed")

    def test_learns_when_a_client_leaves(self, node: NodeProcess, tmp_path: Path) -> None:
        worker = tmp_path / "worker.py"
        worker.write_text(
            "from worker_runtime import addEventListener\n"
            "addEventListener('fetch', lambda event: None)\n"
        )
        arguments = ("--upstream", node.url, "--half-close-timeout", "0.1")
        with serving(worker, *arguments) as server:
            host, port = server.url.split("/")[2].split(":")
            with socket.create_connection((host, int(port))) as client:
                client.sendall(b"GET /never HTTP/1.1\r\nHost: a\r\n\r\n")
                assert node.next_line() == "asked"
            assert node.next_line() == "closed"


# ---- curl and Chromium ---------------------------------------------------------------------------

WORKER = '''
import hashlib
from worker_runtime import Response, URL, addEventListener

PAGE = """<!doctype html><title>page</title><p id=shown></p><script>
fetch("/upload", {method: "POST", body: "from the page"}).then(response => response.text())
  .then(text => document.getElementById("shown").textContent = text)
</script>"""
FORM = """<!doctype html><form method=post action=/form enctype=multipart/form-data>
<input name=name value="J\u00f6rg"></form>
<script>document.forms[0].submit()</script>"""

async def pieces():
    for _ in range(320):
        yield bytes(1 << 16)

async def answer(request):
    match URL(request.url).pathname:
        case "/page":
            return Response(PAGE, headers={"Content-Type": "text/html"})
        case "/form" if request.method == "GET":
            return Response(FORM, headers={"Content-Type": "text/html; charset=utf-8"})
        case "/form":
            fields = await request.formData()
            text = ", ".join(f"{name}={value}" for name, value in fields)
            return Response(f"<p>{text}</p>", headers={"Content-Type": "text/html; charset=utf-8"})
        case "/upload":
            hash = hashlib.sha256()
            async for chunk in request.body:
                hash.update(chunk)
            return Response(hash.hexdigest())
        case "/download":
            return Response(pieces())
        case "/":
            return Response("Hello World")
    return Response("nothing here", status=404)

addEventListener("fetch", lambda event: event.respondWith(answer(event.request)))
'''


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ServeProcess]:
    (tmp_path / "worker.py").write_text(WORKER, "utf-8")
    with serving(tmp_path / "worker.py") as process:
        yield process


def curl(*arguments: str, input: bytes = b"") -> bytes:
    return subprocess.run(
        ["curl", "-sS", "--max-time", "50", *arguments],
        input=input,
        capture_output=True,
        check=True,
    ).stdout


@needs("curl")
class TestCurl:
    def test_gets_what_there_is(self, server: ServeProcess) -> None:
        assert curl(server.url) == b"Hello World"
        assert curl("-w", " %{http_code}", server.url + "none") == b"nothing here 404"
        head = curl("-I", server.url).lower()
        assert head.startswith(b"http/1.1 200 ok\r\n") and b"content-length: 11\r\n" in head
        assert curl(server.url + "download") == bytes(20 << 20)

    def test_asks_again_over_the_same_connection(self, server: ServeProcess) -> None:
        connects = curl(
            "-o", os.devnull, "-o", os.devnull, "-w", "%{num_connects}", server.url, server.url
        )
        assert connects == b"10"

    def test_speaks_the_older_version(self, server: ServeProcess) -> None:
        assert curl("-0", server.url) == b"Hello World"
        assert curl("-0", server.url + "download") == bytes(20 << 20)

    @pytest.mark.parametrize("arguments", [
        ("--data-binary", "@-"), ("--data-binary", "@-", "-H", "Expect: 100-continue"),
        ("--data-binary", "@-", "-H", "Expect:"), ("-T", "-"),
        ("-T", "-", "-X", "POST", "-H", "Transfer-Encoding: chunked"),
        ("--data-binary", "@-", "-0"),
    ])  # fmt: skip
    def test_uploads(self, server: ServeProcess, arguments: tuple[str, ...]) -> None:
        data = os.urandom(10 << 20)
        assert curl(*arguments, server.url + "upload", input=data) == digest(data).encode()

    def test_is_told_to_go_on(self, server: ServeProcess) -> None:
        command = [
            "curl",
            "-sSv",
            "-H",
            "Expect: 100-continue",
            "--data-binary",
            "@-",
            server.url + "upload",
        ]
        log = subprocess.run(command, input=bytes(2 << 20), capture_output=True, check=True).stderr
        assert b"< HTTP/1.1 100 Continue" in log

    @pytest.mark.parametrize("option", ["-F", "-d"])
    def test_sends_forms(self, server: ServeProcess, option: str) -> None:
        assert (
            curl(option, "name=value", option, "other=1", server.url + "form")
            == b"<p>name=value, other=1</p>"
        )


@needs("chromium")
class TestChromium:
    def dom_of(self, url: str, folder: Path) -> str:
        command = [
            "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
            "--no-first-run", "--disable-background-networking", "--disable-component-update",
            "--disable-sync", f"--user-data-dir={folder}", "--virtual-time-budget=10000",
            "--dump-dom", url,
        ]  # fmt: skip
        return subprocess.run(command, capture_output=True, check=True, timeout=60).stdout.decode()

    def test_shows_what_a_page_fetches(self, server: ServeProcess, tmp_path: Path) -> None:
        assert f'<p id="shown">{digest(b"from the page")}</p>' in self.dom_of(
            server.url + "page", tmp_path / "profile"
        )

    def test_sends_a_form(self, server: ServeProcess, tmp_path: Path) -> None:
        assert "<p>name=Jörg</p>" in self.dom_of(server.url + "form", tmp_path / "profile")
