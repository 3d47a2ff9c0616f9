"""What is seen of connections on their way."""

from __future__ import annotations

import asyncio

from worker_runtime.cli.observed_network import ObservedNetwork
from worker_runtime.host.network import TCPAddress

from .wire import OK, server_of

REQUEST = b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n"


def test_heads_are_seen_as_they_are_and_content_is_not() -> None:
    seen: list[tuple[str, bytes]] = []
    early = b"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"

    async def talk(port: int) -> None:
        network = ObservedNetwork(lambda kind, line: seen.append((kind, line)))
        stream = await network.dial(TCPAddress("127.0.0.1", port))
        stream.write(REQUEST + b"abc")
        while await stream.read():
            pass
        stream.close()
        await stream.wait_closed()

    with server_of([early + OK]) as (port, requests):
        asyncio.run(talk(port))
    assert requests == [REQUEST + b"abc"]
    assert seen == [
        ("*", f"Connected to 127.0.0.1 port {port}".encode()),
        (">", REQUEST),
        ("<", early),
        ("<", OK.removesuffix(b"ok")),
    ]
