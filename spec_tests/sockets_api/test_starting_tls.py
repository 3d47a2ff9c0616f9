"""TLS that begins later."""

from __future__ import annotations

import asyncio

import pytest

from spec_tests.certificates import Authority
from spec_tests.fakes import running_in
from spec_tests.sockets_api.peers import at, discard, peer
from spec_tests.sockets_api.test_connect import authority as authority
from spec_tests.sockets_api.test_connect import outcome
from spec_tests.sockets_api.test_connect import trusted as trusted
from worker_runtime import SocketError, connect
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.host import Host
from worker_runtime.host.network import ServerTLS
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.html.settings_objects import EnvironmentSettingsObject

spec = pytest.mark.spec


class Upgrading:
    """A server that says "go ahead" to STARTTLS, then speaks TLS and echoes."""

    def __init__(self, tls: ServerTLS, injected: bytes = b"") -> None:
        self.tls = tls
        self.injected = injected
        self.received = b""

    async def __call__(self, stream: ByteStream) -> None:
        while not self.received.endswith(b"STARTTLS\r\n"):
            if not (data := await stream.read()):
                return
            self.received += data
        stream.write(b"go ahead\r\n" + self.injected)
        await stream.start_tls(self.tls)
        while data := await stream.read():
            stream.write(b"secret " + data)
        stream.close()


@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-starttls")
@spec("https://sockets-api.proposal.wintertc.org/#starttls-method")
class TestStartTls:
    async def test_a_new_socket_has_the_connection(self, trusted: Authority) -> None:
        async with peer(Upgrading(trusted.vouch_for("localhost"))) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            reader, writer = plain.readable.getReader(), plain.writable.getWriter()
            await writer.write(b"STARTTLS\r\n")
            assert (await reader.read()).value == b"go ahead\r\n"
            secure = plain.startTls()
            assert plain.upgraded and not secure.upgraded and secure is not plain
            assert (plain.secureTransport, secure.secureTransport) == ("starttls", "on")
            info = await secure.opened
            assert info == await plain.opened
            await plain.closed
            assert (await reader.read()).done
            with pytest.raises(TypeError):
                await writer.write(b"x")
            secure_writer = secure.writable.getWriter()
            await secure_writer.write(b"x")
            assert (await secure.readable.getReader().read()).value == b"secret x"
            await secure.close()

    async def test_what_was_written_before_goes_first(self, trusted: Authority) -> None:
        server = Upgrading(trusted.vouch_for("localhost"))
        async with peer(server) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            writer, reader = plain.writable.getWriter(), plain.readable.getReader()
            for word in ("a", "b", "STARTTLS\r\n"):
                writer.write(word)
            assert (await reader.read()).value == b"go ahead\r\n"
            secure = plain.startTls()
            secure.writable.getWriter().write(b"x")  # it waits
            assert (await secure.readable.getReader().read()).value == b"secret x"
            assert server.received == b"abSTARTTLS\r\n"
            await secure.close()

    async def test_a_read_that_waits_comes_to_its_end(self, trusted: Authority) -> None:
        tls = trusted.vouch_for("localhost")

        async def silent(stream: ByteStream) -> None:
            await stream.read()
            await stream.start_tls(tls)
            stream.write(b"greeting")
            await discard(stream)

        async with peer(silent) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            await plain.writable.getWriter().write(b"go")
            reading = plain.readable.getReader().read()
            await asyncio.sleep(0.005)
            secure = plain.startTls()
            assert (await secure.readable.getReader().read()).value == b"greeting"
            assert (await reading).done
            await secure.close()

    @pytest.mark.parametrize("injected", [b"* OK injected\r\n", b"x"])
    async def test_what_comes_before_and_is_unread_is_an_error(
        self, trusted: Authority, injected: bytes
    ) -> None:
        async with peer(Upgrading(trusted.vouch_for("localhost"), injected)) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            await plain.writable.getWriter().write(b"STARTTLS\r\n")
            reader = plain.readable.getReader(mode="byob")
            await reader.read(bytearray(10), min=10)
            message = await outcome(plain.startTls())
        assert "Something came before TLS" in message
        await plain.closed

    @pytest.mark.parametrize("kind", ["off", "on"])
    async def test_only_for_a_socket_that_was_made_for_it(self, kind: str) -> None:
        socket = connect("127.0.0.1:1", secureTransport=kind)  # type: ignore[arg-type]
        with pytest.raises(SocketError, match=f"secureTransport=\"starttls\", not '{kind}'"):
            socket.startTls()
        assert not socket.upgraded
        await outcome(socket)

    async def test_only_once(self, trusted: Authority) -> None:
        async with peer(Upgrading(trusted.vouch_for("localhost"))) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            await plain.writable.getWriter().write(b"STARTTLS\r\n")
            await plain.readable.getReader().read()
            secure = plain.startTls()
            for _ in range(2):
                with pytest.raises(SocketError, match="has been called already"):
                    plain.startTls()
                await secure.opened
            with pytest.raises(SocketError, match="not 'on'"):
                secure.startTls()
            await secure.close()

    async def test_not_when_it_is_closed(self) -> None:
        async with peer(discard) as address:
            socket = connect(at(address), secureTransport="starttls")
            await socket.close()
            with pytest.raises(SocketError, match="The socket is closed"):
                socket.startTls()

    @pytest.mark.parametrize("name, has_expired, message", [
        ("localhost", True, "expired"), ("other.example", False, "Hostname mismatch"),
    ])  # fmt: skip
    async def test_a_certificate_that_is_no_good_is_a_failure(
        self, trusted: Authority, name: str, has_expired: bool, message: str
    ) -> None:
        server = Upgrading(trusted.vouch_for(name, has_expired=has_expired))
        async with peer(server) as address:
            plain = connect(f"localhost:{address.port}", secureTransport="starttls")
            await plain.writable.getWriter().write(b"STARTTLS\r\n")
            await plain.readable.getReader().read()
            assert message in await outcome(plain.startTls())

    async def test_so_is_plain_text(self) -> None:
        async def go_on_in_plain_text(stream: ByteStream) -> None:
            await stream.read()
            stream.write(b"go ahead\r\n")
            await stream.read()
            stream.write(b"220 still in plain text\r\n")
            await discard(stream)

        async with peer(go_on_in_plain_text) as address:
            plain = connect(at(address), secureTransport="starttls")
            await plain.writable.getWriter().write(b"STARTTLS\r\n")
            await plain.readable.getReader().read()
            assert "TLS could not be started" in await outcome(plain.startTls())

    @pytest.mark.parametrize("when", ["before", "during"])
    async def test_so_is_a_peer_that_goes(self, when: str) -> None:
        async def go(stream: ByteStream) -> None:
            await stream.read()
            stream.write(b"go ahead\r\n")
            await stream.drain()
            if when == "during":
                await stream.read()
            else:
                await asyncio.sleep(0.005)
            stream.abort()

        async with peer(go) as address:
            plain = connect(at(address), secureTransport="starttls")
            await plain.writable.getWriter().write(b"STARTTLS\r\n")
            await plain.readable.getReader().read()
            if when == "before":
                await asyncio.sleep(0.02)
            assert (await outcome(plain.startTls())).startswith("SocketError: ")
            await plain.closed

    async def test_one_that_says_nothing_is_waited_for_as_long_as_the_host_allows(self) -> None:
        async with peer(discard) as address:
            settings_object = EnvironmentSettingsObject(Host(timeouts=Timeouts(connect=0.05)))
            with running_in(settings_object):
                plain = connect(at(address), secureTransport="starttls")
                await plain.opened
                message = await outcome(plain.startTls())
        assert "nothing within 0.05 seconds" in message

    async def test_a_socket_that_does_not_connect_has_no_tls_either(self) -> None:
        plain = connect("127.0.0.1:1", secureTransport="starttls")
        assert "refused" in await outcome(plain.startTls())

    async def test_it_can_be_closed_meanwhile(self, trusted: Authority) -> None:
        has_ended = asyncio.Event()

        async def read_to_the_end(stream: ByteStream) -> None:
            try:
                await discard(stream)
            finally:
                has_ended.set()

        async with peer(read_to_the_end) as address:
            plain = connect(at(address), secureTransport="starttls")
            await plain.opened
            secure = plain.startTls()
            await asyncio.sleep(0.005)
            await secure.close()
            await plain.closed
            await asyncio.wait_for(has_ended.wait(), 5)


@spec("https://sockets-api.proposal.wintertc.org/#dom-socket-closed")
class TestEndOfTLS:
    async def test_an_end_without_its_closure_alert_is_an_error(self, trusted: Authority) -> None:
        async def cut_off(stream: ByteStream) -> None:
            stream.write(b"half")
            await stream.drain()
            await stream.read()
            transport = stream._transport  # type: ignore[attr-defined]
            transport.get_extra_info("socket").shutdown(1)
            await discard(stream)

        async with peer(cut_off, trusted.vouch_for("localhost")) as address:
            socket = connect(at(address), secureTransport="on")
            reader = socket.readable.getReader()
            assert (await reader.read()).value == b"half"
            await socket.writable.getWriter().write(b"x")
            with pytest.raises(SocketError, match="without close_notify"):
                await reader.read()
            await socket.closed

    async def test_an_end_in_order_is_one_of_both_directions(self, trusted: Authority) -> None:
        async def end(stream: ByteStream) -> None:
            stream.write(b"whole")
            stream.close()

        async with peer(end, trusted.vouch_for("localhost")) as address:
            socket = connect(at(address), secureTransport="on", allowHalfOpen=True)
            assert b"".join([bytes(each) async for each in socket.readable]) == b"whole"
            await socket.closed
