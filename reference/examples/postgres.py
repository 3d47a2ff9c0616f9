"""PostgreSQL: TLS that begins later.

    python3 reference serve reference/examples/postgres.py --env POSTGRES=postgres://localhost:5432
    curl http://localhost:8000/

A client asks whether the server has TLS, in plain text; the answer is one byte. Whoever sends more
than that may not be the server, and `startTls()` fails.

https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL
"""

import struct

from worker_runtime import URL, Env, Request, Response, Socket, connect

SSL_REQUEST = struct.pack("!2I", 8, 80877103)


async def open_connection(address: str) -> tuple[Socket, bool]:
    """A socket to a server, over TLS if that has it, and whether it has."""
    socket = connect(address, secureTransport="starttls")
    writer, reader = socket.writable.getWriter(), socket.readable.getReader(mode="byob")
    await writer.write(SSL_REQUEST)
    answer, _ = await reader.read(bytearray(1))
    writer.releaseLock()
    reader.releaseLock()
    if bytes(answer) != b"S":
        return socket, False
    return socket.startTls(), True


async def introduce_oneself(socket: Socket, user: str) -> str:
    """What the server says to a user: "R" asks for a password or lets in, "E" refuses."""
    parameters = (
        b"".join(word.encode() + b"\0" for word in ("user", user, "database", user)) + b"\0"
    )
    message = struct.pack("!2I", 8 + len(parameters), 196608) + parameters
    await socket.writable.getWriter().write(message)
    answer = await socket.readable.getReader().read()
    return bytes(answer.value[:1]).decode()


async def fetch(request: Request, env: Env) -> Response:
    socket, is_secure = await open_connection(URL(env.POSTGRES).host)
    answer = await introduce_oneself(socket, env.get("PGUSER", "postgres"))
    info = await socket.opened
    await socket.close()
    return Response.json({"server": info.remoteAddress, "tls": is_secure, "answer": answer})
