"""The first hour of a new user, as the README has it: each line is typed here."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def lines_of_the_readme() -> list[str]:
    """The commands of its section, without their comments."""
    section = (ROOT / "README.md").read_text("utf-8").partition("\n## The first hour\n")[2]
    block = section.partition("\n## ")[0]
    return [
        re.sub(r"  +#.*", "", line.strip()) for line in block.splitlines() if line[:4] == "    "
    ]


def copy_of_the_project(folder: Path) -> Path:
    """What a clone has, as it is now."""
    copy = folder / "worker-runtime"
    ignored = shutil.ignore_patterns("__pycache__", ".*")
    for name in ("reference", "tools"):
        shutil.copytree(ROOT / name, copy / name, ignore=ignored)
    for name in ("README.md", "LICENSE", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    return copy


class User:
    """Who types the lines, in the project's folder; `python3` is the Python that runs this."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self.environment = {
            **os.environ, "PIP_TARGET": str(project / "installed"), "PIP_NO_INDEX": "1",
            "PIP_NO_COMPILE": "1",
        }  # fmt: skip

    def command(self, line: str) -> tuple[list[str], dict[str, str]]:
        """The words of a line, and the environment that it sets."""
        environment = dict(self.environment)
        words = shlex.split(line)
        while re.match(r"[A-Z]+=", words[0]):
            name, _, value = words.pop(0).partition("=")
            environment[name] = value
        programs = {
            "python3": [sys.executable],
            "mypy": [sys.executable, "-m", "mypy", "--cache-dir", os.devnull],
            "pip": [sys.executable, "-m", "pip", "--disable-pip-version-check"],
        }
        if words[0] == "worker-runtime":
            words[0] = str(self.project / "installed" / "bin" / "worker-runtime")
            environment["PYTHONPATH"] = str(self.project / "installed")
        return programs.get(words[0], [words[0]]) + words[1:], environment

    def type(self, line: str) -> str:
        """Run a line to its end; what it has said."""
        command, environment = self.command(line)
        done = subprocess.run(
            command, cwd=self.project, env=environment, capture_output=True, text=True, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def serving(self, line: str) -> Iterator[str]:
        """What a line serves, at a free port: its URL."""
        command, environment = self.command(line)
        process = subprocess.Popen(
            [*command, "--port", "0"], cwd=self.project, env=environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            yield re.sub(r".* at (\S+) .*\n", r"\1", process.stdout.readline())
        finally:
            process.terminate()
            process.communicate(timeout=60)


def get(url: str) -> tuple[int, str]:
    """The status and the text of a response."""
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def becomes(url: str, words: str) -> bool:
    """Whether a response comes to have these words, within a while."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if words in get(url)[1]:
                return True
        except OSError:
            pass
        time.sleep(0.1)
    return False


def test_each_line_of_the_readme_does_what_it_says(tmp_path: Path) -> None:
    if sys.platform == "win32":
        pytest.skip("the lines are for a shell of Unix, and --reload needs its processes")
    lines = lines_of_the_readme()
    assert lines.pop(0) == "git clone REPOSITORY worker-runtime; cd worker-runtime"
    user = User(copy_of_the_project(tmp_path))
    greeting = (200, '{"hello":"Ada"}')

    assert "wrote my_worker/worker.py" in user.type(lines.pop(0))

    serve = lines.pop(0)
    assert serve == "python3 reference serve my_worker/worker.py --reload"
    worker = user.project / "my_worker" / "worker.py"
    fine = worker.read_text("utf-8")
    with user.serving(serve) as url:
        assert get(f"{url}?name=Ada") == greeting
        worker.write_text(fine.replace('"hello"', '"hi"'), "utf-8")
        assert becomes(f"{url}?name=Ada", '{"hi":"Ada"}')
        worker.write_text(fine.replace("name})", "nmae})"), "utf-8")
        assert becomes(url, "NameError: name 'nmae' is not defined")
        assert "my_worker/worker.py" in get(url)[1]
        worker.write_text(fine, "utf-8")
        assert becomes(f"{url}?name=Ada", greeting[1])

    assert user.type(lines.pop(0)) == "ok\n"
    user.type(lines.pop(0))
    assert "Success" in user.type(lines.pop(0))

    user.type(lines.pop(0))
    user.type(lines.pop(0))
    assert "from runtime import" in (user.project / "vendored" / "worker.py").read_text("utf-8")
    assert user.type(lines.pop(0)) == "ok\n"

    user.type(lines.pop(0))
    with user.serving(lines.pop(0)) as url:
        assert get(f"{url}?name=Ada") == greeting

    if subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True).returncode:
        pytest.skip("all was typed but the last two lines: this Python has no pip")
    user.type(lines.pop(0))
    with user.serving(lines.pop(0)) as url:
        assert get(f"{url}?name=Ada") == greeting
    assert lines == []
