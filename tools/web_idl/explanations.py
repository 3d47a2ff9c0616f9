"""Explanations: why a difference is meant, as SPEC_NOTES.md says it, in the table below the heading
"Interfaces and members left out, or different".

    | what | why |
    |---|---|
    | `FileList`, `Response(webSocket)` | nothing in a worker makes a FileList; ... |

A name is that of a difference: `Interface`, `Interface.attribute`, `Interface.operation()`,
`Interface.operation(argument)`, `Interface(argument)` or a standard's. With a "*" at its end it
stands for all that begin so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..traceability.notes import rows_below

HEADING = "Interfaces and members left out, or different"
NAME = re.compile(r"`([^`]+)`")


@dataclass(frozen=True, slots=True)
class Explanation:
    """A name of a row of the table, and the reason that the row gives."""

    name: str
    reason: str
    line: int

    def explains(self, name: str) -> bool:
        """Whether it is about the difference of that name."""
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


def read_explanations(notes: Path) -> list[Explanation]:
    """Those of the table, in order; ValueError names a row without a name or a reason."""
    found: list[Explanation] = []
    for number, what, why in rows_below(notes, HEADING):
        names = NAME.findall(what)
        if not names or not why:
            raise ValueError(
                f"{notes}:{number}: a row has names in backticks and a reason: {what!r}, {why!r}"
            )
        found += (Explanation(name, why, number) for name in names)
    return found


def explanation_of(name: str, explanations: Iterable[Explanation]) -> Explanation | None:
    """The first that is about the difference of a name."""
    return next((explanation for explanation in explanations if explanation.explains(name)), None)
