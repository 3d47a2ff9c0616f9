"""The network of the machine."""

from __future__ import annotations

import asyncio
import shutil
import socket
import ssl
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from contextvars import ContextVar
from pathlib import Path

import pytest

from worker_runtime.host import network
from worker_runtime.host.network import (
    READ_AHEAD,
    Address,
    ByteStream,
    ClientTLS,
    ServerTLS,
    SocketStream,
    SystemNetwork,
    TCPAddress,
    TruncatedTLS,
    UnixAddress,
    address_of,
)

ANYWHERE = TCPAddress("127.0.0.1", 0)


@asynccontextmanager
async def both_ends(
    address: Address = ANYWHERE,
    server_tls: ServerTLS | None = None,
    client_tls: ClientTLS | None = None,
) -> AsyncIterator[tuple[ByteStream, ByteStream]]:
    """A connection: what has dialled, and what has accepted."""
    accepted: asyncio.Future[ByteStream] = asyncio.get_running_loop().create_future()
    listening = await SystemNetwork().listen(address, accepted.set_result, server_tls)
    try:
        client = await SystemNetwork().dial(listening.addresses[0], client_tls)
        server = await accepted
    finally:
        listening.close()
    try:
        yield client, server
    finally:
        for stream in (client, server):
            stream.abort()
            await stream.wait_closed()


async def read_all(stream: ByteStream) -> bytes:
    data = b""
    while piece := await stream.read():
        data += piece
    return data


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> ServerTLS:
    """A certificate for localhost that vouches for itself."""
    openssl = shutil.which("openssl")
    if openssl is None:
        pytest.skip("there is no openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj",
            "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "key.pem", "-out",
         folder / "cert.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    return ServerTLS(str(folder / "cert.pem"), str(folder / "key.pem"), ("http/1.1",))


variable: ContextVar[str] = ContextVar("variable", default="nobody's")


class TestLocalhost:
    @pytest.mark.parametrize("host", ["::1", "127.0.0.1"])
    async def test_is_either_address(self, host: str) -> None:
        accepted: asyncio.Future[ByteStream] = asyncio.get_running_loop().create_future()
        try:
            listening = await SystemNetwork().listen(TCPAddress(host, 0), accepted.set_result)
        except OSError as error:
            pytest.skip(f"this machine has no {host}: {error}")
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress)
        stream = await SystemNetwork().dial(TCPAddress("localhost", address.port))
        assert stream.remote_address == address
        stream.abort()
        (await accepted).abort()
        listening.close()

    async def test_nobody_there_is_refused_as_elsewhere(self) -> None:
        with pytest.raises(ConnectionRefusedError):
            await SystemNetwork().dial(TCPAddress("localhost", 1))


class TestAccepting:
    async def test_small_writes_are_sent_at_once(self) -> None:
        async with both_ends() as ends:
            for stream in ends:
                assert isinstance(stream, SocketStream)
                connection = stream._transport.get_extra_info("socket")
                assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


class TestContexts:
    @pytest.mark.parametrize("is_dialled", [True, False], ids=["dialled", "accepted"])
    async def test_what_a_stream_calls_knows_nothing_of_who_has_read_it(
        self, is_dialled: bool
    ) -> None:
        seen: dict[str, str] = {}

        async def use(stream: ByteStream) -> None:
            variable.set("the user's")
            stream.write(bytes(10_000_000))
            left = 3 * READ_AHEAD
            while left:  # the stream was paused, and goes on
                left -= len(await stream.read())

        async with both_ends() as (client, server):
            stream, other = (client, server) if is_dialled else (server, client)
            other.write(bytes(3 * READ_AHEAD))
            await asyncio.create_task(use(stream))
            data = asyncio.get_running_loop().create_future()
            stream.on_data = lambda _: data.set_result(variable.get())
            stream.on_end = lambda: seen.update(end=variable.get())
            stream.on_loss = lambda: seen.update(loss=variable.get())
            other.write(b"more")
            seen["data"] = await data
            asyncio.create_task(read_all(other)).add_done_callback(lambda _: other.close())
            other.write_eof()
            while "end" not in seen:
                await asyncio.sleep(0)
            stream.close()
            await stream.wait_closed()
        assert seen == dict.fromkeys(("data", "end", "loss"), "nobody's")


class TestSocketStream:
    async def test_bytes_go_both_ways(self) -> None:
        async with both_ends() as (client, server):
            client.write(b"ping")
            assert await server.read() == b"ping"
            server.write(b"pong")
            await server.drain()
            assert await client.read() == b"pong"

    async def test_it_knows_both_addresses(self) -> None:
        async with both_ends() as (client, server):
            assert (
                client.local_address == server.remote_address
                and client.remote_address == server.local_address
            )
            assert (
                isinstance(client.remote_address, TCPAddress)
                and client.remote_address.host == "127.0.0.1"
            )
            assert not client.is_secure and client.application_protocol is None

    async def test_an_end_is_read_when_the_bytes_before_it_are_and_the_other_way_stays_open(
        self,
    ) -> None:
        async with both_ends() as (client, server):
            client.write(b"last words")
            client.write_eof()
            assert await read_all(server) == b"last words"
            assert await server.read() == b""
            server.write(b"heard")
            server.close()
            assert await read_all(client) == b"heard"

    async def test_who_reads_may_have_a_first_look(self) -> None:
        async with both_ends() as (client, server):
            seen = b""

            def first_look(data: bytes) -> bool:
                nonlocal seen
                seen += data
                return not seen.endswith(b".")

            server.first_look = first_look
            reading = asyncio.ensure_future(server.read())
            client.write(b"mine")
            while seen != b"mine":
                await asyncio.sleep(0)
            assert not reading.done()
            client.write(b"yours.")
            assert await reading == b"yours."
            assert seen == b"mineyours."
            client.write(b"and what nobody waits for")
            while not (rest := server.take()):
                await asyncio.sleep(0)
            assert rest == b"and what nobody waits for" and seen == b"mineyours."

    async def test_an_end_is_told_to_who_does_not_read(self) -> None:
        async with both_ends() as (client, server):
            ended = asyncio.Event()
            server.on_end = ended.set
            client.write_eof()
            await ended.wait()
            assert await server.read() == b""

    async def test_a_loss_is_told_and_nothing_can_be_sent_any_more(self) -> None:
        async with both_ends() as (client, server):
            lost = asyncio.Event()
            server.on_loss = lost.set
            client.abort()
            await lost.wait()
            with pytest.raises(ConnectionError):
                await server.drain()
            await server.wait_closed()

    async def test_a_reset_is_an_error_for_who_reads(self) -> None:
        async with both_ends() as (client, server):
            reading = asyncio.ensure_future(server.read())
            await asyncio.sleep(0)
            client.abort()
            with pytest.raises(ConnectionError):
                await reading

    async def test_what_nobody_reads_makes_the_other_side_wait(self) -> None:
        async with both_ends() as (client, server):
            sent = 0
            while not client.is_held_up:
                client.write(bytes(READ_AHEAD))
                sent += READ_AHEAD
                await asyncio.sleep(0)
            draining = asyncio.ensure_future(client.drain())
            await asyncio.sleep(0)
            assert not draining.done()
            received = 0
            while received < sent:
                received += len(await server.read())
            await draining
            assert received == sent and not client.is_held_up

    async def test_who_is_called_with_data_need_not_read(self) -> None:
        async with both_ends() as (client, server):
            seen: list[bytes] = []
            enough = asyncio.Event()

            def on_data(data: bytes) -> None:
                seen.append(data)
                if b"".join(seen) == b"hello":
                    enough.set()

            server.on_data = on_data
            client.write(b"hello")
            await enough.wait()
            server.on_data = None
            client.write(b"world")
            assert await server.read() == b"world"

    async def test_take_does_not_wait(self) -> None:
        async with both_ends() as (client, server):
            assert server.take() == b""
            client.write(b"hello")
            data = b""
            while not data:
                await asyncio.sleep(0)
                data = server.take()
            assert data == b"hello"

    async def test_a_reader_that_is_cancelled_loses_nothing(self) -> None:
        async with both_ends() as (client, server):
            reading = asyncio.ensure_future(server.read())
            await asyncio.sleep(0)
            client.write(b"kept")
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
            assert await server.read() == b"kept"


class TestSystemNetwork:
    async def test_a_free_port_is_found(self) -> None:
        listening = await SystemNetwork().listen(ANYWHERE, lambda stream: None)
        (address,) = listening.addresses
        assert isinstance(address, TCPAddress) and address.port > 0
        listening.close()

    async def test_nobody_there_is_an_os_error(self) -> None:
        listening = await SystemNetwork().listen(ANYWHERE, lambda stream: None)
        listening.close()
        with pytest.raises(OSError):
            await SystemNetwork().dial(listening.addresses[0])

    @pytest.mark.parametrize("host", [".a.example", "a..b", "a" * 64 + ".example", "a" * 64, "\0"])
    @pytest.mark.parametrize("tls", [None, ClientTLS("a.example"), ClientTLS(".a.example")])
    async def test_a_name_that_cannot_be_looked_up_is_an_os_error(
        self, host: str, tls: ClientTLS | None
    ) -> None:
        with pytest.raises(OSError):
            await SystemNetwork().dial(TCPAddress(host, 80), tls)

    @pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this platform has no unix sockets")
    async def test_unix_sockets_leave_nothing_behind(self, tmp_path: Path) -> None:
        address = UnixAddress(str(tmp_path / "socket"))
        async with both_ends(address) as (client, server):
            client.write(b"ping")
            assert await server.read() == b"ping"
            assert server.local_address == address
        assert not (tmp_path / "socket").exists()

    async def test_a_platform_without_unix_sockets_says_so(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        async def not_there(*args: object, **kwargs: object) -> None:
            raise NotImplementedError

        loop = asyncio.get_running_loop()
        monkeypatch.delattr(socket, "AF_UNIX", raising=False)
        monkeypatch.setattr(loop, "create_unix_connection", not_there, raising=False)
        with pytest.raises(OSError, match="no unix sockets"):
            await SystemNetwork().listen(UnixAddress("/x"), lambda stream: None)
        with pytest.raises(OSError, match="no unix sockets"):
            await SystemNetwork().dial(UnixAddress("/x"))


class TestTLS:
    async def test_bytes_go_both_ways_and_the_protocol_is_agreed_on(
        self, certificate: ServerTLS
    ) -> None:
        tls = ClientTLS("localhost", certificate.certificate, ("h2", "http/1.1"))
        async with both_ends(ANYWHERE, certificate, tls) as (client, server):
            assert client.is_secure and server.is_secure
            assert client.application_protocol == server.application_protocol == "http/1.1"
            client.write(b"ping")
            assert await server.read() == b"ping"
            server.write(b"pong")
            server.close()
            assert await read_all(client) == b"pong"

    async def test_a_certificate_for_somebody_else_is_refused(self, certificate: ServerTLS) -> None:
        with pytest.raises(OSError, match="(?i)certificate"):
            async with both_ends(
                ANYWHERE, certificate, ClientTLS("example.com", certificate.certificate)
            ):
                pass

    @pytest.mark.parametrize("is_in_order", [True, False])
    async def test_it_can_be_closed_when_the_other_side_has_ended(
        self, certificate: ServerTLS, is_in_order: bool
    ) -> None:
        tls = ClientTLS("localhost", certificate.certificate)
        async with both_ends(ANYWHERE, certificate, tls) as (client, server):
            server.write(b"bye")
            await server.drain()
            if is_in_order:
                server.close()
            else:
                server.abort()
            with suppress(OSError):
                while await client.read():
                    pass
            for _ in range(3):
                client.close()
                client.bytes_taken()
            await asyncio.wait_for(client.wait_closed(), 5)

    async def test_an_end_without_its_alert_is_an_error(self, certificate: ServerTLS) -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate.certificate, certificate.key)
        with socket.create_server(("127.0.0.1", 0)) as listening:

            def send_half() -> None:
                accepted, _ = listening.accept()
                with context.wrap_socket(accepted, server_side=True) as peer:
                    peer.sendall(b"half")

            sending = asyncio.create_task(asyncio.to_thread(send_half))
            tls = ClientTLS("localhost", certificate.certificate)
            client = await SystemNetwork().dial(TCPAddress(*listening.getsockname()), tls)
            await sending
        assert await client.read() == b"half"
        with pytest.raises(TruncatedTLS):
            await client.read()
        client.abort()
        await client.wait_closed()

    async def test_tls_can_begin_later(self, certificate: ServerTLS) -> None:
        async with both_ends() as (client, server):
            client.write(b"STARTTLS")
            assert await server.read() == b"STARTTLS"
            await asyncio.gather(
                server.start_tls(certificate),
                client.start_tls(ClientTLS("localhost", certificate.certificate)),
            )
            client.write(b"secret")
            assert await server.read() == b"secret"
            assert client.is_secure and server.is_secure

    async def test_files_that_are_no_certificate_are_named(self, tmp_path: Path) -> None:
        file = tmp_path / "cert.pem"
        for text in (None, "not a certificate"):
            if text is not None:
                file.write_text(text)
            with pytest.raises(OSError, match=r"cert\.pem"):
                await SystemNetwork().listen(ANYWHERE, lambda stream: None, ServerTLS(str(file)))

    async def test_a_python_without_ssl_says_so_where_tls_is_asked_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ssl", None)
        network.client_context.cache_clear()
        with pytest.raises(OSError, match="without the ssl module"):
            await SystemNetwork().listen(ANYWHERE, lambda stream: None, ServerTLS("cert.pem"))
        with pytest.raises(OSError, match="without the ssl module"):
            await SystemNetwork().dial(ANYWHERE, ClientTLS("localhost"))
        async with both_ends() as (client, server):
            client.write(b"plain")
            assert await server.read() == b"plain"


class TestAddressOf:
    @pytest.mark.parametrize(
        "name, address",
        [
            (("127.0.0.1", 80), TCPAddress("127.0.0.1", 80)),
            (("::1", 80, 0, 0), TCPAddress("::1", 80)),
            ("/run/x", UnixAddress("/run/x")),
            ("", UnixAddress("")),
            (None, UnixAddress("")),
        ],
    )
    def test_what_sockets_call_themselves(self, name: object, address: Address) -> None:
        assert address_of(name) == address
