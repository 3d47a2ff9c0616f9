"""The command: what it prints, and its exit status; and on the real Web IDL, where there is some,
that all is explained.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tools import idl

FOLDER = Path(os.environ.get("IDL_DIR") or idl.ROOT.parent / "shared" / "idl")
HEADERS = """
[Exposed=*] interface Headers {
  undefined append(ByteString name, ByteString value);
  [Exposed=Window] undefined print();
  undefined brew(optional sequence<long> leaves = []);
};
"""
EXPLANATIONS = "Headers.brew()\tnobody brews\n"


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose file explains one of the differences from an interface that is not quite that
    of Fetch.
    """
    monkeypatch.delenv("IDL_DIR", raising=False)
    root = tmp_path / "project"
    (root / "tools" / "scope").mkdir(parents=True)
    (root / "tools" / "scope" / "minimum_common_api.txt").write_text(
        "[Interfaces]\nHeaders\nTeapot\nfetch()\n"
    )
    (root / "tools" / "web_idl").mkdir()
    (root / "tools" / "web_idl" / "explanations.tsv").write_text(EXPLANATIONS)
    (tmp_path / "shared" / "idl").mkdir(parents=True)
    (tmp_path / "shared" / "idl" / "fetch.idl").write_text(HEADERS)
    return root


def run(capsys: pytest.CaptureFixture[str], root: Path, *arguments: str) -> tuple[int, str, str]:
    status = idl.main([*arguments], root)
    return status, *capsys.readouterr()


def test_a_line_for_each_standard_and_what_is_not_explained(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output, _ = run(capsys, project)
    lines = output.splitlines()
    assert status == 1
    assert lines[0].split() == [
        "standard",
        "interfaces",
        "members",
        "missing",
        "extra",
        "different",
        "unexplained",
    ]
    assert lines[1].split()[:4] == ["fetch", "1", "2", "1"]
    assert any(
        line.split() == ["fetch.idl:2", "extra", "Headers():", "can", "be", "constructed"]
        for line in lines
    )
    assert not any("Headers.brew()" in line for line in lines)
    assert lines[-1].endswith(" to mend or to explain")


def test_every_difference_of_a_standard_with_its_explanation(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output, _ = run(capsys, project, "fetch")
    assert status == 1
    assert "fetch.idl:5" in output and "tools/web_idl/explanations.tsv:1: nobody brews" in output
    status, _, errors = run(capsys, project, "fetsch")
    assert (status, errors) == (2, "no standard 'fetsch'; near: fetch\n")


def test_an_explanation_that_explains_nothing_is_wrong(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "Teapot\tof the minimum\n*\tall\n"
    file = project / "tools" / "web_idl" / "explanations.tsv"
    file.write_text(f"{EXPLANATIONS}Headers.boil()\tnobody boils\n{lines}")
    status, output, _ = run(capsys, project, "--check")
    assert status == 1
    assert output == (
        "tools/web_idl/explanations.tsv:2: `Headers.boil()` explains nothing: drop it\n"
        "1 to mend or to explain\n"
    )
    file.write_text(EXPLANATIONS + lines)
    status, output, _ = run(capsys, project, "--check")
    assert status == 0
    assert output.endswith(" differences from Web IDL are explained\n")


def test_an_interface_is_shown_with_what_is_not_here(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, output, _ = run(capsys, project, "--show", "Headers")
    assert status == 0
    assert output.splitlines()[1:5] == [
        "interface Headers, exposed to *",
        "    undefined append(ByteString name, ByteString value);  fetch:3",
        "  - undefined print();  fetch:4",
        "  ! undefined brew(optional sequence<long> leaves = []);  fetch:5",
    ]
    assert run(capsys, project, "--show", "Header")[::2] == (
        2,
        "no interface 'Header'; near: Headers\n",
    )


def test_the_minimum(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, output, _ = run(capsys, project, "--minimum")
    assert status == 1
    assert (
        "    different  Headers\n" in output
        and "    absent     Teapot\n" in output
        and "    present    fetch()\n" in output
    )
    assert output.endswith("1 present, 1 different, 1 absent\n")


def test_stubs_are_written_with_or_without_web_idl(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert idl.main(["--stubs", str(tmp_path), "--idl", str(tmp_path / "nowhere")]) == 0
    stub = tmp_path / "worker_runtime" / "__init__.pyi"
    assert capsys.readouterr().out.splitlines() == [str(stub), str(stub.with_name("py.typed"))]
    assert "\nclass Response(_Body):\n" in stub.read_text("utf-8")


def test_without_web_idl_a_check_is_skipped_and_a_question_is_an_error(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(project / "nowhere")
    message = f"no .idl files in {nowhere}: name a folder with --idl DIR or in IDL_DIR\n"
    assert run(capsys, project, "--idl", nowhere) == (2, "", message)
    assert run(capsys, project, "--check", "--idl", nowhere) == (0, "", f"idl: skipped: {message}")


def test_a_file_that_is_no_web_idl_is_noted_and_the_others_are_read(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.parent / "shared" / "idl" / "bad.idl").write_text(
        "interface Bad {\n  DOMString[a] a;\n};"
    )
    output = run(capsys, project)[1]
    assert "bad.idl:2:12: expected the name of an operation, not '['\n" in output
    assert "Headers()" in output


@pytest.mark.skipif(
    not FOLDER.is_dir(),
    reason=f"the standards' Web IDL is not in {FOLDER}: name its folder in IDL_DIR",
)
def test_every_difference_from_the_standards_is_explained(
    capsys: pytest.CaptureFixture[str],
) -> None:
    status, output, _ = run(capsys, idl.ROOT, "--check")
    assert (status, output.count("\n")) == (0, 1), output
    assert run(capsys, idl.ROOT, "--minimum")[0] == 0
