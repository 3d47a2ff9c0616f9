"""Messages: structuredClone beside copy.deepcopy, ports beside queues, User Timing beside a list,
and what ports and workers leave behind.

A ratio above 1 means that ours is the faster. Options: --messages N for the rows of ports, --leaks
for the rows of what is left, which take a minute.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import gc
import os
import queue
import resource
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timezone
from statistics import median
from time import perf_counter
from typing import Any

from worker_runtime import (
    Blob,
    MessageChannel,
    MessageEvent,
    MessagePort,
    PerformanceObserver,
    Worker,
    performance,
    structuredClone,
)  # fmt: skip
from worker_runtime.html.structured_data.byte_format_reading import record_from_bytes
from worker_runtime.html.structured_data.byte_format_writing import record_to_bytes
from worker_runtime.html.structured_data.structured_deserialize import structured_deserialize
from worker_runtime.html.structured_data.structured_serialize import structured_serialize
from worker_runtime.html.structured_data.structured_serialize_with_transfer import (
    structured_serialize_with_transfer,
)

ROUNDS = 11
OBJECTS = 1000
MESSAGE = bytes(64)
MEBIBYTE = 1 << 20
MARKS = 1000
PORTS = 100_000
WORKERS = 1000
WORKERS_AT_ONCE = 20

Benchmark = Callable[[], Awaitable[float]]


def compare(name: str, what: str, ours: Benchmark, theirs: Benchmark, unit: str) -> None:
    """Print a row: the medians of interleaved rounds, each of which returns the seconds of one."""
    times: dict[Benchmark, list[float]] = {ours: [], theirs: []}
    for _ in range(ROUNDS):
        for benchmark, measured in times.items():
            gc.collect()
            measured.append(asyncio.run(benchmark()))  # type: ignore[arg-type]
    our_time, their_time = (median(measured) * 1e6 for measured in times.values())
    print(
        f"{name:34} {our_time:10,.1f} us {what:26} {their_time:10,.1f} us {unit:14} "
        f"{their_time / our_time:6.2f}"
    )


# ---- structured data -----------------------------------------------------------------------------


def mixed_objects() -> list[dict[str, Any]]:
    """What a worker sends: records with text, numbers, dates, bytes and some depth."""
    return [
        {
            "id": number,
            "name": f"name {number}",
            "tags": ["a", "b"],
            "at": datetime(2026, 1, 1, tzinfo=timezone.utc),
            "position": (1.5, -2.5),
            "nested": {"set": {1, 2}, "bytes": bytearray(b"xyz"), "rows": [[1, 2], [3, 4]]},
        }
        for number in range(OBJECTS)
    ]


def timed(steps: Callable[[], object], repeat: int = 1) -> Benchmark:
    """How long steps take that need no loop."""

    async def benchmark() -> float:
        start = perf_counter()
        for _ in range(repeat):
            steps()
        return (perf_counter() - start) / repeat

    return benchmark


def compare_copies() -> None:
    """structuredClone and what it is made of, beside deepcopy."""
    objects = mixed_objects()
    deepcopy = timed(lambda: copy.deepcopy(objects))
    compare(
        "structuredClone", "copy.deepcopy", timed(lambda: structuredClone(objects)), deepcopy,
        "1,000 objects",
    )  # fmt: skip
    blob = Blob(["x"])
    with_blob = [*objects, {"blob": blob}]
    compare(
        "structuredClone, and a Blob", "copy.deepcopy", timed(lambda: structuredClone(with_blob)),
        deepcopy, "1,000 objects",
    )  # fmt: skip

    def through_bytes() -> object:
        data = record_to_bytes(structured_serialize(objects))
        return structured_deserialize(record_from_bytes(data))

    compare("to bytes and back", "copy.deepcopy", timed(through_bytes), deepcopy, "1,000 objects")
    memory = bytearray(64 * MEBIBYTE)

    def transfer() -> None:
        view = memoryview(memory)
        structuredClone(view, transfer=[view])

    compare(
        "64 MiB transferred", "bytearray(memory)", timed(transfer, 100),
        timed(lambda: bytearray(memory)), "64 MiB",
    )  # fmt: skip


# ---- ports ---------------------------------------------------------------------------------------


def port_there_and_back(messages: int) -> Benchmark:
    """A message goes to the other port, which sends it back."""

    async def benchmark() -> float:
        channel, done = MessageChannel(), asyncio.Event()
        port1, port2, left = channel.port1, channel.port2, messages

        def hear(event: MessageEvent) -> None:
            nonlocal left
            left -= 1
            if left:
                port1.postMessage(event.data)
            else:
                done.set()

        port1.onmessage = hear
        port2.onmessage = lambda event: port2.postMessage(event.data)
        start = perf_counter()
        port1.postMessage(MESSAGE)
        await done.wait()
        seconds = perf_counter() - start
        port1.close()
        return seconds / messages

    return benchmark


def queue_there_and_back(messages: int) -> Benchmark:
    """The same with two queues and a task between them."""

    async def benchmark() -> float:
        there: asyncio.Queue[bytes] = asyncio.Queue()
        back: asyncio.Queue[bytes] = asyncio.Queue()

        async def echo() -> None:
            while True:
                await back.put(await there.get())

        task = asyncio.create_task(echo())
        start = perf_counter()
        for _ in range(messages):
            await there.put(MESSAGE)
            await back.get()
        seconds = perf_counter() - start
        task.cancel()
        return seconds / messages

    return benchmark


def port_between_threads(messages: int, at_once: int) -> Benchmark:
    """So many messages are under way to another thread, which sends them back."""

    async def benchmark() -> float:
        channel, done = MessageChannel(), asyncio.Event()
        port, left = channel.port1, messages
        _, (sent,) = structured_serialize_with_transfer(None, [channel.port2])

        async def echo() -> None:
            closed = asyncio.Event()
            other = MessagePort._transfer_receiving_steps(sent.data)
            other.onclose = lambda event: closed.set()
            other.onmessage = lambda event: other.postMessage(event.data)
            await closed.wait()

        def hear(event: MessageEvent) -> None:
            nonlocal left
            left -= 1
            if left >= at_once:
                port.postMessage(event.data)
            elif not left:
                done.set()

        thread = threading.Thread(target=lambda: asyncio.run(echo()))
        thread.start()
        port.onmessage = hear
        start = perf_counter()
        for _ in range(at_once):
            port.postMessage(MESSAGE)
        await done.wait()
        seconds = perf_counter() - start
        port.close()
        await asyncio.to_thread(thread.join)
        return seconds / messages

    return benchmark


def queue_between_threads(messages: int, at_once: int) -> Benchmark:
    """The same with a queue.Queue to the thread and `call_soon_threadsafe` back."""

    async def benchmark() -> float:
        there: queue.Queue[bytes | None] = queue.Queue()
        loop, done, left = asyncio.get_running_loop(), asyncio.Event(), messages

        def hear(data: bytes) -> None:
            nonlocal left
            left -= 1
            if left >= at_once:
                there.put(data)
            elif not left:
                done.set()

        def echo() -> None:
            while (data := there.get()) is not None:
                loop.call_soon_threadsafe(hear, data)

        thread = threading.Thread(target=echo)
        thread.start()
        start = perf_counter()
        for _ in range(at_once):
            there.put(MESSAGE)
        await done.wait()
        seconds = perf_counter() - start
        there.put(None)
        thread.join()
        return seconds / messages

    return benchmark


def port_from_a_thread(messages: int) -> Benchmark:
    """A thread sends messages to the loop of another one."""

    async def benchmark() -> float:
        channel, done, left = MessageChannel(), asyncio.Event(), messages
        port = channel.port2

        def hear(event: MessageEvent) -> None:
            nonlocal left
            left -= 1
            if not left:
                done.set()

        def send() -> None:
            for _ in range(messages):
                port.postMessage(MESSAGE)

        channel.port1.onmessage = hear
        thread = threading.Thread(target=send)
        start = perf_counter()
        thread.start()
        await done.wait()
        seconds = perf_counter() - start
        thread.join()
        return seconds / messages

    return benchmark


def queue_from_a_thread(messages: int) -> Benchmark:
    """The same with a queue.Queue, and `call_soon_threadsafe` to say that there is something."""

    async def benchmark() -> float:
        sent: queue.Queue[bytes] = queue.Queue()
        loop, done, left = asyncio.get_running_loop(), asyncio.Event(), messages

        def hear() -> None:
            nonlocal left
            sent.get_nowait()
            left -= 1
            if not left:
                done.set()

        def send() -> None:
            for _ in range(messages):
                sent.put(MESSAGE)
                loop.call_soon_threadsafe(hear)

        thread = threading.Thread(target=send)
        start = perf_counter()
        thread.start()
        await done.wait()
        seconds = perf_counter() - start
        thread.join()
        return seconds / messages

    return benchmark


def compare_ports(messages: int) -> None:
    """Ports beside queues, in one loop and between threads."""
    compare(
        "64 B, port, there and back", "asyncio.Queue", port_there_and_back(messages),
        queue_there_and_back(messages), "both ways",
    )  # fmt: skip
    compare(
        "64 B, port, from a thread", "queue.Queue, threadsafe", port_from_a_thread(messages),
        queue_from_a_thread(messages), "one way",
    )  # fmt: skip
    for at_once in (1, 16):
        compare(
            f"64 B, port, threads, {at_once} under way", "queue.Queue, threadsafe",
            port_between_threads(messages, at_once), queue_between_threads(messages, at_once),
            "both ways",
        )  # fmt: skip


# ---- User Timing ---------------------------------------------------------------------------------


def compare_marks() -> None:
    """Marks, and measures between two of them, beside appending what the clock says to a list."""
    notes: list[tuple[str, float]] = []

    def note() -> None:
        notes.clear()
        for _ in range(MARKS):
            notes.append(("a", perf_counter()))

    def mark() -> None:
        performance.clearMarks()
        for _ in range(MARKS):
            performance.mark("a")

    def measure() -> None:
        performance.clearMeasures()
        performance.mark("begin")
        performance.mark("end")
        for _ in range(MARKS):
            performance.measure("a", "begin", "end")

    def mark_observed() -> None:
        observer = PerformanceObserver(lambda list: None)
        observer.observe(type="mark")
        mark()
        observer.disconnect()

    for name, steps in (("mark", mark), ("mark, observed", mark_observed), ("measure", measure)):
        compare(
            f"performance.{name}", "list.append", timed(steps), timed(note), f"{MARKS:,} of them"
        )


# ---- what is left --------------------------------------------------------------------------------


def state() -> tuple[int, int, float]:
    """Threads, open files, and the MiB that the process has now."""
    gc.collect()
    with open("/proc/self/statm") as file:
        pages = int(file.read().split()[1])
    files = len(os.listdir("/proc/self/fd"))
    return threading.active_count(), files, pages * resource.getpagesize() / MEBIBYTE


async def ship_ports(count: int) -> None:
    """Open channels, send an end of each through another port, and drop all."""
    way = MessageChannel()
    heard = 0

    def hear(event: MessageEvent) -> None:
        nonlocal heard
        heard += 1

    way.port2.onmessage = hear
    for number in range(count):
        channel = MessageChannel()
        channel.port1.start()
        way.port1.postMessage(number, [channel.port2])
        while heard < number - 100:  # so many are under way
            await asyncio.sleep(0)
    while heard < count:
        await asyncio.sleep(0)
    way.port1.close()
    for _ in range(10):
        await asyncio.sleep(0)


async def terminate_workers(count: int) -> None:
    """Start workers, of which half are busy, and end them."""
    source = (
        "from worker_runtime import globalThis, postMessage\n"
        "def hear(event):\n"
        "    postMessage('hears')\n"
        "    while event.data: pass\n"
        "globalThis.onmessage = hear\n"
    )
    path = f"/tmp/messages_benchmark_{os.getpid()}.py"
    with open(path, "w") as file:
        file.write(source)
    try:
        for _ in range(count // WORKERS_AT_ONCE):
            workers = [Worker(path) for _ in range(WORKERS_AT_ONCE)]
            for number, worker in enumerate(workers):
                heard = asyncio.Event()
                worker.onmessage = lambda event, heard=heard: heard.set()
                worker.postMessage(number % 2)
                await heard.wait()
                worker.terminate()
            for worker in workers:
                await asyncio.to_thread(worker._worker.agent.thread.join)
    finally:
        os.unlink(path)


def measure_leaks() -> None:
    """Print what is there before and after, beside what is there after a tenth of it."""

    async def measure(name: str, steps: Callable[[int], Awaitable[None]], count: int) -> None:
        await steps(count // 10)  # what is made once is made now
        for _ in range(3):
            await asyncio.sleep(0)
        before = state()
        start = perf_counter()
        await steps(count)
        seconds = perf_counter() - start
        threads, files, size = state()
        tasks = len(asyncio.all_tasks()) - 1
        print(
            f"{name:34} {count / seconds:10,.0f} /s  left: {threads - before[0]} threads, "
            f"{tasks} tasks, {files - before[1]} files, {size - before[2]:.1f} MiB"
        )

    async def main() -> None:
        await measure("ports opened, shipped and dropped", ship_ports, PORTS)
        await measure("workers, half of them busy", terminate_workers, WORKERS)

    asyncio.run(main())


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--leaks", action="store_true")
    options = parser.parse_args()
    compare_copies()
    compare_ports(options.messages)
    compare_marks()
    if options.leaks:
        measure_leaks()
