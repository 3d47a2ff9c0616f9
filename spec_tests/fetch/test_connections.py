"""Connections: what the pool keeps, what it lets go, and when."""

from __future__ import annotations

import asyncio
import gc

import pytest

from spec_tests.fakes import FakeClock
from worker_runtime import AbortController, DOMException, WebSocket, fetch
from worker_runtime.fetch.connections import (
    IDLE_TIMEOUT,
    MOST_IDLE_OF_A_KEY,
    connection_pool,
    record_connection_timing_info,
)
from worker_runtime.fetch.timing_info import ConnectionTimingInfo
from worker_runtime.host.host import Host
from worker_runtime.host.network import Address, ByteStream, ClientTLS, SocketOptions, TCPAddress
from worker_runtime.host.restricted_network import RestrictedNetwork
from worker_runtime.host.timeouts import Timeouts
from worker_runtime.html.settings_objects import (
    EnvironmentSettingsObject,
    current_settings_object,
    realm_execution_context,
    run_in_realm,
)
from worker_runtime.url.origins import TupleOrigin

from .scripted_network import Received, ScriptedNetwork, ScriptedStream, network_of, response

spec = pytest.mark.spec


async def text(url: str, **init: object) -> str:
    return str(await (await fetch(url, **init)).text())  # type: ignore[arg-type]


@spec("https://fetch.spec.whatwg.org/#concept-connection-obtain")
class TestObtainAConnection:
    async def test_a_connection_is_used_again(self) -> None:
        with network_of(lambda request: response(request.target.encode())) as network:
            assert [await text(f"http://a.example/{i}") for i in range(3)] == ["/0", "/1", "/2"]
            assert len(network.streams) == 1

    async def test_not_for_another_origin_nor_for_other_credentials(self) -> None:
        with network_of(lambda request: response()) as network:
            await text("http://a.example/")
            await text("http://b.example/")
            await text("http://a.example:81/")
            await text("https://a.example/")
            await text("http://a.example/", credentials="omit")
            assert len(network.streams) == 5

    async def test_not_for_the_scope_of_another_site(self) -> None:
        with network_of(lambda request: response()) as network:
            host = current_settings_object().host
            for site in ("a.example", "b.example", "a.example"):
                client = EnvironmentSettingsObject(host, origin=TupleOrigin("https", site, None))
                await (await run_in_realm(client, fetch, "http://a.example/")).text()
            assert len(network.streams) == 2

    async def test_not_if_server_or_client_have_ended_it(self) -> None:
        with network_of(lambda request: response(connection="close")) as network:
            await text("http://a.example/")
            await text("http://a.example/")
            assert [stream.is_closed for stream in network.streams] == [True, True]

    async def test_not_if_the_server_has_sent_something_unasked(self) -> None:
        with network_of(lambda request: response(b"one") + b"HTTP/1.1 200 OK\r\n") as network:
            await text("http://a.example/")
            await text("http://a.example/")
            assert len(network.streams) == 2

    async def test_not_if_the_server_hangs_up_meanwhile(self) -> None:
        with network_of(lambda request: response(b"one")) as network:
            await text("http://a.example/")
            network.streams[0].end()
            assert network.streams[0].is_closed
            await text("http://a.example/")
            network.streams[1].feed(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
            assert network.streams[1].is_closed
            assert await text("http://a.example/", method="POST", body="x") == "one"

    async def test_two_requests_at_once_have_two_connections(self) -> None:
        with network_of(lambda request: response(b"x")) as network:
            responses = [fetch("http://a.example/"), fetch("http://a.example/")]
            assert [await (await promise).text() for promise in responses] == ["x", "x"]
            assert len(network.streams) == 2


@spec("https://fetch.spec.whatwg.org/#create-a-connection")
class TestCreateAConnection:
    async def test_over_tls_for_https_with_the_name_that_the_certificate_has_to_be_for(
        self,
    ) -> None:
        with network_of(lambda request: response()) as network:
            await text("https://a.example/")
            await text("http://[::1]:81/")
            tls = ClientTLS("a.example")
            assert network.dialled == [
                (TCPAddress("a.example", 443), tls),
                (TCPAddress("::1", 81), None),
            ]

    async def test_gives_up_after_a_time(self) -> None:
        clock = FakeClock()

        class Nowhere(ScriptedNetwork):
            async def dial(
                self,
                address: Address,
                tls: ClientTLS | None = None,
                options: SocketOptions = SocketOptions(),
            ) -> ByteStream:
                await asyncio.get_running_loop().create_future()
                raise AssertionError

        network = Nowhere(lambda request: None)
        settings_object = EnvironmentSettingsObject(
            Host(clock=clock, network=network, timeouts=Timeouts(connect=7))
        )
        token = realm_execution_context.set(settings_object)
        promise = fetch("http://a.example/")
        realm_execution_context.reset(token)
        await asyncio.sleep(0)
        clock.advance(7)
        with pytest.raises(TypeError, match="no connection within 7 seconds"):
            await promise

    async def test_an_abort_ends_the_attempt(self) -> None:
        with network_of(lambda request: None) as network:
            controller = AbortController()
            promise = fetch("http://a.example/", signal=controller.signal)
            controller.abort()
            with pytest.raises(DOMException, match="AbortError"):
                await promise
            await asyncio.sleep(0)
            assert all(stream.is_closed for stream in network.streams)


@spec("https://fetch.spec.whatwg.org/#concept-connection-pool")
class TestConnectionPool:
    async def test_does_not_keep_more_than_it_should(self) -> None:
        waiting: list[Received] = []
        with network_of(waiting.append) as network:
            promises = [fetch("http://a.example/") for _ in range(MOST_IDLE_OF_A_KEY + 3)]
            while len(waiting) < len(promises):
                await asyncio.sleep(0)
            for request in waiting:
                request.stream.feed(response(b"x"))
            for promise in promises:
                await promise
            assert sum(not stream.is_closed for stream in network.streams) == MOST_IDLE_OF_A_KEY

    async def test_keeps_none_for_too_long(self) -> None:
        clock = FakeClock()
        network = ScriptedNetwork(lambda request: response(b"x"))
        token = realm_execution_context.set(
            EnvironmentSettingsObject(Host(clock=clock, network=network))
        )
        await text("http://a.example/")
        clock.advance(IDLE_TIMEOUT / 2)
        await text("http://b.example/")
        clock.advance(IDLE_TIMEOUT / 2)
        assert [stream.is_closed for stream in network.streams] == [True, False]
        clock.advance(IDLE_TIMEOUT / 2)
        assert network.streams[1].is_closed
        realm_execution_context.reset(token)

    def test_ends_with_its_loop(self) -> None:
        network = ScriptedNetwork(lambda request: response(b"x"))

        async def use_it() -> object:
            settings_object = EnvironmentSettingsObject(Host(network=network))
            realm_execution_context.set(settings_object)
            await text("http://a.example/")
            network.serve = lambda request: response(b"x", content_length="9")
            return await fetch("http://a.example/")

        held = asyncio.run(use_it())
        assert [stream.is_closed for stream in network.streams] == [True]
        del held

    async def test_lets_go_of_a_response_that_is_dropped_unread(self) -> None:
        with network_of(lambda request: response(b"beginning", content_length="1000")) as network:
            await fetch("http://a.example/")
            gc.collect()
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            assert network.streams[0].is_closed

    async def test_belongs_to_the_loop_that_runs(self) -> None:
        assert connection_pool(current_settings_object()) is connection_pool(
            current_settings_object()
        )


class TestRestrictedNetwork:
    """What a worker may reach is the network's to decide, so it holds wherever a connection is
    made.
    """

    @pytest.mark.parametrize("url", [
        "http://b.example/", "http://a.example:81/", "https://a.example/",
        "http://a.example.b.example/", "http://a.example./", "http://127.0.0.2/",
        "http://[::ffff:127.0.0.1]/", "http://[::1]/", "http://localhost/",
        "http://a.example/elsewhere",
    ])  # fmt: skip
    async def test_nothing_else_is_dialled(self, url: str) -> None:
        def serve(request: Received) -> bytes:
            return (
                response(b"", "302 Found", location="http://b.example/")
                if request.target == "/elsewhere"
                else response(b"x")
            )

        with network_of(serve) as network:
            current_settings_object().host.network = RestrictedNetwork(
                network, ["a.example:80", "127.0.0.1", "*.c.example"]
            )
            for host in ("a.example", "A.EXAMPLE:80", "0x7f.1", "2130706433", "d.c.example"):
                assert await text(f"http://{host}/") == "x"
            with pytest.raises(
                TypeError, match="is not among the hosts that this worker may reach"
            ):
                await fetch(url)
            assert {address.host for address,
                _ in network.dialled if isinstance(address, TCPAddress)} == {
                "a.example", "127.0.0.1", "d.c.example",
            }  # fmt: skip

    async def test_a_connection_of_another_network_is_not_used(self) -> None:
        with network_of(lambda request: response(b"x")) as network:
            assert await text("http://b.example/") == "x"
            current_settings_object().host.network = RestrictedNetwork(network, ["a.example"])
            with pytest.raises(TypeError, match="may reach"):
                await fetch("http://b.example/")

    async def test_nor_by_a_web_socket(self) -> None:
        with network_of(lambda request: None) as network:
            current_settings_object().host.network = RestrictedNetwork(network, ["a.example"])
            is_closed = asyncio.Event()
            web_socket = WebSocket("ws://b.example/")
            web_socket.onclose = lambda event: is_closed.set()
            await is_closed.wait()
            assert network.dialled == []


@spec("https://fetch.spec.whatwg.org/#record-connection-timing-info")
class TestRecordConnectionTimingInfo:
    @pytest.mark.parametrize("is_secure, began", [(False, None), (True, 1.5)])
    def test_a_handshake_begins_when_there_is_a_connection(
        self, is_secure: bool, began: float | None
    ) -> None:
        stream = ScriptedStream(ScriptedNetwork(lambda request: None), TCPAddress("a.example", 1))
        stream.is_secure, stream.connected_at = is_secure, 1.5
        timing_info = record_connection_timing_info(stream, 1, 2)
        assert timing_info == ConnectionTimingInfo(1, 1, 1, 2, began, "http/1.1")

    def test_it_does_not_begin_before_the_connection_does(self) -> None:
        stream = ScriptedStream(ScriptedNetwork(lambda request: None), TCPAddress("a.example", 1))
        stream.is_secure, stream.application_protocol = True, "http/1.0"
        timing_info = record_connection_timing_info(stream, 1, 2)
        assert timing_info.secure_connection_start_time == 1
        assert timing_info.alpn_negotiated_protocol == "http/1.0"
