"""SPEC_NOTES.md, "Module workers": what a worker says that could answer nothing."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from spec_tests.service_workers.harness import Site
from worker_runtime.cloudflare.missing_handlers import calls_of_itself
from worker_runtime.runtime.worker_files import script_of_file

spec = pytest.mark.spec


async def reports_of(source: str, tmp_path: Path) -> list[str]:
    """What a worker of that text says on its console when it starts, without its folder."""
    file = tmp_path / "worker.py"
    file.write_text(source, "utf-8")
    site = Site()
    worker = await site.install(script_of_file(file, {}))
    status = worker.start_status
    thrown = status.thrown if status else None
    return [] if thrown is None else str(thrown).replace(f"{tmp_path}/", "").split("\n")


@spec("SPEC_NOTES.md#missing-handlers")
class TestMissingHandlers:
    @pytest.mark.parametrize(
        "source, advice",
        [
            ("", None),
            ("async def fecth(request): ...\n", "line 1: fecth(): did you mean fetch()?"),
            ("\ndef onfetch(request): ...\n", "line 2: onfetch(): did you mean on_fetch()?"),
            (
                "class Default:\n    def fecth(self): ...\n",
                "Default.fecth(): did you mean fetch()?",
            ),
            ("class Default: ...\n", "Default has no method fetch(); it has none"),
            ("class default:\n def get(self): ...\n", "default has no method fetch(); it has get"),
            ("class Defualt:\n    def fetch(self): ...\n", "Defualt(): did you mean Default()?"),
            ("def handler(request): ...\n", "line 1: handler(): a handler is called fetch()"),
            (
                "async def app(scope, receive, send): ...\n",
                "line 1: app(): a handler is called fetch()",
            ),
            ("from worker_runtime import *\nfrom worker_runtime import fetch\n", None),
            (
                "from worker_runtime import addEventListener\n"
                "addEventListener('fecth', lambda event: None)\n",
                'addEventListener("fecth"): did you mean "fetch"?',
            ),
        ],
    )
    async def test_a_worker_without_any_names_near_misses(
        self, source: str, advice: str | None, tmp_path: Path
    ) -> None:
        first, *rest = await reports_of(source, tmp_path)
        assert first == ("worker.py: there is no handler, so nothing would answer a request")
        assert rest[:-1] == ([f"  {advice}"] if advice else [])
        assert rest[-1].startswith("  Write `async def fetch(request, env, ctx): return Response(")

    @pytest.mark.parametrize(
        "source",
        [
            "def fetch(request): ...",
            "from worker_runtime import addEventListener\naddEventListener('fetch', print)",
            "from worker_runtime import addEventListener\naddEventListener('message', print)",
            "from worker_runtime import globalThis\nglobalThis.onfetch = print",
        ],
    )
    async def test_one_is_enough(self, source: str, tmp_path: Path) -> None:
        assert await reports_of(source, tmp_path) == []


@spec("SPEC_NOTES.md#hidden-fetch")
class TestHiddenFetch:
    async def test_a_handler_that_would_call_itself_is_refused(self, tmp_path: Path) -> None:
        source = (
            "from worker_runtime import fetch\n\n"
            "async def fetch(request, env):\n"
            "    async def inner():\n"
            "        return await fetch('https://a.example/', request)\n"
            "    return await inner()\n"
        )
        first, advice = await reports_of(source, tmp_path)
        assert first == (
            "worker.py:5: `fetch` is the handler itself here, for it hides the platform's "
            "function of that name"
        )
        assert "`from worker_runtime import fetch as send`" in advice

    async def test_so_is_one_for_connections(self, tmp_path: Path) -> None:
        source = (
            "from worker_runtime import connect\n\n"
            "async def connect(socket):\n"
            "    other = connect('a.example:80')\n"
        )
        first, advice = await reports_of(source, tmp_path)
        assert first.startswith("worker.py:4: `connect` is the handler itself here")
        assert "`from worker_runtime import connect as send`" in advice

    @pytest.mark.parametrize(
        "source",
        [
            "async def fetch(request, env, ctx): return await fetch(request.url, env, ctx)",
            "async def fetch(request, env): return await env.ASSETS.fetch(request)",
            "async def fetch(request):\n from worker_runtime import fetch\n"
            " return await fetch('x')",
            "class Default:\n async def fetch(self, request): return await fetch(request)",
            "from worker_runtime import fetch as send\nasync def fetch(r): return await send(r)",
        ],
    )
    async def test_what_means_something_else_is_not(self, source: str, tmp_path: Path) -> None:
        assert list(calls_of_itself(ast.parse(source), "fetch")) == []
        assert await reports_of(source, tmp_path) == []
