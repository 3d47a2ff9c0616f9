"""Check everything, in an environment of its own: types with mypy --strict, every test, that each
algorithm has one, and that the interfaces are those of the standards' Web IDL, where that is found
(tools/idl.py says where).

    python3 tools/check.py                      # with the interpreter that runs this
    python3 tools/check.py --python 3.11 3.14   # with these, where they are found
    python3 tools/check.py -- -k streams        # what follows -- goes to pytest

The tests run in several processes at once, each with a part of the files. The last line says how
many have passed and failed; a check that is not a test counts as one where it fails. The exit
status is 0 if nothing has failed.

The environment is made once, in .check/ at the top of the checkout, and made anew when its contents
have to change. How long each file of tests takes is kept there, too, to give each process as much
as the others. Bytecode is kept, also where the machine says otherwise: the tests start Python
hundreds of times.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
import venv
import xml.etree.ElementTree as ElementTree
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ["reference", "spec_tests", "tools"]
SECONDS = ROOT / ".check" / "seconds.json"
PROCESSES = (os.cpu_count() or 1) + 1
"""One more than there are cores, since some tests wait for processes of their own."""
SHARES = [4.0] * PROCESSES + [1.0] * PROCESSES
"""How the files of tests are shared out: each process gets a large part, and then small ones, so
that all end at about the same time.
"""
STARTS_A_PROCESS = re.compile(r"\b(?:serving|run|begun|ws|Popen)\(")
ENVIRONMENT = {
    name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"
}
LIMIT = 900.0
"""How long a process may take, in seconds, before it is ended and counts as failed."""


@dataclass(slots=True)
class Job:
    """A process and what comes of it; `report` is where pytest writes its results."""

    name: str
    command: list[str]
    report: Path | None = None
    output: str = ""
    seconds: float = 0.0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    files: dict[str, float] = field(default_factory=dict)
    """The seconds of each file of tests."""


def main(arguments: list[str]) -> int:
    """Run the checks; the exit status is the number of interpreters on which one failed."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--python",
        nargs="+",
        metavar="VERSION",
        help="interpreters to check with, such as 3.11 or a path",
    )
    parser.add_argument(
        "pytest_arguments", nargs="*", metavar="-- ARGUMENT", help="handed to pytest"
    )
    options = parser.parse_args(arguments)

    failures = passed = failed = skipped = 0
    for python in interpreters(options.python):
        print(f"{python}:", flush=True)
        jobs = check(python, options.pytest_arguments)
        failures += any(job.failed for job in jobs)
        passed += sum(job.passed for job in jobs)
        failed += sum(job.failed for job in jobs)
        skipped += sum(job.skipped for job in jobs)
    if not passed and not failed:
        print("no test has run")
        failures += 1
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return failures


def interpreters(wanted: list[str] | None) -> list[str]:
    """The paths of the interpreters that were asked for and are there; the one that runs this, if
    none was asked for.
    """
    if wanted is None:
        return [sys.executable]
    found = []
    for name in wanted:
        path = shutil.which(name) or shutil.which(f"python{name}")
        command = [path or "", "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
        if path and subprocess.run(command).returncode == 0:
            found.append(path)
        else:
            print(f"{name}: not found, or older than 3.11: left out", flush=True)
    return found


def check(python: str, pytest_arguments: list[str]) -> list[Job]:
    """Run every job with an interpreter; print a line for each, and what a failed one has to
    say.
    """
    try:
        environment = str(prepared_environment(python))
    except subprocess.CalledProcessError as error:
        command = " ".join(map(str, error.cmd))
        print(f"no environment could be made: {command} exited with {error.returncode}")
        return [Job("environment", [], failed=1)]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PROCESSES) as executor:
        jobs = [
            Job("mypy", [environment, "-m", "mypy", "--strict", *CHECKED]),
            *test_jobs(environment, pytest_arguments, Path(folder)),
            Job("trace", [environment, "tools/trace.py", "--check"]),
            Job("idl", [environment, "tools/idl.py", "--check"]),
        ]
        for future in as_completed([executor.submit(run, job) for job in jobs]):
            job = future.result()
            print(f"{job.seconds:6.1f} s  {job.name}: {said(job)}", flush=True)
    remember({file: seconds for job in jobs for file, seconds in job.files.items()})
    return jobs


def test_jobs(environment: str, pytest_arguments: list[str], folder: Path) -> list[Job]:
    """The processes of pytest: a shard each, or one where the arguments name what is to run."""
    command = [environment, "-m", "pytest", "-q", "-p", "no:cacheprovider", *pytest_arguments]
    names_files = any(
        (ROOT / argument.partition("::")[0]).exists() for argument in pytest_arguments
    )
    jobs = []
    for number, files in enumerate([[]] if names_files else shards(SHARES), 1):
        report = folder / f"{number}.xml"
        arguments = [*command, f"--junitxml={report}", *files]
        jobs.append(Job(f"tests {number}", arguments, report))
    return jobs


def shards(shares: list[float]) -> list[list[str]]:
    """The files of tests in parts that take times in these proportions."""
    known = json.loads(SECONDS.read_text("utf-8")) if SECONDS.exists() else {}
    files = {
        file.relative_to(ROOT).as_posix(): file for file in (ROOT / "spec_tests").rglob("test_*.py")
    }
    seconds = {name: known.get(name) or guessed_seconds(file) for name, file in files.items()}
    parts: list[list[str]] = [[] for _ in shares]
    lengths = [0.0] * len(shares)
    for name in sorted(files, key=lambda name: (-seconds[name], name)):
        ends = [(length + seconds[name]) / share for length, share in zip(lengths, shares)]
        first = ends.index(min(ends))
        parts[first].append(name)
        lengths[first] += seconds[name]
    return [sorted(part) for part in parts if part]


def guessed_seconds(file: Path) -> float:
    """How long a file of tests may take that has not been run here: what starts processes takes
    longest.
    """
    text = file.read_text("utf-8")
    processes = len(STARTS_A_PROCESS.findall(text)) if "process" in text else 0
    return len(text) / 20_000 + 0.4 * processes


def run(job: Job) -> Job:
    """Run a job to its end, or to its limit, and note what comes of it."""
    started = time.monotonic()
    try:
        process = subprocess.run(
            job.command,
            cwd=ROOT,
            env=ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=LIMIT,
        )
        status, job.output = process.returncode, process.stdout
    except subprocess.TimeoutExpired as error:
        output = error.stdout or b""
        job.output = output if isinstance(output, str) else output.decode("utf-8", "replace")
        job.output += f"\nended after {LIMIT:g} s"
        status = 1
    job.seconds = time.monotonic() - started
    if job.report and job.report.exists():
        count(job, job.report)
    if status == 5 and job.report:  # pytest: no test was chosen of this part
        status = 0
    job.failed = max(job.failed, int(status != 0))
    return job


def count(job: Job, report: Path) -> None:
    """Read how many tests have passed, failed and been skipped, and how long each file took."""
    for suite in ElementTree.parse(report).getroot().iter("testsuite"):
        job.skipped += int(suite.get("skipped", 0))
        job.failed += int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        job.passed += int(suite.get("tests", 0))
        for test in suite.iter("testcase"):
            file = file_of(test.get("classname", ""))
            job.files[file] = job.files.get(file, 0.0) + float(test.get("time", 0))
    job.passed -= job.skipped + job.failed


def file_of(dotted: str) -> str:
    """The file of a dotted name such as spec_tests.url.test_idna.TestProcess."""
    folders, _, rest = dotted.partition(".test_")
    return f"{folders.replace('.', '/')}/test_{rest.partition('.')[0]}.py"


def said(job: Job) -> str:
    """What is printed of a job: a word if it went well, else everything that it wrote."""
    if job.failed:
        return f"failed\n{job.output.strip()}"
    return f"{job.passed} passed" if job.report else "passes"


def remember(files: dict[str, float]) -> None:
    """Keep how long the files of tests took."""
    known = json.loads(SECONDS.read_text("utf-8")) if SECONDS.exists() else {}
    merged = known | {name: round(seconds, 2) for name, seconds in files.items()}
    SECONDS.write_text(json.dumps(merged, indent=1, sort_keys=True), "utf-8")


def prepared_environment(python: str) -> Path:
    """The interpreter of an environment that holds the development packages; it is made if it is
    not there.
    """
    command = [python, "-c", "import sys; print(sys.version)"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    packages = project["optional-dependencies"]["dev"]
    contents = "\n".join([version, *packages])
    folder = ROOT / ".check" / version.split()[0]
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "contents.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != contents:
        if python == sys.executable:
            venv.create(folder, clear=True, with_pip=True)
        else:
            subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        install = [
            str(interpreter),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*install, *packages], check=True)
        stamp.write_text(contents, "utf-8")
    return interpreter


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
