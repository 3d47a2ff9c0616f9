"""Sockets: a gigabyte each way beside bare asyncio streams, many that are dropped, many datagrams.

    python3 tools/bench.py sockets                  # everything
    python3 tools/bench.py sockets tcp --mib 64     # some of it, and less of that
    python3 tools/bench.py sockets dropped udp

The other side of a connection is a process of its own: blocking sockets, and in the rounds that are
called "slow" a pause now and then, so that it is always this side that has to wait. "growth" is how
much more memory this process has at most than before.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import multiprocessing
import os
import resource
import socket
import sys
import time
import warnings
from collections.abc import Awaitable, Callable
from typing import Literal

from worker_runtime import TCPServerSocket, TCPSocket, UDPSocket, connect

MIB = 2**20
CHUNK = bytes(256 * 1024)
GOAL_OF_GROWTH = 16  # MiB
GOAL_OF_SPEED = 0.5  # of bare asyncio streams
Direction = Literal["down", "up"]
Transfer = Callable[[int, Direction, int], Awaitable[None]]


def main() -> None:
    """Measure what is named, or everything."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", nargs="*", choices=["tcp", "dropped", "udp", []])
    parser.add_argument("--mib", type=int, default=1024, help="each way (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--sockets", type=int, default=1000)
    parser.add_argument("--datagrams", type=int, default=100_000)
    options = parser.parse_args()
    what = options.what or ["tcp", "dropped", "udp"]
    if "tcp" in what:
        measure_tcp(options.mib, options.rounds)
    if "dropped" in what:
        asyncio.run(measure_dropped(options.sockets))
    if "udp" in what:
        asyncio.run(measure_udp(options.datagrams))


# ---- a gigabyte each way -------------------------------------------------------------------------


def be_the_peer(listening: socket.socket, is_slow: bool) -> None:
    """The other side: the first byte says what it does, "u" takes what comes, "d" sends."""
    while True:
        connection, _ = listening.accept()
        direction, length = connection.recv(1), int(connection.recv(15))
        buffer, moved, pause_at = bytearray(CHUNK), 0, MIB
        while moved < length:
            if direction == b"u":
                moved += connection.recv_into(buffer) or length
            else:
                moved += connection.send(buffer[: length - moved])
            if is_slow and moved >= pause_at:
                pause_at += MIB
                time.sleep(0.002)
        connection.shutdown(socket.SHUT_WR)
        connection.close()


def order(direction: Direction, length: int) -> bytes:
    """What the peer is told first."""
    return f"{direction[0]}{length:015}".encode()


async def with_asyncio(port: int, direction: Direction, length: int) -> None:
    """Bare asyncio streams."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=len(CHUNK))
    writer.write(order(direction, length))
    if direction == "up":
        for _ in range(length // len(CHUNK)):
            writer.write(CHUNK)
            await writer.drain()
    while await reader.read(len(CHUNK)):
        pass
    writer.close()
    await writer.wait_closed()


async def with_connect(port: int, direction: Direction, length: int) -> None:
    """`connect()` of the Sockets API."""
    tcp = connect({"hostname": "127.0.0.1", "port": port})
    await use(tcp.readable.getReader(), tcp.writable.getWriter(), direction, length)
    await tcp.close()


async def with_tcp_socket(port: int, direction: Direction, length: int) -> None:
    """TCPSocket of Direct Sockets."""
    readable, writable, *_ = await TCPSocket("127.0.0.1", port, noDelay=True).opened
    writer = writable.getWriter()
    await use(readable.getReader(), writer, direction, length)
    await writer.close()


async def use(reader: object, writer: object, direction: Direction, length: int) -> None:
    """Write and read as a worker does."""
    await writer.write(order(direction, length))  # type: ignore[attr-defined]
    if direction == "up":
        for _ in range(length // len(CHUNK)):
            await writer.write(CHUNK)  # type: ignore[attr-defined]
    received = 0
    while not (result := await reader.read()).done:  # type: ignore[attr-defined]
        received += len(result.value)
    assert received == (length if direction == "down" else 0), received


WAYS: dict[str, Transfer] = {
    "asyncio streams": with_asyncio,
    "connect()": with_connect,
    "TCPSocket": with_tcp_socket,
}


def measure_tcp(mib: int, rounds: int) -> None:
    """Both directions, at full speed and with a slow peer."""
    print(f"{mib} MiB over loopback, the best of {rounds} rounds")
    print(f"  {'':16}{'direction':>10}{'peer':>6}{'MiB/s':>8}{'of asyncio':>12}{'growth/MiB':>12}")
    for is_slow in (False, True):
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            context = multiprocessing.get_context("fork")
            peer = context.Process(target=be_the_peer, args=(listening, is_slow), daemon=True)
            peer.start()
            for direction in ("down", "up"):
                seconds = dict.fromkeys(WAYS, float("inf"))
                growth = dict.fromkeys(WAYS, 0.0)
                for _ in range(rounds):
                    for name, transfer in WAYS.items():
                        took, grown = measured(transfer, port, direction, mib * MIB)
                        seconds[name] = min(seconds[name], took)
                        growth[name] = max(growth[name], grown)
                for name in WAYS:
                    ratio = seconds["asyncio streams"] / seconds[name]
                    verdict = "" if ratio >= GOAL_OF_SPEED else f" < {GOAL_OF_SPEED}"
                    too_much = "" if growth[name] < GOAL_OF_GROWTH else f" > {GOAL_OF_GROWTH}"
                    print(
                        f"  {name:16}{direction:>10}{'slow' if is_slow else 'fast':>6}"
                        f"{mib / seconds[name]:8.0f}{ratio:12.2f}{growth[name]:12.1f}"
                        f"{verdict}{too_much}",
                        flush=True,
                    )
            peer.terminate()
            peer.join()


def measured(
    transfer: Transfer, port: int, direction: Direction, length: int
) -> tuple[float, float]:
    """Seconds, and how many MiB of memory there were more than before."""
    gc.collect()
    before = memory()
    most = before

    async def watch() -> None:
        nonlocal most
        while True:
            await asyncio.sleep(0.05)
            most = max(most, memory())

    async def run() -> float:
        watching = asyncio.ensure_future(watch())
        begin = time.perf_counter()
        await transfer(port, direction, length)
        took = time.perf_counter() - begin
        watching.cancel()
        await asyncio.sleep(0.01)  # until what was closed is
        return took

    took = asyncio.run(run())
    return took, (max(most, memory()) - before) / MIB


def memory() -> int:
    """How much this process has, in bytes."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:  # not Linux: the most that there ever was
        unit = 1 if sys.platform == "darwin" else 1024
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


# ---- what is dropped -----------------------------------------------------------------------------


async def measure_dropped(count: int) -> None:
    """Open sockets, use them, and let every second one go without a word."""
    warnings.simplefilter("error")
    hooks: list[object] = []
    sys.unraisablehook = hooks.append
    gc.collect()
    before, tasks = descriptors(), asyncio.all_tasks()
    server = TCPServerSocket("127.0.0.1", backlog=512)
    info = await server.opened

    async def serve() -> None:
        async for accepted in info.readable:
            readable, writable, *_ = await accepted.opened
            readable.pipeTo(writable).then(None, lambda reason: None)

    async def use_one(number: int) -> None:
        tcp = connect({"hostname": "127.0.0.1", "port": info.localPort})
        await tcp.writable.getWriter().write(b"x")
        assert (await tcp.readable.getReader().read()).value == b"x"
        if number % 2:
            await tcp.close()

    serving = asyncio.ensure_future(serve())
    for begin in range(0, count, 100):
        await asyncio.gather(*(use_one(number) for number in range(begin, min(begin + 100, count))))
    serving.cancel()
    await asyncio.wait([serving])
    await server.close()
    del server, info, serve, use_one, serving
    for _ in range(10):
        gc.collect()
        await asyncio.sleep(0.02)
    print(
        f"{count} sockets, half of them dropped: {descriptors() - before} descriptors, "
        f"{len(asyncio.all_tasks() - tasks)} tasks, {len(hooks)} warnings left"
    )


def descriptors() -> int:
    """How many this process has open."""
    return len(os.listdir("/proc/self/fd"))


# ---- datagrams -----------------------------------------------------------------------------------


async def measure_udp(count: int) -> None:
    """Datagrams to who reads as fast as it can, and to who does not."""
    for is_slow in (False, True):
        receiver = UDPSocket(localAddress="127.0.0.1", receiveBufferSize=MIB)
        info = await receiver.opened
        sender = UDPSocket(remoteAddress="127.0.0.1", remotePort=info.localPort)
        writer = (await sender.opened).writable.getWriter()
        numbers: list[int] = []

        async def read() -> None:
            async for message in info.readable:
                number = int.from_bytes(message.data[:4])
                assert message.data == number.to_bytes(4) * (1 + number % 64), "not whole"
                numbers.append(number)
                if is_slow:
                    await asyncio.sleep(0.001)

        reading = asyncio.ensure_future(read())
        gc.collect()
        before, begin = memory(), time.perf_counter()
        for number in range(count):
            await writer.write({"data": number.to_bytes(4) * (1 + number % 64)})
            if not is_slow and number % 64 == 0:
                await asyncio.sleep(0)
        took = time.perf_counter() - begin
        await asyncio.sleep(0.1)
        reading.cancel()
        await asyncio.wait([reading])
        in_order = numbers == sorted(set(numbers))
        print(
            f"{count} datagrams, reader {'slow' if is_slow else 'fast'}: "
            f"{count / took:,.0f}/s sent, "
            f"{len(numbers) / count:.1%} received, {'in order' if in_order else 'OUT OF ORDER'}, "
            f"growth {(memory() - before) / MIB:.1f} MiB"
        )
        writer.releaseLock()
        await sender.close()
        await receiver.close()


if __name__ == "__main__":
    main()
