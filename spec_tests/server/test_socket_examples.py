"""The examples that talk to other servers: to real ones where they are, on this machine."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from spec_tests.certificates import Authority
from spec_tests.server.processes import REFERENCE
from worker_runtime.host.tls import client_context
from worker_runtime.runtime.runtime import Runtime

EXAMPLES = REFERENCE / "examples"


def needs(name: str, port: int) -> pytest.MarkDecorator:
    """Skips a test where no such server listens on this machine."""
    listens = False
    with suppress(OSError):
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
        listens = True
    return pytest.mark.skipif(not listens, reason=f"there is no {name} at port {port}")


async def answer(example: str, path: str = "/", **env: str) -> Any:
    """What an example answers: JSON, or text."""
    async with Runtime() as runtime:
        worker = await runtime.start(EXAMPLES / f"{example}.py", env=env)
        response = await worker.fetch(path)
        is_json = response.headers.get("content-type") == "application/json"
        return await (response.json() if is_json else response.text())


def free_port(kind: int = socket.SOCK_STREAM) -> int:
    with socket.socket(socket.AF_INET, kind) as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


class TestRedis:
    @needs("Redis", 6379)
    async def test_counts_visits(self) -> None:
        name = f"test-{os.getpid()}-{time.monotonic_ns()}"
        for visits in (1, 2):
            text = await answer("redis", f"/?name={name}", REDIS="redis://localhost:6379")
            assert text.startswith(f"Hello {name}, number {visits} of ")


class TestMQTT:
    @needs("Mosquitto", 1883)
    async def test_the_broker_answers(self) -> None:
        report = await answer("mqtt", MQTT="mqtt://localhost:1883")
        assert 0 <= report["milliseconds"] < 10_000


class TestNATS:
    @needs("NATS", 4222)
    async def test_another_protocol_of_lines(self) -> None:
        from worker_runtime import connect

        tcp = connect("localhost:4222")
        writer, reader = tcp.writable.getWriter(), tcp.readable.getReader()
        received = b""
        await writer.write(
            'CONNECT {"verbose":false}\r\nSUB a.b 1\r\nPUB a.b 5\r\nhello\r\nPING\r\n'
        )
        async with asyncio.timeout(10):
            while b"PONG\r\n" not in received:
                received += (await reader.read()).value
        assert received.startswith(b"INFO {")
        assert b"MSG a.b 1 5\r\nhello\r\n" in received
        await tcp.close()


class TestTCPEcho:
    async def test_what_is_sent_comes_back(self) -> None:
        async with Runtime() as runtime:
            worker = await runtime.start(EXAMPLES / "tcp_echo.py")
            for count in range(3):
                words = (await (await worker.fetch("/")).text()).split()
                assert words[4] == str(count)
                reader, writer = await asyncio.open_connection("127.0.0.1", int(words[3][:-1]))
                writer.write(b"hello")
                writer.write_eof()
                assert await reader.read() == b"hello"
                writer.close()
                await writer.wait_closed()
            scope = worker.registration.active_worker
            assert scope is not None
            for task in asyncio.all_tasks():  # the one that accepts is the worker's own
                if "serve" in repr(task.get_coro()):
                    task.cancel()


# ---- DNS -----------------------------------------------------------------------------------------


class TestDNS:
    @pytest.mark.skipif(
        shutil.which("dnsmasq", path=f"{os.environ['PATH']}:/usr/sbin") is None,
        reason="there is no dnsmasq",
    )
    async def test_a_long_answer_comes_over_tcp(self, tmp_path: Path) -> None:
        port = free_port(socket.SOCK_DGRAM)
        hosts = tmp_path / "hosts"
        lines = [f"10.0.{n}.1 large.example" for n in range(100)] + ["10.0.0.1 small.example"]
        hosts.write_text("\n".join(lines) + "\n")
        command = shutil.which("dnsmasq", path=f"{os.environ['PATH']}:/usr/sbin") or ""
        server = subprocess.Popen(
            [command, "--no-daemon", "--no-resolv", "--no-hosts", f"--addn-hosts={hosts}",
             "--listen-address=127.0.0.1", "--bind-interfaces", f"--port={port}", "--user="],
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for_a_server(port)
            await self.check(port)
        finally:
            server.kill()
            server.wait()

    async def test_so_it_does_from_a_server_that_does_nothing_else(self) -> None:
        with dns_server({"small.example": 1, "large.example": 100}) as port:
            await self.check(port)

    async def check(self, port: int) -> None:
        server = f"dns://127.0.0.1:{port}"
        small = await answer("dns", "/?name=small.example", DNS=server)
        assert small == {"name": "small.example", "addresses": ["10.0.0.1"]}
        large = await answer("dns", "/?name=large.example", DNS=server)
        assert sorted(large["addresses"]) == sorted(f"10.0.{n}.1" for n in range(100))
        assert (await answer("dns", "/?name=none.example", DNS=server))["addresses"] == []

    async def test_it_asks_for_a_name(self) -> None:
        assert await answer("dns", DNS="dns://127.0.0.1:53") == "Ask for ?name=example.com\n"


def wait_for_a_server(port: int) -> None:
    for _ in range(200):
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        time.sleep(0.02)
    raise AssertionError("the server does not listen")


@contextmanager
def dns_server(counts: dict[str, int]) -> Iterator[int]:
    """A server that knows how many addresses some names have."""
    tcp = socket.create_server(("127.0.0.1", 0))
    port: int = tcp.getsockname()[1]
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("127.0.0.1", port))

    def reply(query: bytes, most: int) -> bytes:
        labels, offset = [], 12
        while length := query[offset]:
            labels.append(query[offset + 1 : offset + 1 + length].decode())
            offset += length + 1
        count = counts.get(".".join(labels), 0)
        records = b"".join(
            b"\xc0\x0c" + struct.pack("!2HIH", 1, 1, 60, 4) + bytes([10, 0, n, 1])
            for n in range(count)
        )
        flags = 0x8180
        if len(records) > most:
            flags, records, count = flags | 0x0200, b"", 0
        header = query[:2] + struct.pack("!5H", flags, 1, count, 0, 0)
        return header + query[12 : offset + 5] + records

    def serve_udp() -> None:
        with suppress(OSError):
            while True:
                query, client = udp.recvfrom(600)
                if not query:
                    return
                udp.sendto(b"\0\0 of somebody else", client)  # is not taken for the answer
                udp.sendto(reply(query, 400), client)

    def serve_tcp() -> None:
        with suppress(OSError):
            while True:
                client, _ = tcp.accept()
                with client:
                    if data := client.recv(600):
                        answer = reply(data[2:], 65_000)
                        for byte in struct.pack("!H", len(answer)) + answer:
                            client.sendall(bytes([byte]))

    threads = [threading.Thread(target=each) for each in (serve_udp, serve_tcp)]
    for thread in threads:
        thread.start()
    try:
        yield port
    finally:
        udp.sendto(b"", ("127.0.0.1", port))
        tcp.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()
        tcp.close()
        udp.close()


# ---- PostgreSQL ----------------------------------------------------------------------------------

BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) if os.name == "posix" else []


class TestPostgresTLS:
    @needs("PostgreSQL", 5432)
    async def test_one_without_tls_says_so(self) -> None:
        report = await answer("postgres", POSTGRES="postgres://localhost:5432")
        assert report["tls"] in (True, False) and report["answer"] in "RE"

    @pytest.mark.skipif(
        not BINARIES or os.geteuid() != 0, reason="there is no PostgreSQL to start, or no root"
    )
    async def test_one_with_tls_goes_on_with_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        with postgresql() as (port, authority):
            monkeypatch.setenv("SSL_CERT_FILE", str(authority))
            client_context.cache_clear()
            server = f"postgres://localhost:{port}"
            report: dict[str, object] = {"answer": "E"}
            while report["answer"] == "E":  # it has only just been started
                report = await answer("postgres", POSTGRES=server)
            assert (report["tls"], report["answer"]) == (True, "R")
            # It has no certificate for a number other than this machine's.
            with pytest.raises(TypeError):
                await answer("postgres", POSTGRES=f"postgres://127.0.0.2:{port}")
        client_context.cache_clear()


@contextmanager
def postgresql() -> Iterator[tuple[int, Path]]:
    """A server with TLS, and the authority that vouches for it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tls = Authority(folder).vouch_for("localhost")
        shutil.chown(folder, "nobody")
        for file in folder.iterdir():
            shutil.chown(file, "nobody")
        Path(tls.certificate).chmod(0o600)
        data, port = folder / "data", free_port()
        subprocess.run(
            [BINARIES[-1] / "initdb", "-D", data, "--no-sync", "--auth=trust", "-U", "postgres"],
            check=True, capture_output=True, user="nobody", cwd=folder,
        )  # fmt: skip
        settings = {
            "listen_addresses": "127.0.0.1,127.0.0.2", "port": port, "fsync": "off", "ssl": "on",
            "ssl_cert_file": tls.certificate, "ssl_key_file": tls.certificate,
            "unix_socket_directories": folder, "shared_buffers": "128kB",
        }  # fmt: skip
        arguments = [f"-c{name}={value}" for name, value in settings.items()]
        server = subprocess.Popen(
            [BINARIES[-1] / "postgres", "-D", data, *arguments],
            user="nobody", cwd=folder, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            wait_for_a_server(port)
            yield port, folder / "authority.pem"
        finally:
            server.terminate()
            server.wait()
