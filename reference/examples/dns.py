"""DNS: a question over UDP, and over TCP if the answer is too long for that.

    python3 reference serve reference/examples/dns.py --env DNS=dns://9.9.9.9:53
    curl "http://localhost:8000/?name=example.com"

https://www.rfc-editor.org/rfc/rfc1035#section-4
"""

import asyncio
import struct
from contextlib import suppress

from worker_runtime import URL, Env, Request, Response, UDPSocket, connect, crypto

A, IN, RECURSION_DESIRED, TRUNCATED = 1, 1, 0x0100, 0x0200
SECONDS_TO_ANSWER, ATTEMPTS = 2, 3


def query(name: str) -> bytes:
    """A message that asks for the IPv4 addresses of a name."""
    (id,) = struct.unpack("!H", crypto.getRandomValues(bytearray(2)))
    labels = [label.encode("idna") for label in name.rstrip(".").split(".")]
    name_in_labels = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    header = struct.pack("!6H", id, RECURSION_DESIRED, 1, 0, 0, 0)
    return header + name_in_labels + struct.pack("!2H", A, IN)


async def ask(server: str, name: str) -> list[str]:
    """The addresses of a name."""
    message = query(name)
    answer = await ask_over_udp(server, message)
    if struct.unpack_from("!H", answer, 2)[0] & TRUNCATED:
        answer = await ask_over_tcp(server, message)
    return addresses_in(answer)


async def ask_over_udp(server: str, message: bytes) -> bytes:
    host, _, port = server.rpartition(":")
    socket = UDPSocket(remoteAddress=host.strip("[]"), remotePort=int(port))
    readable, writable, *_ = await socket.opened
    writer, messages = writable.getWriter(), readable.values(preventCancel=True)
    try:
        for _ in range(ATTEMPTS):  # either may get lost
            await writer.write({"data": message})
            with suppress(TimeoutError):
                async with asyncio.timeout(SECONDS_TO_ANSWER):
                    async for answer in messages:
                        if answer.data[:2] == message[:2]:  # it is about this question
                            return bytes(answer.data)
        raise TimeoutError(f"{server} does not answer")
    finally:
        await messages.return_()
        writer.releaseLock()
        await socket.close()


async def ask_over_tcp(server: str, message: bytes) -> bytes:
    """Each message has its length before it: https://www.rfc-editor.org/rfc/rfc7766#section-8"""
    socket = connect(server)
    await socket.writable.getWriter().write(struct.pack("!H", len(message)) + message)
    reader = socket.readable.getReader(mode="byob")
    (length,) = struct.unpack("!H", (await reader.read(bytearray(2), min=2)).value)
    answer = bytes((await reader.read(bytearray(length), min=length)).value)
    await socket.close()
    return answer


def addresses_in(message: bytes) -> list[str]:
    count, answers = struct.unpack_from("!2H", message, 4)
    offset = 12
    for _ in range(count):
        offset = end_of_name(message, offset) + 4
    addresses = []
    for _ in range(answers):
        offset = end_of_name(message, offset)
        kind, _, _, length = struct.unpack_from("!2HIH", message, offset)
        offset += 10
        if kind == A:
            addresses.append(".".join(map(str, message[offset : offset + length])))
        offset += length
    return addresses


def end_of_name(message: bytes, offset: int) -> int:
    while (length := message[offset]) and length < 0xC0:
        offset += length + 1
    return offset + (2 if length else 1)


async def fetch(request: Request, env: Env) -> Response:
    name = URL(request.url).searchParams.get("name")
    if not name:
        return Response("Ask for ?name=example.com\n", status=400)
    return Response.json({"name": name, "addresses": await ask(URL(env.DNS).host, name)})
