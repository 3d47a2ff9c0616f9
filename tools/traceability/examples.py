"""The examples: what each worker answers to the commands that its docstring shows, by running it.

A docstring has the command that serves the worker, and below it what to ask: lines that begin with
"curl", and "python3 reference ws URL < words" for lines that go to a WebSocket.
"""

from __future__ import annotations

import ast
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

SERVED_AT = "http://localhost:8000/"
ADDRESS = re.compile(r"http://localhost:(\d+)/")
FILES = {"picture.png": b"\x89PNG\r\n\x1a\n", "large.bin": b"much more than this\n"}
"""What the commands send, for it to be there."""
FIRST = ("hello", "module", "router")
LIMIT = 2.5
"""How long an answer is listened to, in seconds."""
LONGEST = 20
"""How many lines of an answer are shown."""


@dataclass(slots=True)
class Run:
    """A command and what it wrote."""

    command: str
    output: str


@dataclass(slots=True)
class Example:
    """A worker: its title and its text from the docstring, the rest of the file, and its runs;
    `log` is what it wrote itself meanwhile.
    """

    name: str
    title: str
    text: str
    serve: str
    code: str
    runs: list[Run] = field(default_factory=list)
    log: str = ""


def read_example(file: Path) -> tuple[Example, list[str]]:
    """A worker, and the commands that its docstring shows."""
    source = file.read_text("utf-8")
    tree = ast.parse(source)
    docstring = ast.get_docstring(tree) or ""
    is_command = re.compile(r" *(?:curl|python3) ")
    lines = docstring.splitlines()
    commands = [line.strip() for line in lines if is_command.match(line)]
    words = "\n".join(line for line in lines if not is_command.match(line))
    title, _, text = " ".join(words.split()).partition(": ")
    first = tree.body[0]
    code = source if not docstring else "\n".join(source.splitlines()[first.end_lineno :])
    serve = next((each for each in commands if " serve " in each), "")
    example = Example(file.stem, title, text[:1].upper() + text[1:], serve, code.strip())
    return example, [each for each in commands if each != serve]


def run_examples(root: Path) -> list[Example]:
    """Each worker of reference/examples with what it answers, the ones to begin with first."""
    found = []
    files = sorted((root / "reference" / "examples").glob("*.py"))
    for file in sorted(files, key=lambda file: (file.stem not in FIRST, file.stem != FIRST[0])):
        example, commands = read_example(file)
        if example.serve and not asks_another_server(example):
            run(root, example, commands)
        found.append(example)
    return found


def asks_another_server(example: Example) -> bool:
    """Whether a worker needs a server elsewhere, which may not be there where this runs."""
    return "://" in example.serve


def run(root: Path, example: Example, commands: list[str]) -> None:
    """Serve a worker, run the commands, and note what comes of it."""
    with tempfile.TemporaryDirectory() as folder, serving(root, example) as port:
        for name, content in FILES.items():
            (Path(folder) / name).write_bytes(content)
        for command in commands:
            here = command.replace(":8000/", f":{port}/")
            output = answer(root, here, folder).replace(f":{port}", ":8000")
            example.runs.append(Run(command, output))


@contextmanager
def serving(root: Path, example: Example) -> Iterator[str]:
    """Serve a worker at a free port until the block ends; its log is the example's."""
    arguments = shlex.split(example.serve)[2:]
    command = [sys.executable, str(root / "reference"), *arguments, "--port", "0"]
    with subprocess.Popen(
        command,
        cwd=root,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as server:
        assert server.stdout is not None
        first = server.stdout.readline()
        match = ADDRESS.search(first)
        try:
            if match is None:
                raise RuntimeError(f"{example.name} does not start: {first}{server.stdout.read()}")
            yield match[1]
        finally:
            server.terminate()
            rest = server.stdout.read()
            log = first + rest
            log = log.replace(f"{root}/", "")
            example.log = log.replace(f":{match[1]}/", ":8000/") if match else log


def answer(root: Path, command: str, folder: str) -> str:
    """What a command writes within the limit."""
    words, _, sent = command.partition(" < ")
    arguments = shlex.split(words)
    if arguments[0] == "python3":
        arguments = [sys.executable, str(root / "reference"), *arguments[2:]]
    elif shutil.which(arguments[0]) is None:
        return f"{arguments[0]} is not here"
    else:
        arguments += ["--silent", "--show-error", "--max-time", str(LIMIT)]
    process = subprocess.Popen(
        arguments,
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        output, _ = process.communicate(f"{sent}\n".encode() if sent else None, LIMIT + 2)
    except subprocess.TimeoutExpired:
        process.terminate()
        output, _ = process.communicate()
    lines = output.decode("utf-8", "replace").splitlines()
    return "\n".join([*lines[:LONGEST], *(["..."] if len(lines) > LONGEST else [])])
