"""Putting it together: for each algorithm in scope its code, its tests, or the reason why it is
left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from .absences import LeftOut, read_left_out
from .code import Code, Site, read_code, reached
from .marks import MarkedTest, read_marks
from .notes import read_anchors
from .scope import Entry, Scope, Section, read_scopes

Status = Literal["tested", "through", "untested", "out", "missing", "term"]
"""Through: by the tests of an algorithm that uses it; out: for a reason; term: no algorithm, and
without code.
"""


@dataclass(slots=True, eq=False)
class Trace:
    """An entry of a standard, or a definition that is in the scope of none, with what belongs to
    it.
    """

    scope: Scope | None
    section: Section | None
    entry: Entry
    address: str
    sites: list[Site] = field(default_factory=list)
    tests: list[MarkedTest] = field(default_factory=list)
    through: Site | None = None
    left_out: LeftOut | None = None

    @property
    def status(self) -> Status:
        """What can be said of it in a word."""
        if self.sites:
            return "tested" if self.tests else "through" if self.through else "untested"
        return "out" if self.left_out else "missing" if self.entry.is_algorithm else "term"


class Project:
    """A checkout: its scope lists, code, tests and notes, all read from files, nothing of it
    imported.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.scopes = read_scopes(root / "tools" / "scope")
        self.code: Code = read_code(root, root / "reference" / "worker_runtime")
        self.marks = read_marks(root, root / "spec_tests")
        self.left_out = read_left_out(root, root / "tools" / "scope" / "left_out", self.scopes)
        self.own_anchors = read_anchors(root / "SPEC_NOTES.md")

    def scope_of(self, address: str) -> Scope | None:
        """The scope list of the standard that an address is in."""
        return next((scope for scope in self.scopes if address.startswith(scope.url)), None)

    def key_of(self, address: str) -> str:
        """An address, without the page of a standard that has pages: an id is in a standard once."""
        scope = self.scope_of(address)
        return scope.address(address.partition("#")[2]) if scope else address

    @cached_property
    def tests_of(self) -> dict[Site, list[MarkedTest]]:
        """The tests of each definition: those that are marked with its address; where there are
        none, those that mention it and are marked with the address of its class or of its section,
        or are tests of its room and mean no other."""
        by_key: dict[str, list[MarkedTest]] = {}
        by_room: dict[str, list[MarkedTest]] = {}
        for test in self.marks:
            by_key.setdefault(self.key_of(test.address), []).append(test)
            by_room.setdefault(test.file.rpartition("/")[0], []).append(test)
        found: dict[Site, list[MarkedTest]] = {}
        for site in self.code.with_addresses():
            tests = list(by_key.get(self.key_of(site.address or ""), []))
            if not tests:
                owner = site.of_class
                around = {test for id in self.sections_around(site) for test in by_key.get(id, [])}
                of_class = (
                    set(by_key.get(self.key_of(owner.address), []))
                    if owner and owner.address
                    else set()
                )
                room = (
                    "spec_tests/"
                    + site.file.removeprefix("reference/worker_runtime/").rpartition("/")[0]
                )
                tests = list(of_class) if site.is_special else []
                tests += [
                    test
                    for test in of_class | around
                    if names_member(test, site) and test not in tests
                ]
                tests += [
                    test
                    for test in by_room.get(room, [])
                    if names_exactly(test, site) and test not in tests
                ]
            if tests:
                found[site] = sorted(tests, key=lambda test: (test.file, test.line))
        return found

    @cached_property
    def sections_by_key(self) -> dict[str, list[str]]:
        """The addresses of the sections that an entry stands in, by the entry's address."""
        found: dict[str, list[str]] = {}
        for scope in self.scopes:
            path: list[Section] = []
            for section in scope.sections:
                path = [above for above in path if above.level < section.level] + [section]
                around = [scope.address(above.id) for above in reversed(path)]
                for id in (section.id, *(id for entry in section.entries for id in entry.ids)):
                    found.setdefault(scope.address(id), around)
        return found

    def sections_around(self, site: Site) -> list[str]:
        """The addresses of the sections that a definition's address stands in, from the inside out."""
        return self.sections_by_key.get(self.key_of(site.address), []) if site.address else []

    @cached_property
    def traces(self) -> list[Trace]:
        """Every section and entry of every scope list in order; then the definitions whose
        addresses none of them has.
        """
        sites: dict[str, list[Site]] = {}
        for site in self.code.with_addresses():
            sites.setdefault(self.key_of(site.address or ""), []).append(site)
        reasons = self.reasons()
        found = []
        for scope in self.scopes:
            for section in scope.sections:
                heading = Entry(section.id, section.title, is_algorithm=False)
                is_listed = any(section.id == entry.id for entry in section.entries)
                for entry in section.entries if is_listed else (heading, *section.entries):
                    # What one algorithm is known by beside its own id counts where nothing has
                    # that.
                    keys = [scope.address(id) for id in entry.ids]
                    trace = Trace(scope, section, entry, scope.address(entry.id, section.page))
                    trace.sites = next((sites[key] for key in keys if key in sites), [])
                    trace.left_out = reasons.get(keys[0])
                    found.append(trace)
        listed = {site for trace in found for site in trace.sites}
        for site in self.code.with_addresses():
            if site not in listed and site.address:
                found.append(
                    Trace(
                        None,
                        None,
                        Entry(site.address.partition("#")[2], site.name, False),
                        site.address,
                        [site],
                    )
                )
        nearest = reached(self.tests_of)
        for trace in found:
            trace.tests = list(
                dict.fromkeys(test for site in trace.sites for test in self.tests_of.get(site, []))
            )
            trace.through = next((nearest[site] for site in trace.sites if site in nearest), None)
        return found

    def reasons(self) -> dict[str, LeftOut]:
        """The line for each address of an algorithm in scope that a line stands for."""
        found: dict[str, LeftOut] = {}
        for row in self.left_out:
            for key in row.covered():
                found.setdefault(key, row)
        return found

    def of_scope(self, scope: Scope) -> list[Trace]:
        """The traces of a standard, in the order of its text."""
        return [trace for trace in self.traces if trace.scope is scope]

    def found(self, words: str) -> list[Trace]:
        """The traces that an id, an address, a title or the name of a function or method means."""
        key = self.key_of(words) if "#" in words else words
        return [
            trace
            for trace in self.traces
            if words in trace.entry.ids
            or key in (trace.address, trace.scope and trace.scope.address(trace.entry.id))
            or words.lower() == trace.entry.title.lower()
            or any(
                words == site.name or words == site.name.rpartition(".")[2] for site in trace.sites
            )
        ]


def names_member(test: MarkedTest, site: Site) -> bool:
    """Whether a test mentions the name of a definition, be it that of another one, too."""
    name = site.name.rpartition(".")[2]
    return not test.names.isdisjoint({name, f".{name}"})


def names_exactly(test: MarkedTest, site: Site) -> bool:
    """Whether a test mentions a definition: imported from its file, or as an attribute of its file
    or beside its class.
    """
    module = site.file.removeprefix("reference/").removesuffix(".py").replace("/", ".")
    if site.of_class:
        return site.of_class.name in test.names and names_member(test, site)
    if module in test.imported and f".{site.name}" in test.names:
        return True
    return not test.imported.isdisjoint({f"{module}.{site.name}", f"worker_runtime.{site.name}"})
