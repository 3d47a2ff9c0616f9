"""HTML, 8.1.4.2: worker scripts."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from spec_tests.fakes import running_worker
from worker_runtime import URL, Blob, DOMException
from worker_runtime.html.workers.worker_scripts import (
    ScriptFailure,
    fetch_a_module_worker_script,
    new_module,
    worker_url,
)
from worker_runtime.url.url_parsing import url_parser
from worker_runtime.url.url_serializing import url_serializer

spec = pytest.mark.spec


@spec("https://html.spec.whatwg.org/multipage/workers.html#dom-worker")
class TestWorkerURL:
    def test_it_is_relative_to_the_file_of_the_code_that_asks(self) -> None:
        assert url_serializer(worker_url("a b.py")) == (Path(__file__).parent / "a b.py").as_uri()
        assert url_serializer(worker_url(Path("/x/#1.py"))) == "file:///x/%231.py"

    def test_code_without_a_file_has_the_base_url_of_its_scope(self) -> None:
        code = {"worker_url": worker_url}
        with running_worker("https://worker.example/folder/script.py"):
            exec("url = worker_url('other.py')", code)
        assert url_serializer(code["url"]) == "https://worker.example/folder/other.py"  # type: ignore[arg-type]

    def test_what_is_no_url_is_a_syntax_error(self) -> None:
        with pytest.raises(DOMException, match="SyntaxError"):
            worker_url("https://[")


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#fetch-a-module-worker-script-tree")
class TestFetch:
    def test_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "ä b.py"
        path.write_text("answer = 42", "utf-8")
        code, file = fetch_a_module_worker_script(url_parser(path.as_uri()))
        assert file == str(path) == code.co_filename

    def test_data_and_blobs(self) -> None:
        for url in ("data:,x%20=%201", "data:text/plain;base64,eCA9IDE="):
            code, file = fetch_a_module_worker_script(url_parser(url))
            names: dict[str, object] = {}
            exec(code, names)
            assert file is None and names["x"] == 1
        url = URL.createObjectURL(Blob(["x = 1"]))
        record = url_parser(url)
        URL.revokeObjectURL(url)
        assert fetch_a_module_worker_script(record)[1] is None  # it was there when it was asked for
        with pytest.raises(ScriptFailure, match="revoked"):
            fetch_a_module_worker_script(url_parser(url))

    @pytest.mark.parametrize(
        "url",
        [
            "https://worker.example/w.py", "data:nothing", "data:,x%20=", "data:,%00", "file:///",
            "file:///no/such/file.py", "file:///%00",
        ],
    )  # fmt: skip
    def test_anything_else_is_a_failure(self, url: str) -> None:
        with pytest.raises(ScriptFailure):
            fetch_a_module_worker_script(url_parser(url))


@spec("https://html.spec.whatwg.org/multipage/webappapis.html#creating-a-javascript-module-script")
class TestNewModule:
    def test_it_is_known_by_its_name_until_it_ends(self, tmp_path: Path) -> None:
        module, end = new_module(str(tmp_path / "w.py"))
        other, end_other = new_module(None)
        assert sys.modules[module.__name__] is module and module.__name__ != other.__name__
        assert sys.path[0] == str(tmp_path)
        end()
        end_other()
        assert module.__name__ not in sys.modules
        sys.path.remove(str(tmp_path))

    def test_a_dataclass_can_be_made_in_it(self) -> None:
        module, end = new_module(None)
        source = "from __future__ import annotations\nfrom dataclasses import dataclass\n"
        exec(source + "@dataclass\nclass Point:\n    x: int\n", module.__dict__)
        end()
        assert module.__dict__["Point"](1).x == 1
