"""Check everything, in an environment of its own: types with mypy --strict, every test, that each
algorithm has one, and that the interfaces are those of the standards' Web IDL, where that is found
(tools/idl.py says where).

    python3 tools/check.py                      # with the interpreter that runs this
    python3 tools/check.py --python 3.11 3.14   # with these, where they are found
    python3 tools/check.py -- -k streams        # what follows -- goes to pytest

The environment is made once, in .check/ at the top of the checkout, and made anew when what it has
to hold changes.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHECKED = ["reference", "spec_tests", "tools"]


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

    failures = []
    for python in interpreters(options.python):
        failed = check(python, options.pytest_arguments)
        print(f"{python}: {failed or 'all checks pass'}", flush=True)
        failures += [failed] if failed else []
    return len(failures)


def interpreters(wanted: list[str] | None) -> list[str]:
    """The paths of the interpreters that were asked for and are there; the one that runs this, if
    none was asked for.
    """
    if wanted is None:
        return [sys.executable]
    found = []
    for name in wanted:
        path = shutil.which(name) or shutil.which(f"python{name}")
        if (
            path
            and subprocess.run(
                [path, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]
            ).returncode
            == 0
        ):
            found.append(path)
        else:
            print(f"{name}: not found, or older than 3.11: left out", flush=True)
    return found


def check(python: str, pytest_arguments: list[str]) -> str | None:
    """Run mypy and pytest with an interpreter; what failed in a line, or None."""
    try:
        environment = prepared_environment(python)
    except subprocess.CalledProcessError as error:
        return f"no environment could be made: {' '.join(map(str, error.cmd))} exited with {error.returncode}"
    if subprocess.run([environment, "-m", "mypy", "--strict", *CHECKED], cwd=ROOT).returncode:
        return "mypy found errors"
    status = subprocess.run(
        [environment, "-m", "pytest", "-q", *pytest_arguments], cwd=ROOT
    ).returncode
    if status == 5:
        return "pytest ran no test"
    if status:
        return f"tests failed (pytest exited with {status})"
    if subprocess.run([environment, "tools/trace.py", "--check"], cwd=ROOT).returncode:
        return "an algorithm, its test or its address is missing"
    if subprocess.run([environment, "tools/idl.py", "--check"], cwd=ROOT).returncode:
        return "an interface is not as its Web IDL says, for no reason that is known"
    return None


def prepared_environment(python: str) -> Path:
    """The interpreter of an environment that holds the development packages, which is made if it is
    not there.
    """
    command = [python, "-c", "import sys; print(sys.version)"]
    version = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"][
        "optional-dependencies"
    ]["dev"]
    contents = "\n".join([version, *packages])
    folder = ROOT / ".check" / version.split()[0]
    interpreter = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    stamp = folder / "contents.txt"
    if not stamp.exists() or stamp.read_text("utf-8") != contents:
        if python == sys.executable:
            venv.create(folder, clear=True, with_pip=True)
        else:
            subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        subprocess.run(
            [
                interpreter,
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                *packages,
            ],
            check=True,
        )
        stamp.write_text(contents, "utf-8")
    return interpreter


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
