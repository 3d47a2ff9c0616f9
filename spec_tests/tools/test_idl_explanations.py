"""Explanations of differences, in the notes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.web_idl.explanations import Explanation, explanation_of, read_explanations

NOTES = """\
## 4. What is left out
| `Elsewhere` | is another table |

### 4.2 Interfaces and members left out, or different

| what | why |
|---|---|
| `FileList`, `Response(webSocket)` | for a reason |
| `Pot.*` | for another |

### 4.3 More
| `Elsewhere` | is another table |
"""


def test_the_rows_of_the_table_are_read(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text(NOTES)
    assert read_explanations(tmp_path / "notes.md") == [
        Explanation("FileList", "for a reason", 8),
        Explanation("Response(webSocket)", "for a reason", 8),
        Explanation("Pot.*", "for another", 9),
    ]


@pytest.mark.parametrize("row", ["| FileList | no backticks |", "| `FileList` | |"])
def test_a_row_without_a_name_or_a_reason_is_an_error(tmp_path: Path, row: str) -> None:
    (tmp_path / "notes.md").write_text(NOTES.replace("| `Pot.*` | for another |", row))
    with pytest.raises(ValueError, match=r"notes\.md:9: a row has names in backticks and a reason"):
        read_explanations(tmp_path / "notes.md")


def test_a_name_explains_itself_and_one_with_a_star_all_that_begin_so() -> None:
    explanations = [Explanation("Pot", "one", 1), Explanation("Pot.*", "two", 2)]
    reasons = [
        (found := explanation_of(name, explanations)) and found.reason
        for name in ("Pot", "Pot.a()", "Pot.b(c)", "Potty")
    ]
    assert reasons == ["one", "two", "two", None]
