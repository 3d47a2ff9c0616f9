"""Explanations: why a difference is meant. A line of explanations.tsv is a name, a tab and a
reason.

    FileList    nothing in a worker makes one

A name is that of a difference: `Interface`, `Interface.attribute`, `Interface.operation()`,
`Interface.operation(argument)`, `Interface(argument)` or a standard's. With a "*" at its end it
stands for all that begin so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from ..traceability.absences import rows


@dataclass(frozen=True, slots=True)
class Explanation:
    """A name, its reason, and the number of the line."""

    name: str
    reason: str
    line: int

    def explains(self, name: str) -> bool:
        """Whether it is about the difference of that name."""
        return name.startswith(self.name[:-1]) if self.name.endswith("*") else name == self.name


def read_explanations(file: Path) -> list[Explanation]:
    """Those of a file, in order; ValueError names a line without a name or a reason."""
    return [Explanation(name, reason, line) for line, name, reason in rows(file)]


def explanation_of(name: str, explanations: Iterable[Explanation]) -> Explanation | None:
    """The first that is about the difference of a name."""
    return next((explanation for explanation in explanations if explanation.explains(name)), None)
