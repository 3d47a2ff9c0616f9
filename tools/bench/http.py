"""The server: workers as people write them beside other servers that do the same, over loopback.

    python3 tools/bench.py http                           # beside bare asyncio streams, and node
    python3 tools/bench.py http --peers /path/to/python   # and what that Python has
    python3 tools/bench.py http --calls                   # Python-level calls a request, by room
    python3 tools/bench.py http --table                   # README's table

Each server is a process. All are loaded in turn, round by round, by a client that sleeps while it
has nothing to read: wrk, if it is on the path, else one of ours (`--client own`). "us" is CPU time
of the server and its children for each request; "of bare" is the bare server's over it, so 0.5
means twice the work. The bare server is the least that asyncio's streams can do: it looks at
nothing that it need not know. The second "of bare" is p99 over the bare server's of the same round.
Figures are medians of the rounds, but for those of the table, which are the least; the system has
to be a Linux.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT)]

from tools.http_bench.clients import Load, has_wrk, put_under_load, put_under_load_by_wrk  # noqa: E402
from tools.http_bench.processes import Kind, Server, kinds, running  # noqa: E402
from tools.http_bench.scenarios import HELLO_WORKER, SCENARIOS, Scenario, get  # noqa: E402
from tools.make_pyz import make_pyz  # noqa: E402

PEERS = "WORKER_RUNTIME_PEERS"
NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"
ROUNDS_OF_STARTS = 15


class Row(NamedTuple):
    """What one server has shown in one scenario."""

    microseconds: float  # of CPU, for each request
    least_microseconds: float  # in any round
    of_bare: float
    requests_per_second: float
    p50: float  # seconds
    p99: float
    p99_of_bare: float
    mebibytes: float


def main() -> None:
    """Print a table for each scenario."""
    parser = argparse.ArgumentParser(
        prog="bench.py http",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=1, help="of a round, with wrk")
    parser.add_argument("--scenario", action="append", help="some only", choices=SCENARIOS)
    parser.add_argument(
        "--peers",
        metavar="PYTHON",
        default=os.environ.get(PEERS),
        help="an interpreter that has some of uvicorn, h11, httptools, uvloop, starlette and "
        f"aiohttp; default: ${PEERS}",
    )
    parser.add_argument("--only", action="append", help="some servers only, such as aiohttp")
    parser.add_argument("--client", choices=("wrk", "own"), default="wrk" if has_wrk() else "own")
    parser.add_argument("--calls", action="store_true", help="count calls, and measure nothing")
    parser.add_argument("--functions", type=int, default=0, help="with --calls: so many, by name")
    parser.add_argument("--table", action="store_true", help="print Markdown")
    options = parser.parse_args()

    scenarios = [SCENARIOS[name] for name in options.scenario or SCENARIOS]
    if options.calls:
        for scenario in scenarios:
            show_calls(scenario, kinds(None)["ours"], options.functions)
        return
    found = {
        name: kind
        for name, kind in kinds(options.peers).items()
        if not options.only or name in (*options.only, "bare", "ours")
    }
    rows = {}
    for scenario in scenarios:
        rows[scenario.name] = compare(scenario, found, options)
        if not options.table:
            show(scenario, rows[scenario.name], found)
    if options.table:
        show_table(rows, found)
    elif not options.scenario:
        show_start()


# ---- under load ----------------------------------------------------------------------------------


def compare(
    scenario: Scenario, found: dict[str, Kind], options: argparse.Namespace
) -> dict[str, Row]:
    """Load each server in turn, round by round."""
    found = {
        name: kind
        for name, kind in found.items()
        if kind.has_forms or scenario.name != "form upload"
    }
    with ExitStack() as stack:
        servers = {
            name: stack.enter_context(running(kind, scenario.name)) for name, kind in found.items()
        }
        cpu: dict[str, list[float]] = {name: [] for name in servers}
        loads: dict[str, list[Load]] = {name: [] for name in servers}
        for server in servers.values():
            put_under_load(server.port, scenario, scenario.connections, 2 * scenario.connections)
        for _ in range(options.rounds):
            for name, server in servers.items():
                before = server.cpu_seconds()
                load = one_round(server, scenario, options)
                loads[name].append(load)
                cpu[name].append((server.cpu_seconds() - before) / load.requests)
        memory = {name: server.memory() / 2**20 for name, server in servers.items()}
    return {
        name: Row(
            median(cpu[name]) * 1e6,
            min(cpu[name]) * 1e6,
            median(bare / own for bare, own in zip(cpu["bare"], cpu[name], strict=True)),
            median(load.requests_per_second for load in loads[name]),
            median(load.p50 for load in loads[name]),
            median(load.p99 for load in loads[name]),
            median(
                own.p99 / bare.p99 for bare, own in zip(loads["bare"], loads[name], strict=True)
            ),
            memory[name],
        )
        for name in servers
    }


def one_round(server: Server, scenario: Scenario, options: argparse.Namespace) -> Load:
    """With the client that was chosen. What wrk leaves unfinished at its end is small, unless
    responses are large.
    """
    if options.client == "wrk" and scenario.content_length < 100_000:
        return put_under_load_by_wrk(server.port, scenario, scenario.connections, options.seconds)
    count = scenario.connections * scenario.requests_a_connection
    return put_under_load(server.port, scenario, scenario.connections, count)


def show(scenario: Scenario, rows: dict[str, Row], found: dict[str, Kind]) -> None:
    """Print what a scenario has shown."""
    titles = ("us", "of bare", "requests/s", "p50 ms", "p99 ms", "of bare", "MiB")
    print(f"{scenario.name:38}" + "".join(f"{title:>11}" for title in titles))
    for name, row in rows.items():
        print(
            f"  {found[name].title:36}{row.microseconds:11.1f}{row.of_bare:11.2f}"
            f"{row.requests_per_second:11.0f}{row.p50 * 1000:11.2f}{row.p99 * 1000:11.2f}"
            f"{row.p99_of_bare:11.2f}{row.mebibytes:11.1f}"
        )
    print(flush=True)


def show_table(rows: dict[str, dict[str, Row]], found: dict[str, Kind]) -> None:
    """Print Markdown: a row for each scenario, a column for each server; the least of all rounds,
    since what else a machine does only adds to it.
    """
    print("| | " + " | ".join(kind.title for kind in found.values()) + " |")
    print("|---|" + "---|" * len(found))
    for scenario, of_servers in rows.items():
        cells = [
            f"{of_servers[name].least_microseconds:.0f}" if name in of_servers else ""
            for name in found
        ]
        ours = list(found).index("ours")
        cells[ours] = f"**{cells[ours]}**"
        print(f"| {scenario} | " + " | ".join(cells) + " |")


# ---- calls ---------------------------------------------------------------------------------------


def show_calls(scenario: Scenario, ours: Kind, function_count: int) -> None:
    """Print what a request costs in calls, over eight connections."""
    count = 400
    with running(ours, scenario.name) as server:
        put_under_load(server.port, scenario, 8, count)
        server.begin_to_count()
        put_under_load(server.port, scenario, 8, count)
        calls = server.counted(count)
    rooms = "  ".join(f"{room} {number:.1f}" for room, number in calls.rooms.items())
    print(
        f"{scenario.name:24} {calls.total:7.1f} calls  {calls.call_soon:.1f} call_soon  "
        f"{calls.context_run:.1f} Context.run\n{'':24} {rooms}"
    )
    for name, number in list(calls.functions.items())[:function_count]:
        print(f"{'':24} {number:7.1f} {name}")


# ---- the start -----------------------------------------------------------------------------------


def show_start() -> None:
    """Print how long it takes from the start of the process to its first answer, with the bytecode
    that Python keeps, and from the .pyz.
    """
    with TemporaryDirectory() as folder:
        worker, archive = Path(folder, "hello.py"), Path(folder, "worker-runtime.pyz")
        worker.write_text(HELLO_WORKER, "utf-8")
        make_pyz(archive)
        serve = ["serve", str(worker), "--port", "0", "--log", "off"]
        commands = {
            "bare": list(kinds(None)["bare"].command) + ["hello"],
            "ours": [sys.executable, str(ROOT / "reference"), *serve],
            ".pyz": [sys.executable, str(archive), *serve],
        }
        for command in commands.values():
            seconds_to_first_answer(command)
        times: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(ROUNDS_OF_STARTS):
            for name, command in commands.items():
                times[name].append(seconds_to_first_answer(command))
    for name, seconds in times.items():
        of_bare = median(own / bare for own, bare in zip(seconds, times["bare"], strict=True))
        print(f"first answer, {name}: {min(seconds) * 1000:.0f} ms at best, {of_bare:.2f} of bare")


def seconds_to_first_answer(command: list[str]) -> float:
    """Start a server, ask it once, end it."""
    environment = {name: value for name, value in os.environ.items() if name != NO_BYTECODE}
    start = perf_counter()
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        shown = process.stdout.readline().rpartition(":")[2].partition("/")[0]
        port = int("".join(filter(str.isdigit, shown)))
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(get("/"))
            connection.recv(65536)
        seconds = perf_counter() - start
        process.kill()
    return seconds
