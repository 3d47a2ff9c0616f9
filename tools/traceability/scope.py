"""Scope lists: the sections, algorithms and terms of a standard that this project answers for, in a
file of lines with tabs.

    standard    URL Standard
    url         https://url.spec.whatwg.org/
    read        whatwg/url url.bs   6ae84860d1...   2026-07-02
    section     host-parsing    3   3.5   Host parsing  (id, level, number, title, and the page)
    algorithm   concept-host-parser   host parser   (id, title, and other ids of the same)
    term        concept-domain  domain                      (anything else that can be linked to)
    elsewhere   goals writing ...   (ids outside of the scope, so that a dead link can be told)
"""

from __future__ import annotations

import re

from dataclasses import dataclass, field
from pathlib import Path


RFC = "https://www.rfc-editor.org/rfc/"
PARAGRAPH = re.compile(r"^((?:section|appendix)-[A-Z\d.]+)-[\d.]+$")


@dataclass(slots=True)
class Entry:
    """An algorithm or a term."""

    id: str
    title: str
    is_algorithm: bool
    other_ids: tuple[str, ...] = ()
    line: int = field(default=0, compare=False)
    """Where it is in the file of the list."""

    @property
    def ids(self) -> tuple[str, ...]:
        """Every id of it."""
        return (self.id, *self.other_ids)


@dataclass(slots=True)
class Section:
    """A heading with the entries right below it; `level` is 2 for a chapter; `number` and `page`
    may be empty.
    """

    id: str
    level: int
    number: str
    title: str
    page: str = ""
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Scope:
    """What of a standard is answered for, and the commit of the text that was read."""

    name: str
    title: str
    url: str
    source: str
    commit: str
    date: str
    sections: list[Section] = field(default_factory=list)
    elsewhere: frozenset[str] = frozenset()

    def known_id(self, id: str) -> str:
        """An id as the list has it: the paragraphs of an RFC, such as section-4.2-8, belong to
        their section.
        """
        return PARAGRAPH.sub(r"\1", id) if self.url.startswith(RFC) else id

    def algorithms(self) -> list[Entry]:
        """Those in scope, in the order of the text."""
        return [
            entry for section in self.sections for entry in section.entries if entry.is_algorithm
        ]

    def ids(self) -> set[str]:
        """Every id that can be linked to."""
        entries = (entry for section in self.sections for entry in section.entries)
        return {
            *self.elsewhere,
            *(section.id for section in self.sections),
            *(id for entry in entries for id in entry.ids),
        }

    def below(self, id: str) -> list[Entry]:
        """The entries of a section and its subsections; or the one entry that has the id; or
        none.
        """
        found: list[Entry] = []
        level = 0
        for section in self.sections:
            if section.id == id:
                level = section.level
            elif section.level <= level:
                break
            if level:
                found += section.entries
        return found or [
            entry for section in self.sections for entry in section.entries if id in entry.ids
        ]

    def address(self, id: str, page: str = "") -> str:
        """The whole URL of an id."""
        return f"{self.url}{page}#{id}"


def write_scope(scope: Scope, file: Path) -> None:
    """Write a scope list, a thing a line, so that what moves in a standard is a line that moves in
    a diff.
    """
    lines = [
        ("standard", scope.title),
        ("url", scope.url),
        ("read", scope.source, scope.commit, scope.date),
    ]
    for section in scope.sections:
        lines.append(
            ("section", section.id, str(section.level), section.number, section.title, section.page)
        )
        for entry in section.entries:
            lines.append(
                (
                    "algorithm" if entry.is_algorithm else "term",
                    entry.id,
                    entry.title,
                    " ".join(entry.other_ids),
                )
            )
    elsewhere = sorted(scope.elsewhere)
    lines += [
        ("elsewhere", " ".join(elsewhere[start : start + 8]))
        for start in range(0, len(elsewhere), 8)
    ]
    file.write_text("".join("\t".join(line).rstrip("\t") + "\n" for line in lines), "utf-8")


def read_scope(file: Path) -> Scope:
    """Read a scope list; ValueError names the line that is not one of one."""
    scope = Scope(file.stem, "", "", "", "", "")
    elsewhere: set[str] = set()
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        match line.split("\t"):
            case ["standard", title]:
                scope.title = title
            case ["url", url]:
                scope.url = url
            case ["read", source, commit, date]:
                scope.source, scope.commit, scope.date = source, commit, date
            case ["section", id, level, section_number, title, *page]:
                scope.sections.append(Section(id, int(level), section_number, title, "".join(page)))
            case ["algorithm" | "term" as kind, id, title, *others] if scope.sections:
                other_ids = tuple(others[0].split()) if others else ()
                scope.sections[-1].entries.append(
                    Entry(id, title, kind == "algorithm", other_ids, number)
                )
            case ["elsewhere", ids]:
                elsewhere.update(ids.split())
            case _:
                raise ValueError(f"{file}:{number}: no line of a scope list: {line!r}")
    scope.elsewhere = frozenset(elsewhere)
    return scope


def read_scopes(folder: Path) -> list[Scope]:
    """Every scope list of a folder, by name."""
    return [read_scope(file) for file in sorted(folder.glob("*.tsv"))]
