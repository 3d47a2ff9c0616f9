"""Absences: the algorithms in scope that have no code of their own, each with its reason.

The folder tools/scope/left_out has a file for each standard, named as its scope list is, with a
line for each algorithm: its id, a tab, and the reason.

    concept-host-equals     `==` of two hosts is that

The id of a section stands for all that is in the section and in its subsections; one with a "*" at
its end stands for every algorithm whose id begins so. An algorithm that has code is not left out,
whatever a line says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .scope import Scope


@dataclass(slots=True)
class LeftOut:
    """A line of a file: `place` is file:line, `id` as it is written there."""

    place: str
    scope: Scope
    id: str
    reason: str

    @property
    def address(self) -> str:
        """The id as an address."""
        return self.scope.address(self.id)

    def covered(self) -> list[str]:
        """The addresses of the algorithms in scope that the id stands for."""
        if self.id.endswith("*"):
            entries = [
                entry
                for entry in self.scope.algorithms()
                if any(known.startswith(self.id[:-1]) for known in entry.ids)
            ]
        else:
            entries = [entry for entry in self.scope.below(self.id) if entry.is_algorithm]
        return [self.scope.address(entry.id) for entry in entries]


def read_left_out(root: Path, folder: Path, scopes: Iterable[Scope]) -> list[LeftOut]:
    """The lines of every file of a folder below `root`, in order; ValueError names a file that
    belongs to no scope list, and a line without an id or a reason.
    """
    by_name = {scope.name: scope for scope in scopes}
    found: list[LeftOut] = []
    for file in sorted(folder.glob("*.tsv")):
        if file.stem not in by_name:
            raise ValueError(f"{file}: no scope list has that name")
        for number, id, reason in rows(file):
            place = f"{file.relative_to(root).as_posix()}:{number}"
            found.append(LeftOut(place, by_name[file.stem], id, reason))
    return found


def rows(file: Path) -> Iterator[tuple[int, str, str]]:
    """The lines of a file with two columns: number, name and reason; ValueError where one lacks
    either.
    """
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        name, _, reason = (part.strip() for part in line.partition("\t"))
        if not name or not reason:
            raise ValueError(f"{file}:{number}: a line is a name, a tab and a reason: {line!r}")
        yield number, name, reason
