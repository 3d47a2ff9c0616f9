"""Workers in files."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.service_workers.harness import Site
from worker_runtime.runtime.worker_loader import WorkerFile


@pytest.fixture(autouse=True)
def restored_modules() -> Iterator[None]:
    modules, path = set(sys.modules), sys.path.copy()
    yield
    sys.path[:] = path
    for name in set(sys.modules) - modules:
        del sys.modules[name]


def write(file: Path, text: str, time: float) -> None:
    file.write_text(text, "utf-8")
    os.utime(file, (time, time))


async def text_from(site: Site) -> str:
    response = await site.fetch()
    assert response is not None and response.body is not None
    return (response.body.take_bytes() or b"").decode()


class TestWorkerFile:
    async def test_runs_as_a_module_of_its_own(self, tmp_path: Path) -> None:
        write(
            tmp_path / "w.py",
            "from worker_runtime import *\n"
            "from worker_runtime import Response, addEventListener\n"
            "addEventListener('fetch', lambda event: event.respondWith(Response(f'{__name__} {__file__}')))\n",
            1,
        )
        site = Site()
        await site.install(WorkerFile(tmp_path / "w.py", {}).load())
        assert await text_from(site) == f"__worker__ {tmp_path / 'w.py'}"

    async def test_a_folder_is_its_init(self, tmp_path: Path) -> None:
        write(
            tmp_path / "__init__.py",
            "from worker_runtime import Response\nfetch = lambda request, env, ctx: Response(env.NAME)\n",
            1,
        )
        site = Site()
        await site.install(WorkerFile(tmp_path, {"NAME": "folder"}).load())
        assert await text_from(site) == "folder"

    async def test_a_newer_version_imports_its_neighbours_anew(self, tmp_path: Path) -> None:
        write(tmp_path / "neighbour_of_w.py", "text = 'old'\n", 1)
        write(
            tmp_path / "w.py",
            "import neighbour_of_w\nfrom worker_runtime import Response\n"
            "def fetch(request, env, ctx):\n    return Response(neighbour_of_w.text)\n",
            1,
        )
        file, site = WorkerFile(tmp_path / "w.py", {}), Site()
        await site.install(file.load())
        assert await text_from(site) == "old" and not file.has_changed()
        write(tmp_path / "neighbour_of_w.py", "text = 'new, and longer'\n", 2)
        assert file.has_changed()
        await site.install(file.load())
        assert await text_from(site) == "new, and longer" and not file.has_changed()

    def test_what_is_no_python_is_a_syntax_error_and_can_be_mended(self, tmp_path: Path) -> None:
        write(tmp_path / "w.py", "def (", 1)
        file = WorkerFile(tmp_path / "w.py", {})
        with pytest.raises(SyntaxError):
            file.load()
        assert not file.has_changed()
        write(tmp_path / "w.py", "x = 1", 2)
        assert file.has_changed()
        file.load()

    def test_a_file_that_is_gone_has_changed(self, tmp_path: Path) -> None:
        write(tmp_path / "w.py", "", 1)
        file = WorkerFile(tmp_path / "w.py", {})
        file.load()
        (tmp_path / "w.py").unlink()
        assert file.has_changed()
        with pytest.raises(OSError):
            file.load()
