"""Both ends of a connection, and a certificate."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from worker_runtime.host.byte_stream import ByteStream
from worker_runtime.host.network import Address, SystemNetwork, TCPAddress
from worker_runtime.host.tls import ClientTLS, ServerTLS

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
