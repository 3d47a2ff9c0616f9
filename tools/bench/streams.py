"""Streams: read loops and pipes beside asyncio.Queue(1), gzip and gunzip beside zlib, and what a
gigabyte leaves behind.

A ratio above 1 means that the stream is the faster. Options: --chunks N for the first rows,
--mebibytes N for gzip and gunzip.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import resource
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from random import Random
from statistics import median
from time import perf_counter

from worker_runtime import (
    CompressionStream,
    DecompressionStream,
    ReadableStream,
    TransformStream,
    WritableStream,
)

ROUNDS = 15
COMPRESSION_ROUNDS = 3
CHUNK = 64 * 1024
MEBIBYTE = 1 << 20

Benchmark = Callable[[], Awaitable[object]]


# ---- chunks --------------------------------------------------------------------------------------


def counting_stream(chunks: int) -> ReadableStream:
    """A stream whose source gives a number whenever it is asked."""
    count = 0

    def pull(controller: object) -> None:
        nonlocal count
        count += 1
        if count > chunks:
            controller.close()  # type: ignore[attr-defined]
        else:
            controller.enqueue(count)  # type: ignore[attr-defined]

    return ReadableStream({"pull": pull})


async def put(queue: asyncio.Queue[int | None], chunks: int) -> None:
    """Fill a queue with numbers."""
    for count in range(chunks):
        await queue.put(count)
    await queue.put(None)


async def one_queue(chunks: int) -> None:
    """Hand numbers over through one queue."""
    queue: asyncio.Queue[int | None] = asyncio.Queue(1)
    producer = asyncio.create_task(put(queue, chunks))
    while await queue.get() is not None:
        pass
    await producer


async def two_queues(chunks: int) -> None:
    """Hand numbers over through two queues, with a task between them."""
    first: asyncio.Queue[int | None] = asyncio.Queue(1)
    second: asyncio.Queue[int | None] = asyncio.Queue(1)

    async def pass_on() -> None:
        item: int | None = 0
        while item is not None:
            item = await first.get()
            await second.put(item)

    tasks = [asyncio.create_task(put(first, chunks)), asyncio.create_task(pass_on())]
    while await second.get() is not None:
        pass
    await asyncio.gather(*tasks)


async def read_loop(stream: ReadableStream) -> None:
    """Read a stream to its end with a reader."""
    reader = stream.getReader()
    while not (await reader.read()).done:
        pass


async def async_for(stream: ReadableStream) -> None:
    """Read a stream to its end with `async for`."""
    async for _ in stream:
        pass


async def run(benchmark: Benchmark) -> None:
    """Make the streams within the event loop, too."""
    await benchmark()


def compare(
    name: str, what: str, ours: Benchmark, theirs: Benchmark, amount: float, unit: str, rounds: int
) -> None:
    """Print a row: the medians of interleaved rounds."""
    times: dict[Benchmark, list[float]] = {ours: [], theirs: []}
    for _ in range(rounds):
        for benchmark, measured in times.items():
            gc.collect()
            start = perf_counter()
            asyncio.run(run(benchmark))
            measured.append(perf_counter() - start)
    our_rate, their_rate = (amount / median(measured) for measured in times.values())
    print(
        f"{name:22} {our_rate:10,.0f} {unit:10} {what:18} {their_rate:10,.0f} {unit:10} "
        f"{our_rate / their_rate:6.2f}"
    )


# ---- compression ---------------------------------------------------------------------------------


def some_text(length: int) -> bytes:
    """So many bytes that gzip makes a third of."""
    random = Random(46)
    words = ["%x" % random.getrandbits(random.choice([8, 16, 24])) for _ in range(20_000)]
    text = " ".join(random.choices(words, k=200_000)).encode()
    return (text * (length // len(text) + 1))[:length]


async def through(transform: CompressionStream | DecompressionStream, data: bytes) -> int:
    """Pipe data through a transform stream, in chunks; how many bytes come out."""
    chunks = (data[start : start + CHUNK] for start in range(0, len(data), CHUNK))
    length = 0
    async for chunk in ReadableStream.from_(chunks).pipeThrough(transform):
        length += len(chunk)
    return length


async def gzip(data: bytes) -> int:
    """What CompressionStream does, with nothing but zlib."""
    context = zlib.compressobj(wbits=31)
    length = 0
    for start in range(0, len(data), CHUNK):
        length += len(context.compress(data[start : start + CHUNK]))
    return length + len(context.flush())


async def gunzip(data: bytes) -> int:
    """What DecompressionStream does, with nothing but zlib."""
    context = zlib.decompressobj(wbits=31)
    length = 0
    for start in range(0, len(data), CHUNK):
        length += len(context.decompress(data[start : start + CHUNK]))
    return length


# ---- memory --------------------------------------------------------------------------------------


async def pipe_a_gigabyte() -> None:
    """Pipe 1 GiB through an identity transform, and print by how much the process has grown at
    most.
    """
    chunks = (bytes(CHUNK) for _ in range((1 << 30) // CHUNK))
    length = 0

    def write(chunk: bytes, _: object) -> None:
        nonlocal length
        length += len(chunk)

    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    await (
        ReadableStream.from_(chunks)
        .pipeThrough(TransformStream())
        .pipeTo(WritableStream({"write": write}))
    )
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(
        f"1 GiB piped: {length / (1 << 30):.0f} GiB arrived, the process has grown by "
        f"{grown / 1024:.1f} MiB"
    )


async def drop_streams(count: int) -> None:
    """Make streams, use some of them a little, drop them, and print what is left."""

    async def make(count: int) -> None:
        for number in range(count):
            stream = ReadableStream({"start": lambda controller: controller.enqueue(number)})
            match number % 4:
                case 0:
                    stream.getReader().read()
                case 1:
                    stream.tee()
                case 2:
                    stream.pipeThrough(TransformStream())
                case 3:
                    stream.pipeTo(WritableStream())
            if number % 1000 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    await make(1000)
    gc.collect()
    tracemalloc.start()
    objects, memory = len(gc.get_objects()), tracemalloc.get_traced_memory()[0]
    await make(count)
    gc.collect()
    left, kept = len(gc.get_objects()) - objects, tracemalloc.get_traced_memory()[0] - memory
    tracemalloc.stop()
    print(f"{count:,} streams dropped: {left} objects and {kept / 1024:.1f} KiB are left")


def main() -> None:
    """Print a row for each comparison, and then the memory."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--chunks", type=int, default=20_000)
    parser.add_argument("--mebibytes", type=int, default=100)
    options = parser.parse_args()
    asyncio.run(pipe_a_gigabyte())  # first, as it is the highest peak that counts
    asyncio.run(drop_streams(100_000))
    n = options.chunks
    print(f"{'stream':22} {'':10} {'':10} {'beside':18} {'':10} {'':10} {'ratio':>6}")
    compare(
        "read loop",
        "Queue(1)",
        lambda: read_loop(counting_stream(n)),
        lambda: one_queue(n),
        n,
        "chunks/s",
        ROUNDS,
    )
    compare(
        "async for",
        "Queue(1)",
        lambda: async_for(counting_stream(n)),
        lambda: one_queue(n),
        n,
        "chunks/s",
        ROUNDS,
    )
    compare(
        "identity pipeThrough", "two Queue(1)",
        lambda: read_loop(counting_stream(n).pipeThrough(TransformStream())),
        lambda: two_queues(n), n, "chunks/s", ROUNDS,
    )  # fmt: skip
    size = options.mebibytes
    text = some_text(size * MEBIBYTE)
    compressed = zlib.compress(text, wbits=31)
    compare(
        "CompressionStream", "zlib", lambda: through(CompressionStream("gzip"), text),
        lambda: gzip(text), size, "MiB/s", COMPRESSION_ROUNDS,
    )  # fmt: skip
    compare(
        "DecompressionStream", "zlib", lambda: through(DecompressionStream("gzip"), compressed),
        lambda: gunzip(compressed), size, "MiB/s", ROUNDS,
    )  # fmt: skip
