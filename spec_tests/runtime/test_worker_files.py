"""Workers in files."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from spec_tests.service_workers.harness import Site
from worker_runtime.runtime.worker_files import script_of_file


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


class TestScriptOfFile:
    async def test_runs_as_a_module_of_its_own(self, tmp_path: Path) -> None:
        write(
            tmp_path / "w.py",
            "from worker_runtime import *\n"
            "from worker_runtime import Response, addEventListener\n"
            "addEventListener('fetch', lambda event: event.respondWith(Response(f'{__name__} "
            "{__file__}')))\n",
            1,
        )
        site = Site()
        await site.install(script_of_file(tmp_path / "w.py", {}))
        name, _, file = (await text_from(site)).partition(" ")
        assert name.startswith("__worker") and file == str(tmp_path / "w.py")

    async def test_a_folder_is_its_init(self, tmp_path: Path) -> None:
        write(
            tmp_path / "__init__.py",
            "from worker_runtime import Response\n"
            "fetch = lambda request, env, ctx: Response(env.NAME)\n",
            1,
        )
        site = Site()
        await site.install(script_of_file(tmp_path, {"NAME": "folder"}))
        assert await text_from(site) == "folder"

    async def test_several_have_modules_of_their_own(self, tmp_path: Path) -> None:
        write(
            tmp_path / "w.py",
            "import sys\nfrom worker_runtime import Response\nnumber = env = None\n"
            "def fetch(request, env, ctx):\n"
            "    is_it = vars(sys.modules[__name__])['fetch'] is fetch\n"
            "    return Response(f'{__name__} {is_it}')\n",
            1,
        )
        sites = [Site(), Site()]
        for site in sites:
            await site.install(script_of_file(tmp_path / "w.py", {}))
        names, are_found = zip(*[(await text_from(site)).split() for site in sites])
        assert len(set(names)) == 2 and are_found == ("True", "True")

    async def test_a_module_goes_with_its_scope(self, tmp_path: Path) -> None:
        write(tmp_path / "w.py", "from worker_runtime import Response\n", 1)
        site, before = Site(), set(sys.modules)
        await site.install(script_of_file(tmp_path / "w.py", {}))
        (name,) = (name for name in set(sys.modules) - before if name.startswith("__worker"))
        del site
        gc.collect()
        assert name not in sys.modules

    def test_what_is_not_python_is_a_syntax_error(self, tmp_path: Path) -> None:
        write(tmp_path / "w.py", "def (:", 1)
        with pytest.raises(SyntaxError):
            script_of_file(tmp_path / "w.py", {})
