"""TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from spec_tests.host.ends import ANYWHERE, both_ends, read_all
from spec_tests.host.ends import certificate as certificate
from worker_runtime.host.network import SystemNetwork, TCPAddress
from worker_runtime.host.tls import ClientTLS, ServerTLS, TruncatedTLS, client_context, text_of_name


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

    async def test_a_certificate_that_nobody_looks_at_may_be_any(
        self, certificate: ServerTLS
    ) -> None:
        tls = ClientTLS("example.com", verifies=False)
        async with both_ends(ANYWHERE, certificate, tls) as (client, _):
            facts = client.tls_facts()
            assert facts is not None and facts.certificate is None

    async def test_both_ends_know_what_was_agreed_on(self, certificate: ServerTLS) -> None:
        tls = ClientTLS("localhost", certificate.certificate)
        async with both_ends(ANYWHERE, certificate, tls) as (client, server):
            client_facts, server_facts = client.tls_facts(), server.tls_facts()
        assert client_facts is not None and server_facts is not None
        assert client_facts.version == server_facts.version == "TLSv1.3"
        assert client_facts.cipher == server_facts.cipher
        assert server_facts.certificate is None and client_facts.certificate is not None
        assert client_facts.certificate.subject == client_facts.certificate.issuer == "CN=localhost"
        assert len(client_facts.certificate.fingerprint) == 64
        assert 0 < client_facts.certificate.expires - time.time() < 3 * 86400

    async def test_without_tls_there_is_nothing_to_agree_on(self) -> None:
        async with both_ends() as (client, _):
            assert client.tls_facts() is None

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
        client_context.cache_clear()
        with pytest.raises(OSError, match="without the ssl module"):
            await SystemNetwork().listen(ANYWHERE, lambda stream: None, ServerTLS("cert.pem"))
        with pytest.raises(OSError, match="without the ssl module"):
            await SystemNetwork().dial(ANYWHERE, ClientTLS("localhost"))
        async with both_ends() as (client, server):
            client.write(b"plain")
            assert await server.read() == b"plain"


@pytest.mark.parametrize(
    "name, text",
    [
        (((("commonName", "a"),), (("organizationName", "b, c"),)), r"CN=a, O=b\2C c"),
        (((("emailAddress", 'x"\n'),),), r"emailAddress=x\22\0A"),
        ((), ""),
    ],
)
def test_a_name_cannot_look_like_two(name: Any, text: str) -> None:
    assert text_of_name(name) == text
