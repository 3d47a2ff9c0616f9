"""MQTT: is the broker there, and how fast does it answer?

    python3 reference serve reference/examples/mqtt.py --env MQTT=mqtt://localhost:1883
    curl http://localhost:8000/

https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html
"""

from worker_runtime import (
    URL,
    Env,
    ReadableStreamBYOBReader,
    Request,
    Response,
    connect,
    performance,
)

CONNECT, CONNACK, PINGREQ, PINGRESP, DISCONNECT = 0x10, 0x20, 0xC0, 0xD0, 0xE0
CLEAN_SESSION, SECONDS_TO_LIVE = 2, 30


def packet(kind: int, content: bytes = b"") -> bytes:
    assert len(content) < 128  # a longer one has its length in several bytes
    return bytes([kind, len(content)]) + content


def text(string: str) -> bytes:
    data = string.encode()
    return len(data).to_bytes(2) + data


async def receive(reader: ReadableStreamBYOBReader, kind: int) -> bytes:
    """The content of the next packet, which has to be of that kind."""
    head, done = await reader.read(bytearray(2), min=2)
    if done:
        raise EOFError("The broker has closed the connection")
    received, length = bytes(head)
    if received != kind:
        raise ValueError(f"Expected a packet of kind {kind:#x}, not {received:#x}")
    return bytes((await reader.read(bytearray(length), min=length)).value) if length else b""


async def ping(address: str) -> float:
    """How many milliseconds a broker takes to answer."""
    socket = connect(address)
    writer, reader = socket.writable.getWriter(), socket.readable.getReader(mode="byob")
    hello = text("MQTT") + bytes([4, CLEAN_SESSION, 0, SECONDS_TO_LIVE]) + text("worker-runtime")
    await writer.write(packet(CONNECT, hello))
    code = (await receive(reader, CONNACK))[1]
    if code != 0:
        raise PermissionError(f"The broker refuses with {code}")
    begin = performance.now()
    await writer.write(packet(PINGREQ))
    await receive(reader, PINGRESP)
    took = performance.now() - begin
    await writer.write(packet(DISCONNECT))
    await socket.close()
    return took


async def fetch(request: Request, env: Env) -> Response:
    took = await ping(URL(env.MQTT).host)
    return Response.json({"broker": env.MQTT, "milliseconds": round(took, 1)})
