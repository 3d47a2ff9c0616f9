"""A socket that connects to an address."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from spec_tests.certificates import Authority
from spec_tests.fakes import running_in
from spec_tests.sockets_api.peers import at, discard, echo, peer, wait
from worker_runtime import DOMException, Socket, SocketError, connect
from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.clock import SystemClock
from worker_runtime.host.host import Host
from worker_runtime.host.network import SystemNetwork, TCPAddress
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.host.tls import client_context
from worker_runtime.html.settings_objects import EnvironmentSettingsObject, terminate_a_worker
from worker_runtime.sockets_api.connect import create_an_accepted_socket, to_security

spec = pytest.mark.spec


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> Iterator[Authority]:
    """An authority that the system vouches for."""
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    client_context.cache_clear()
    yield authority
    client_context.cache_clear()


@contextmanager
def in_a_scope(host: Host) -> Iterator[EnvironmentSettingsObject]:
    with running_in(EnvironmentSettingsObject(host)) as settings_object:
        yield settings_object


async def outcome(socket: Socket) -> str:
    """What there is to see of a socket that has failed."""
    reasons = []
    for promise in (socket.opened, socket.closed):
        with pytest.raises(SocketError) as caught:
            await promise
        reasons.append(caught.value)
    with pytest.raises(SocketError) as caught:
        await socket.readable.getReader().read()
    reasons.append(caught.value)
    with pytest.raises(SocketError) as caught:
        await socket.writable.getWriter().write(b"x")
    reasons.append(caught.value)
    assert len({id(reason) for reason in reasons}) == 1
    return str(reasons[0])


@spec("https://sockets-api.proposal.wintertc.org/#dom-connect-connect")
class TestConnect:
    async def test_the_socket_can_be_used_at_once(self) -> None:
        async with peer(echo) as address:
            socket = connect({"hostname": address.host, "port": address.port})
            writer = socket.writable.getWriter()
            writing = writer.write(b"Hello, World!")
            reading = socket.readable.getReader().read()
            await writing
            assert (await reading).value == b"Hello, World!"
            await socket.close()

    async def test_a_failure_is_told_to_everybody(self) -> None:
        assert await outcome(connect("127.0.0.1:1")) == (
            "SocketError: There is no connection: Connection refused"
        )

    async def test_nobody_has_to_look_at_it(self) -> None:
        reported: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda loop, what: reported.append(what))
        connect("127.0.0.1:1")
        for _ in range(20):
            await asyncio.sleep(0.001)
        assert reported == []

    @pytest.mark.parametrize("arguments, message", [
        ({"address": "nonsense"}, "hostname:port"),
        ({"address": "a:1", "alpn": ["h2"]}, "sni and alpn are for secureTransport"),
        ({"address": "a:1", "sni": "a.example"}, "sni and alpn are for secureTransport"),
        ({"address": "a:1", "alpn": "h2", "secureTransport": "on"}, "a list of protocols"),
        ({"address": "a:1", "alpn": [""], "secureTransport": "on"}, "no name of a protocol"),
        ({"address": "a:1", "sni": "a b", "secureTransport": "on"}, "no host"),
        ({"address": "a:1", "secureTransport": "tls"}, '"off", "on" or "starttls"'),
        ({"address": "a:1", "secure_transport": "on"}, "did you mean 'secureTransport'"),
    ])  # fmt: skip
    async def test_what_does_not_go_together_is_an_error(
        self, arguments: dict[str, Any], message: str
    ) -> None:
        with pytest.raises(TypeError, match=message):
            connect(**arguments)

    async def test_options_may_be_a_mapping(self) -> None:
        async with peer(echo) as address:
            socket = connect(at(address), {"secureTransport": "starttls"}, allowHalfOpen=True)
            assert socket.secureTransport == "starttls"
            await socket.opened
            await socket.close()

    async def test_it_takes_no_longer_than_the_host_allows(self) -> None:
        class Nowhere(SystemNetwork):
            async def dial(self, *_: object) -> ByteStream:
                await asyncio.get_running_loop().create_future()
                raise AssertionError

        with in_a_scope(Host(network=Nowhere(), timeouts=Timeouts(connect=0.01))):
            message = await outcome(connect("a.example:1"))
        assert message == "SocketError: There is no connection: nothing within 0.01 seconds"

    async def test_a_connection_that_nobody_wants_any_more_is_broken_off(self) -> None:
        class Late(SystemNetwork):
            async def dial(self, address: Any, *_: object) -> ByteStream:
                try:
                    await asyncio.get_running_loop().create_future()
                except asyncio.CancelledError:
                    pass
                return await super().dial(address)

        ends: list[str] = []

        async def behave(stream: ByteStream) -> None:
            try:
                await stream.read()
            except ConnectionResetError:
                ends.append("reset")

        async with peer(behave) as address:
            with in_a_scope(Host(network=Late())):
                socket = connect(at(address))
                await asyncio.sleep(0.001)
                await socket.close()
            while not ends:
                await asyncio.sleep(0.001)

    async def test_a_socket_of_a_scope_ends_with_it(self) -> None:
        ends: list[str] = []

        async def behave(stream: ByteStream) -> None:
            try:
                await stream.read()
                ends.append("end")
            except ConnectionResetError:
                ends.append("reset")

        async with peer(behave) as address:
            with in_a_scope(Host()) as settings_object:
                opened, opening = connect(at(address)), connect(at(address))
                await opened.opened
                terminate_a_worker(settings_object)
            for _ in range(50):
                await asyncio.sleep(0.001)
        assert ends and {*ends} == {"reset"}
        assert opening is not opened


@spec("https://sockets-api.proposal.wintertc.org/#connect-section")
class TestPermission:
    @pytest.mark.parametrize("address", ["b.example:80", "127.0.0.1:81", "[::1]:80"])
    async def test_what_is_not_allowed_is_a_socket_error_with_that_cause(
        self, address: str
    ) -> None:
        network = RestrictedNetwork(SystemNetwork(), ["a.example", "127.0.0.1:80"])
        with in_a_scope(Host(network=network)):
            socket = connect(address)
            message = await outcome(socket)
        assert message.endswith("is not among the hosts that this worker may reach")
        with pytest.raises(SocketError) as caught:
            await socket.opened
        assert isinstance(caught.value.__cause__, DOMException)
        assert caught.value.__cause__.name == "NotAllowedError"

    async def test_another_spelling_is_the_same_address(self) -> None:
        async with peer(echo) as address:
            network = RestrictedNetwork(SystemNetwork(), [f"127.0.0.1:{address.port}"])
            with in_a_scope(Host(network=network)):
                socket = connect(f"0x7f.1:{address.port}")
                await socket.opened
                await socket.close()

    async def test_the_policy_deployed_holds_for_what_a_name_stands_for(self) -> None:
        network = RestrictedNetwork(SystemNetwork(), None, policy="deployed")
        with in_a_scope(Host(network=network)):
            for address, why in (("localhost:80", "localhost, which is ::1, 127.0.0.1"),
                    ("a.example:25", "for mail")):  # fmt: skip
                assert why in await outcome(connect(address))


@spec("https://sockets-api.proposal.wintertc.org/#dom-securetransportkind-on")
class TestTLS:
    async def test_goes_both_ways_and_agrees_on_a_protocol(self, trusted: Authority) -> None:
        tls = trusted.vouch_for("localhost")._replace(application_protocols=("x", "redis"))
        async with peer(echo, tls) as address:
            socket = connect(at(address), secureTransport="on", alpn=["redis", "h2"])
            writer, reader = socket.writable.getWriter(), socket.readable.getReader()
            await writer.write(b"secret")
            assert (await reader.read()).value == b"secret"
            assert (await socket.opened).alpn == "redis"
            assert not socket.upgraded
            await socket.close()

    async def test_the_certificate_may_be_for_another_name_that_is_asked_for(
        self, trusted: Authority
    ) -> None:
        async with peer(echo, trusted.vouch_for("other.example")) as address:
            socket = connect(at(address), secureTransport="on", sni="other.example")
            await socket.opened
            await socket.close()

    async def test_a_number_may_have_a_certificate(self, trusted: Authority) -> None:
        async with peer(echo, trusted.vouch_for("localhost")) as address:
            socket = connect(f"127.0.0.1:{address.port}", secureTransport="on")
            await socket.opened
            await socket.close()

    @pytest.mark.parametrize("name, has_expired, message", [
        ("localhost", True, "certificate has expired"),
        ("other.example", False, "Hostname mismatch, certificate is not valid for 'localhost'"),
    ])  # fmt: skip
    async def test_a_certificate_that_is_no_good_is_a_failure(
        self, trusted: Authority, name: str, has_expired: bool, message: str
    ) -> None:
        tls = trusted.vouch_for(name, has_expired=has_expired)
        async with peer(echo, tls) as address:
            assert message in await outcome(connect(at(address), secureTransport="on"))

    async def test_so_is_one_that_nobody_vouches_for(self, authority: Authority) -> None:
        client_context.cache_clear()
        async with peer(echo, authority.vouch_for("localhost")) as address:
            message = await outcome(connect(at(address), secureTransport="on"))
        assert "unable to get local issuer certificate" in message

    @pytest.mark.parametrize(
        "greeting", [b"220 mail.example ESMTP\r\n", b"\x16\x03\x01", b"\0" * 50]
    )
    async def test_so_is_plain_text(self, greeting: bytes) -> None:
        async def greet(stream: ByteStream) -> None:
            stream.write(greeting)
            if len(greeting) == 3:  # the beginning of a record
                stream.close()
            await discard(stream)

        async with peer(greet) as address:
            message = await outcome(connect(at(address), secureTransport="on"))
        assert "There is no connection" in message

    @pytest.mark.parametrize("behaviour", ["reset", "end"])
    async def test_so_is_a_peer_that_goes_during_the_handshake(self, behaviour: str) -> None:
        async def go(stream: ByteStream) -> None:
            await stream.read()
            (stream.abort if behaviour == "reset" else stream.close)()

        async with peer(go) as address:
            assert "There is no connection" in await outcome(
                connect(at(address), secureTransport="on")
            )

    async def test_a_peer_that_says_nothing_is_waited_for_as_long_as_the_host_allows(self) -> None:
        async with peer(wait) as address:
            with in_a_scope(Host(timeouts=Timeouts(connect=0.05))):
                message = await outcome(connect(at(address), secureTransport="on"))
        assert "nothing within 0.05 seconds" in message


@spec("https://sockets-api.proposal.wintertc.org/#socketoptions-dictionary")
class TestToSecurity:
    def test_defaults(self) -> None:
        assert to_security({}) == ("off", None, ())

    def test_a_name_is_as_in_a_url(self) -> None:
        assert to_security({"secureTransport": "on", "sni": "A.example"}).sni == "a.example"


@spec("SPEC_NOTES.md#accepted-sockets")
class TestCreateAnAcceptedSocket:
    async def test_what_its_other_side_has_ended_may_still_be_answered(self) -> None:
        accepted: list[Socket] = []
        settings_object = EnvironmentSettingsObject(Host(clock=SystemClock()))
        listening = await SystemNetwork().listen(
            TCPAddress("127.0.0.1", 0),
            lambda stream: accepted.append(create_an_accepted_socket(settings_object, stream)),
        )
        client = await SystemNetwork().dial(listening.addresses[0])
        client.write(b"question")
        client.write_eof()
        while not accepted:
            await asyncio.sleep(0)
        (socket,) = accepted
        assert (await socket.opened).localAddress == at(listening.addresses[0])  # type: ignore[arg-type]
        assert b"".join([bytes(chunk) async for chunk in socket.readable]) == b"question"
        writer = socket.writable.getWriter()
        await writer.write(b"answer")
        await writer.close()
        await socket.closed
        assert await client.read() == b"answer"
        assert await client.read() == b""
        client.close()
        listening.close()
