"""Workers without a socket."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from spec_tests.fakes import RecordingConsole
from worker_runtime import AbortController, DOMException, Promise, Request, Response
from worker_runtime.host.host import Host
from worker_runtime.runtime.bindings import Binding
from worker_runtime.runtime.runtime import Runtime, WorkerFailure
from worker_runtime.runtime.worker_files import script_of_module

REPOSITORY = Path(__file__).parents[2]
HELLO = REPOSITORY / "reference" / "examples" / "hello.py"


class TestRuntime:
    async def test_a_worker_answers_without_a_socket(self) -> None:
        async with Runtime() as runtime:
            hello = await runtime.start(HELLO)
            response = await hello.fetch("/")
            assert await response.text() == "Hello World"

    async def test_workers_side_by_side_share_nothing(self, tmp_path: Path) -> None:
        (tmp_path / "w.py").write_text(
            "from worker_runtime import Response, caches, globalThis\n"
            "async def fetch(request, env, ctx):\n"
            "    await caches.open(env.NAME)\n"
            "    globalThis.count = getattr(globalThis, 'count', 0) + 1\n"
            "    return Response.json([*await caches.keys(), globalThis.count])\n"
        )
        async with Runtime() as runtime:
            for name in ("one", "other"):
                worker = await runtime.start(tmp_path / "w.py", env={"NAME": name})
                assert await (await worker.fetch("/")).json() == [name, 1]

    async def test_what_events_wait_for_has_its_time_and_no_more(self) -> None:
        console = RecordingConsole()

        def fetch(request: Request, env: object, ctx: object) -> Response:
            ctx.waitUntil(Promise())  # type: ignore[attr-defined]
            return Response("ok")

        async with Runtime(drain_timeout=0.01) as runtime:
            script = script_of_module({"fetch": fetch}, {})
            worker = await runtime.start(script, host=Host(console=console))
            await worker.fetch("/")
        assert console.messages == [("warn", "What 1 events wait for is not done; it is left")]

    async def test_an_env_holds_what_a_binding_makes(self) -> None:
        fetch = lambda request, env, ctx: Response(env.GREETING)
        binding = Binding(lambda host: host.profile)
        async with Runtime() as runtime:
            script = script_of_module({"fetch": fetch}, {"GREETING": binding})
            worker = await runtime.start(script)
            assert await (await worker.fetch("/")).text() == "server"

    @pytest.mark.parametrize(
        "text, cause", [("1/0", ZeroDivisionError), ("def", SyntaxError), (None, OSError)]
    )
    async def test_a_worker_that_does_not_start_says_why(
        self, tmp_path: Path, text: str | None, cause: type[Exception]
    ) -> None:
        if text is not None:
            (tmp_path / "w.py").write_text(text)
        async with Runtime() as runtime:
            with pytest.raises(WorkerFailure) as caught:
                await runtime.start(tmp_path / "w.py")
            assert isinstance(caught.value.__cause__, cause)
            assert runtime.workers == []


class TestReadme:
    def test_its_lines_answer_a_request(self) -> None:
        readme = (REPOSITORY / "README.md").read_text("utf-8")
        [code] = re.findall(r"```python\n(import asyncio\n.*?)```", readme, re.DOTALL)
        assert len(code.strip().splitlines()) <= 12
        environment = {**os.environ, "PYTHONPATH": str(REPOSITORY / "reference")}
        command = [sys.executable, "-c", code]
        result = subprocess.run(
            command, cwd=REPOSITORY, env=environment, capture_output=True, text=True
        )
        assert result.stdout == "Hello World\n"


class TestRunningWorker:
    async def test_a_newer_version_takes_over_and_a_broken_one_does_not(self) -> None:
        def version(text: str) -> dict[str, object]:
            return {"fetch": lambda request, env, ctx: Response(text)}

        async with Runtime() as runtime:
            worker = await runtime.start(script_of_module(version("old"), {}))
            await worker.update(script_of_module(version("new"), {}))
            assert await (await worker.fetch("/")).text() == "new"
            with pytest.raises(WorkerFailure):
                await worker.update(lambda scope: 1 / 0)
            assert await (await worker.fetch("/")).text() == "new"

    async def test_a_request_is_as_fetch_makes_it(self) -> None:
        async def fetch(request: Request, env: object, ctx: object) -> Response:
            return Response(f"{request.method} {request.url} {await request.text()}")

        async with Runtime() as runtime:
            worker = await runtime.start(
                script_of_module({"fetch": fetch}, {}), "https://a.example/"
            )
            response = await worker.fetch("b?c", method="POST", body="d")
            assert await response.text() == "POST https://a.example/b?c d"

    async def test_nobody_who_responds_is_a_type_error(self) -> None:
        async with Runtime() as runtime:
            worker = await runtime.start(lambda scope: None)
            with pytest.raises(TypeError, match="did not respond"):
                await worker.fetch("/")

    async def test_a_signal_reaches_the_worker(self) -> None:
        has_begun, aborted = asyncio.Event(), asyncio.Event()

        async def fetch(request: Request, env: object, ctx: object) -> Response:
            request.signal.addEventListener("abort", lambda event: aborted.set())
            has_begun.set()
            await aborted.wait()
            return Response("too late")

        controller = AbortController()
        async with Runtime() as runtime:
            worker = await runtime.start(script_of_module({"fetch": fetch}, {}))
            fetching = asyncio.ensure_future(worker.fetch("/", signal=controller.signal))
            await has_begun.wait()
            controller.abort()
            await aborted.wait()
            with pytest.raises(DOMException, match="AbortError"):
                await fetching
