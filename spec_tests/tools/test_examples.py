"""The examples of the book: what is read of their docstrings, and what they answer."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tools.traceability.examples import asks_another_server, read_example, run_examples

ROOT = Path(__file__).parent.parent.parent
WORKER = '''\
"""Tea: what is brewed.

    python3 reference serve reference/examples/tea.py
    curl http://localhost:8000/
"""

from worker_runtime import Response, console


def fetch(request):
    console.log("brewing")
    return Response("tea")
'''


def test_the_docstring_has_a_title_a_text_and_commands(tmp_path: Path) -> None:
    (tmp_path / "tea.py").write_text(WORKER)
    example, commands = read_example(tmp_path / "tea.py")
    assert (example.name, example.title, example.text) == ("tea", "Tea", "What is brewed.")
    assert example.serve == "python3 reference serve reference/examples/tea.py"
    assert commands == ["curl http://localhost:8000/"]
    assert example.code.startswith("from worker_runtime import Response, console\n")
    assert not asks_another_server(example)


def test_a_worker_that_needs_another_server_is_known(tmp_path: Path) -> None:
    worker = WORKER.replace("tea.py\n", "tea.py --upstream https://tea.example/\n", 1)
    (tmp_path / "tea.py").write_text(worker)
    assert asks_another_server(read_example(tmp_path / "tea.py")[0])


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not here")
def test_a_worker_is_run_and_what_it_answers_and_logs_is_noted(tmp_path: Path) -> None:
    (tmp_path / "reference").symlink_to(tmp_path / "copy")
    (tmp_path / "copy" / "examples").mkdir(parents=True)
    for name in ("__main__.py", "worker_runtime"):
        (tmp_path / "copy" / name).symlink_to(ROOT / "reference" / name)
    (tmp_path / "copy" / "examples" / "tea.py").write_text(WORKER)
    (example,) = run_examples(tmp_path)
    assert [(run.command, run.output) for run in example.runs] == [
        ("curl http://localhost:8000/", "tea")
    ]
    assert "at http://localhost:8000/" in example.log
    assert "brewing" in example.log


@pytest.mark.parametrize(
    "file", sorted((ROOT / "reference" / "examples").glob("*.py")), ids=lambda file: file.stem
)
def test_every_example_says_how_it_is_served(file: Path) -> None:
    example, _ = read_example(file)
    assert example.title and example.code
    assert example.serve.startswith(f"python3 reference serve reference/examples/{file.name}")
