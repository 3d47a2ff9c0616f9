"""Accepting connections, and ending in good order."""

from __future__ import annotations

import asyncio
import json
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from spec_tests.fakes import FakeClock
from spec_tests.host.test_network import certificate as certificate
from worker_runtime.fetch.bodies import BodyRecord
from worker_runtime.fetch.infrastructure import FetchController
from worker_runtime.fetch.requests import RequestRecord
from worker_runtime.fetch.responses import ResponseRecord
from worker_runtime.host.network import (
    ClientTLS,
    ServerTLS,
    SystemNetwork,
    TCPAddress,
    UnixAddress,
)  # fmt: skip
from worker_runtime.server.config import Config
from worker_runtime.server.listener import Listener
from worker_runtime.server.service import Service
from worker_runtime.streams.readable_stream import ReadableStream
from worker_runtime.url.url_serializing import url_serializer

from .processes import serving as serving_process
from .raw_http import GET, LAST_GET, echo, hello, response, serving, statuses, until


class TestListen:
    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this platform has no unix sockets")
    async def test_at_several_addresses(self, tmp_path: Path) -> None:
        listener = Listener(Service(hello))
        (tcp,) = await listener.listen(TCPAddress("127.0.0.1", 0))
        (unix,) = await listener.listen(UnixAddress(str(tmp_path / "socket")))
        assert isinstance(tcp, TCPAddress) and isinstance(unix, UnixAddress)
        for reader, writer in (
            await asyncio.open_connection(*tcp), await asyncio.open_unix_connection(unix.path)
        ):  # fmt: skip
            writer.write(LAST_GET)
            assert statuses(await reader.read()) == [200]
            writer.close()
            await writer.wait_closed()
        await listener.drain()
        assert not (tmp_path / "socket").exists()

    async def test_with_tls(self, certificate: ServerTLS) -> None:
        import ssl

        seen: list[str] = []

        def handle_request(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            seen.append(url_serializer(request.url))
            return response()

        listener = Listener(Service(handle_request))
        (address,) = await listener.listen(TCPAddress("127.0.0.1", 0), certificate)
        assert isinstance(address, TCPAddress)
        context = ssl.create_default_context(cafile=certificate.certificate)
        reader, writer = await asyncio.open_connection(
            *address, ssl=context, server_hostname="localhost"
        )
        writer.write(b"GET https://b/x HTTP/1.1\r\nHost: a\r\n\r\n" + LAST_GET)
        assert statuses(await reader.read()) == [200, 200]
        writer.close()
        await writer.wait_closed()
        await listener.drain()
        assert seen == ["https://b/x", "https://a/"]

    async def test_too_many_connections_are_told_so(self) -> None:
        async with (
            serving(hello, Config(connections=2)) as server,
            server.client() as first,
            server.client() as second,
        ):
            for client in (first, second):
                client.send(GET)
                await client.read_until(b"hello")
            assert statuses(await server.ask(b"")) == [503]
            second.send(LAST_GET)
            assert statuses(await second.read_to_end()) == [200]
            await until(lambda: len(server.listener._connections) == 1)
            assert statuses(await server.ask(LAST_GET)) == [200]


class TestDrain:
    async def test_what_goes_on_ends_and_nothing_new_begins(self) -> None:
        begun, release = asyncio.Event(), asyncio.Event()

        async def handle_request(
            request: RequestRecord, controller: FetchController
        ) -> ResponseRecord:
            begun.set()
            await release.wait()
            return response()

        async with (
            serving(handle_request) as server,
            server.client() as idle,
            server.client() as busy,
            server.client() as late,
        ):
            busy.send(GET)
            await begun.wait()
            late.send(b"GET / HTTP/1.1\r\n")
            await until(
                lambda: [
                    c for c in server.listener._connections if c._client.deadlines.awaited == "head"
                ]
            )
            draining = asyncio.ensure_future(server.listener.drain())
            assert await idle.read_to_end() == b""
            with pytest.raises(OSError):
                await server.ask(GET)
            late.send(b"Host: a\r\n\r\n")
            assert not draining.done()
            release.set()
            for client in (busy, late):
                answer = await client.read_to_end()
                assert statuses(answer) == [200] and b"connection: close" in answer
            await draining

    async def test_a_connection_between_two_requests_is_idle(self) -> None:
        async with serving(hello) as server, server.client() as client:
            client.send(GET)
            await client.read_until(b"hello")
            await server.listener.drain()
            assert await client.read_to_end() == b""

    async def test_what_does_not_end_in_its_time_is_ended(self) -> None:
        clock = FakeClock()
        canceled: list[object] = []

        async def never(request: RequestRecord, controller: FetchController) -> ResponseRecord:
            if request.method == "PUT":
                return response(BodyRecord(stream=ReadableStream({"cancel": canceled.append})))
            await asyncio.get_running_loop().create_future()
            return response()

        async with (
            serving(never, clock=clock) as server,
            server.client() as first,
            server.client() as second,
        ):
            first.send(GET)
            second.send(GET.replace(b"GET", b"PUT"))
            await second.read_until(b"\r\n\r\n")
            await until(lambda: len([c for c in server.listener._connections if c._task]) == 2)
            draining = asyncio.ensure_future(server.listener.drain())
            await asyncio.sleep(0)
            clock.advance(29)
            assert not draining.done()
            clock.advance(2)
            await draining
            for client in (first, second):
                with pytest.raises(ConnectionError):
                    await client.read_to_end()
        assert len(canceled) == 1

    async def test_nothing_to_wait_for_is_not_waited_for(self) -> None:
        async with serving(hello) as server:
            await server.listener.drain()
            await server.listener.drain()


async def numbers() -> AsyncIterator[bytes]:
    for number in range(1000):
        yield b"%d\n" % number
        await asyncio.sleep(0)


class TestRealClients:
    async def run(self, *command: str, input: bytes = b"") -> bytes:
        if shutil.which(command[0]) is None:
            pytest.skip(f"there is no {command[0]}")
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await process.communicate(input)
        assert process.returncode == 0, errors
        return output

    async def handle_request(
        self, request: RequestRecord, controller: FetchController
    ) -> ResponseRecord:
        if request.method in ("GET", "HEAD"):
            return response(
                BodyRecord(stream=ReadableStream.from_(numbers())), content_type="text/plain"
            )
        return await echo(request, controller)

    async def test_curl(self) -> None:
        async with serving(self.handle_request) as server:
            url = f"http://127.0.0.1:{server.port}/"
            expected = b"".join([piece async for piece in numbers()])
            assert await self.run("curl", "-sS", url) == expected
            assert await self.run("curl", "-sS", "--http1.0", url, url) == expected * 2
            assert b"HTTP/1.1 200 OK" in await self.run("curl", "-sS", "--head", url)
            content = bytes(range(256)) * 8192  # large enough for curl to wait for 100 Continue
            assert (
                await self.run("curl", "-sS", "--data-binary", "@-", url, input=content) == content
            )
            chunked = ("-H", "Transfer-Encoding: chunked")
            assert (
                await self.run("curl", "-sS", *chunked, "--data-binary", "@-", url, input=content)
                == content
            )
            twice = ("-o", "/dev/null", url) * 2
            assert await self.run("curl", "-sS", "-w", "%{num_connects}", *twice) == b"10"

    async def test_node(self) -> None:
        script = """
            const url = process.argv[1];
            const http = require('http');
            const agent = new http.Agent({keepAlive: true, maxSockets: 1});
            const ask = (method, chunks) => new Promise((resolve, reject) => {
                const request = http.request(url, {method, agent}, async response => {
                    let text = '';
                    for await (const chunk of response) text += chunk;
                    resolve([response.statusCode, text.length, request.reusedSocket]);
                });
                request.on('error', reject);
                for (const chunk of chunks) request.write(chunk);
                request.end();
            });
            (async () => {
                const answers = [];
                answers.push(await ask('GET', []));
                answers.push(await ask('HEAD', []));
                answers.push(await ask('POST', ['a'.repeat(100000), 'b'.repeat(100000)]));
                answers.push(await ask('POST', []));
                agent.destroy();
                console.log(JSON.stringify(answers));
            })();
        """
        async with serving(self.handle_request) as server:
            output = await self.run("node", "-e", script, f"http://127.0.0.1:{server.port}/")
        assert json.loads(output) == [
            [200, 3890, False],
            [200, 0, True],
            [200, 200_000, True],
            [200, 0, True],
        ]


class TestLimits:
    """Of descriptors, and of handshakes that never end."""

    async def test_handshakes_that_do_not_end_count_and_have_their_time(
        self, certificate: ServerTLS
    ) -> None:
        service = Service(hello, Config(connections=3, head_timeout=0.2))
        listener = Listener(service)
        (address,) = await listener.listen(TCPAddress("127.0.0.1", 0), certificate)
        assert isinstance(address, TCPAddress)
        silent = [await asyncio.open_connection("127.0.0.1", address.port) for _ in range(6)]
        ends = [await reader.read() for reader, _ in silent]  # three at once, three in time
        assert ends == [b""] * 6
        stream = await SystemNetwork().dial(
            address, ClientTLS("localhost", certificate.certificate)
        )
        stream.write(LAST_GET)
        answer = b""
        while data := await stream.read():
            answer += data
        assert statuses(answer) == [200]
        for _, writer in silent:
            writer.close()
        stream.abort()
        await listener.drain()

    async def test_when_descriptors_run_out_it_is_said_once_and_all_are_served(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "w.py").write_text(
            "import resource\n"
            "resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))\n"
            "from worker_runtime import Response\n"
            "fetch = lambda request, env, ctx: Response('hello')\n"
        )
        with serving_process(tmp_path / "w.py", "--log", "off") as process:
            port = int(process.url.rstrip("/").rpartition(":")[2])
            silent = [await asyncio.open_connection("127.0.0.1", port) for _ in range(60)]
            for _, writer in silent:
                writer.write(GET)
            ends = await asyncio.gather(
                *(asyncio.wait_for(reader.read(12), 20) for reader, _ in silent[:20])
            )
            assert set(ends) == {b"HTTP/1.1 200"}
            for _, writer in silent:
                writer.transport.abort()
            while (answer := await asyncio.to_thread(process.request))[0] == 503:
                await asyncio.sleep(0.05)  # until it is noticed that they have gone
            assert answer == (200, "hello")
            status, _, errors = await asyncio.to_thread(process.stop)
        assert status == 0 and errors.count("\n") <= 2, errors
