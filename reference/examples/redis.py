"""Redis: commands over TCP, several in one go.

    python3 reference serve reference/examples/redis.py --env REDIS=redis://localhost:6379
    curl "http://localhost:8000/?name=Ada"

Counts who has been here. What is sent together is answered in order.
"""

from typing import Any

from worker_runtime import URL, Env, Request, Response, connect


class Redis:
    """A connection to a server: https://redis.io/docs/reference/protocol-spec"""

    def __init__(self, address: str) -> None:
        self.socket = connect(address)
        self.writer = self.socket.writable.getWriter()
        self.reader = self.socket.readable.getReader()
        self.received = b""

    async def send(self, *commands: tuple[object, ...]) -> list[Any]:
        """The replies to commands, each a tuple of words; an error is an exception among them."""
        lines: list[bytes] = []
        for command in commands:
            lines.append(b"*%d" % len(command))
            for word in command:
                data = str(word).encode()
                lines += [b"$%d" % len(data), data]
        await self.writer.write(b"\r\n".join([*lines, b""]))
        return [await self.reply() for _ in commands]

    async def reply(self) -> Any:
        kind, rest = (line := await self.line())[:1], line[1:]
        if kind == b"+":
            return rest.decode()
        if kind == b":":
            return int(rest)
        if kind == b"-":
            return RuntimeError(rest.decode())
        if int(rest) < 0:
            return None
        if kind == b"*":
            return [await self.reply() for _ in range(int(rest))]
        return (await self.take(int(rest) + 2))[:-2].decode()

    async def line(self) -> bytes:
        while b"\r\n" not in self.received:
            await self.more()
        line, _, self.received = self.received.partition(b"\r\n")
        return line

    async def take(self, length: int) -> bytes:
        while len(self.received) < length:
            await self.more()
        data, self.received = self.received[:length], self.received[length:]
        return data

    async def more(self) -> None:
        result = await self.reader.read()
        if result.done:
            raise EOFError("Redis has closed the connection")
        self.received += result.value


async def fetch(request: Request, env: Env) -> Response:
    name = URL(request.url).searchParams.get("name") or "World"
    key = f"worker-runtime:visits:{name}"
    redis = Redis(URL(env.REDIS).host)
    visits, _, everybody = await redis.send(
        ("INCR", key),
        ("EXPIRE", key, 3600),
        ("KEYS", "worker-runtime:visits:*"),
    )
    await redis.socket.close()
    return Response(f"Hello {name}, number {visits} of {len(everybody)} visitors\n")
