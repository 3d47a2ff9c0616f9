"""A server that keeps the bytes of each request, and the command `fetch` in this process."""

from __future__ import annotations

import re
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress

from worker_runtime.cli.main import main
from worker_runtime.host.host import use_default_host

OK = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n"
    b"Set-Cookie: n=1; Path=/\r\n\r\nok"
)


def redirect(status: int, location: str = "/z") -> bytes:
    """A response that leads on; PORT is the server's."""
    return (
        f"HTTP/1.1 {status} X\r\nLocation: {location}\r\nSet-Cookie: r=2\r\nContent-Length: 0\r\n"
        "Connection: close\r\n\r\n"
    ).encode()


def received_request(connection: socket.socket) -> bytes:
    """A whole request, with a content of known length or in chunks."""
    data = b""
    while True:
        head, end, content = data.partition(b"\r\n\r\n")
        if end:
            length = re.search(rb"(?i)\r\nContent-Length: (\d+)", head)
            if re.search(rb"(?i)\r\nTransfer-Encoding: chunked", head):
                if content.endswith(b"0\r\n\r\n"):
                    return data
            elif len(content) == (int(length[1]) if length else 0):
                return data
            if not content and b"\r\nExpect: 100-continue" in head:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        piece = connection.recv(65536)
        if not piece:
            return data
        data += piece


@contextmanager
def server_of(responses: Sequence[bytes]) -> Iterator[tuple[int, list[bytes]]]:
    """A server with one response after the other: its port, and what it has been asked."""
    requests: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)
        port: int = server.getsockname()[1]

        def answer() -> None:
            for response in responses:
                try:
                    connection, _ = server.accept()
                except OSError:  # nobody asks
                    return
                with connection, suppress(ConnectionError):  # it is broken off
                    requests.append(received_request(connection))
                    connection.sendall(response.replace(b"PORT", str(port).encode()))

        thread = threading.Thread(target=answer)
        thread.start()
        try:
            yield port, requests
        finally:
            with socket.socket() as last:  # if it waits for another one
                if thread.is_alive():
                    last.connect_ex(("127.0.0.1", port))
            thread.join()


def fetch(*arguments: str) -> int:
    """What the command does; its exit status. Output is that of this process."""
    use_default_host(None)
    try:
        return main(["fetch", *arguments])
    except SystemExit as exit:
        return int(exit.code or 0)
    finally:
        use_default_host(None)
