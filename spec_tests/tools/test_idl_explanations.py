"""Explanations of differences, in their file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.web_idl.explanations import Explanation, explanation_of, read_explanations

LINES = "FileList\tfor a reason\nResponse(webSocket)\tfor a reason\nPot.*\tfor another\n"


def test_the_lines_are_read(tmp_path: Path) -> None:
    (tmp_path / "explanations.tsv").write_text(LINES)
    assert read_explanations(tmp_path / "explanations.tsv") == [
        Explanation("FileList", "for a reason", 1),
        Explanation("Response(webSocket)", "for a reason", 2),
        Explanation("Pot.*", "for another", 3),
    ]


@pytest.mark.parametrize("line", ["Pot", "Pot\t", "\tfor another"])
def test_a_line_without_a_name_or_a_reason_is_an_error(tmp_path: Path, line: str) -> None:
    (tmp_path / "explanations.tsv").write_text(f"{LINES}{line}\n")
    with pytest.raises(ValueError, match=r"explanations\.tsv:4: a line is a name, a tab and"):
        read_explanations(tmp_path / "explanations.tsv")


def test_a_name_explains_itself_and_one_with_a_star_all_that_begin_so() -> None:
    explanations = [Explanation("Pot", "one", 1), Explanation("Pot.*", "two", 2)]
    reasons = [
        (found := explanation_of(name, explanations)) and found.reason
        for name in ("Pot", "Pot.a()", "Pot.b(c)", "Potty")
    ]
    assert reasons == ["one", "two", "two", None]
