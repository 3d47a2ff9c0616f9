"""The check: parts of the tests, and how what comes of them is counted."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools import check
from tools.check import Job, count, file_of, guessed_seconds, main, run, said, shards

REPORT = """\
<testsuites><testsuite errors="1" failures="2" skipped="3" tests="10">
<testcase classname="spec_tests.url.test_idna.TestProcess" name="test_a" time="0.5" />
<testcase classname="spec_tests.url.test_idna" name="test_b" time="0.25" />
<testcase classname="spec_tests.test_structure.TestFiles" name="test_c" time="1" />
</testsuite></testsuites>
"""


def python(code: str, report: Path | None = None) -> Job:
    return Job("job", [sys.executable, "-c", code], report)


def test_a_report_is_counted(tmp_path: Path) -> None:
    job = Job("tests", [])
    (tmp_path / "report.xml").write_text(REPORT)
    count(job, tmp_path / "report.xml")
    assert (job.passed, job.failed, job.skipped) == (4, 3, 3)
    assert job.files == {"spec_tests/url/test_idna.py": 0.75, "spec_tests/test_structure.py": 1.0}


@pytest.mark.parametrize(
    "dotted, file",
    [
        ("spec_tests.url.test_idna.TestProcess", "spec_tests/url/test_idna.py"),
        ("spec_tests.html.workers.test_workers", "spec_tests/html/workers/test_workers.py"),
    ],
)
def test_the_file_of_a_class_of_tests(dotted: str, file: str) -> None:
    assert file_of(dotted) == file


def test_every_file_is_in_one_part_and_the_parts_take_what_they_should(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check, "ROOT", tmp_path)
    monkeypatch.setattr(check, "SECONDS", tmp_path / "seconds.json")
    (tmp_path / "spec_tests").mkdir()
    for letter in "abcd":
        (tmp_path / "spec_tests" / f"test_{letter}.py").touch()
    check.remember({f"spec_tests/test_{letter}.py": i for letter, i in zip("abcd", (4, 3, 2, 1))})
    a, b, c, d = (f"spec_tests/test_{letter}.py" for letter in "abcd")
    assert shards([1.0, 1.0]) == [[a, d], [b, c]]
    assert shards([4.0, 1.0]) == [[a, b, d], [c]]
    assert len(shards([1.0] * 9)) == 4


def test_what_starts_processes_is_guessed_to_take_longest(tmp_path: Path) -> None:
    (tmp_path / "long.py").write_text("x = 1\n" * 5000)
    (tmp_path / "short.py").write_text("import subprocess\nsubprocess.run(())\n" * 10)
    assert guessed_seconds(tmp_path / "long.py") < guessed_seconds(tmp_path / "short.py")


def test_a_process_that_fails_counts_and_shows_what_it_wrote() -> None:
    job = run(python("print('why'); raise SystemExit(3)"))
    assert (job.passed, job.failed, said(job)) == (0, 1, "failed\nwhy")


def test_a_part_of_which_no_test_was_chosen_passes(tmp_path: Path) -> None:
    assert run(python("raise SystemExit(5)", tmp_path / "none.xml")).failed == 0
    assert run(python("raise SystemExit(5)")).failed == 1


def test_a_process_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check, "LIMIT", 0.5)
    job = run(python("print('here', flush=True); import threading; threading.Event().wait()"))
    assert job.failed == 1
    assert said(job) == "failed\nhere\n\nended after 0.5 s"


@pytest.mark.parametrize(
    "jobs, status, line",
    [
        ([Job("tests", [], passed=3), Job("mypy", [])], 0, "3 passed, 0 failed"),
        ([Job("tests", [], passed=3, skipped=2)], 0, "3 passed, 0 failed, 2 skipped"),
        ([Job("tests", [], passed=3), Job("mypy", [], failed=1)], 1, "3 passed, 1 failed"),
        ([Job("tests", [])], 1, "0 passed, 0 failed"),
    ],
)
def test_the_last_line_and_the_exit_status(
    jobs: list[Job],
    status: int,
    line: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(check, "check", lambda python, arguments: jobs)
    assert main([]) == status
    assert capsys.readouterr().out.splitlines()[-1] == line
