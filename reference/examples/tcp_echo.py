"""TCP: a server of its own beside the one for HTTP.

    python3 reference serve reference/examples/tcp_echo.py
    curl http://localhost:8000/

Says where it listens: what is sent there, with `nc localhost PORT`, comes back. To get connections
from `serve --tcp PORT` instead, a worker has a handler `async def connect(socket)`.
"""

import asyncio

from worker_runtime import Request, Response, TCPServerSocket, TCPSocket, console

served = 0


async def echo(socket: TCPSocket) -> None:
    """Send back what comes. A client that is too slow to read it is not read either."""
    global served
    served += 1
    info = await socket.opened
    try:
        await info.readable.pipeTo(info.writable)
    except Exception as error:
        console.warn(f"{info.remoteAddress} has left: {error}")


async def serve(server: TCPServerSocket) -> None:
    async with asyncio.TaskGroup() as tasks:
        async for socket in (await server.opened).readable:
            tasks.create_task(echo(socket))


server = TCPServerSocket("127.0.0.1")
serving = asyncio.ensure_future(serve(server))


async def fetch(request: Request) -> Response:
    port = (await server.opened).localPort
    return Response(f"Echo at port {port}, {served} clients so far\n")
