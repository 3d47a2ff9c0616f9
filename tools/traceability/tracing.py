"""Putting it together: for each algorithm in scope its code, its tests, or the reason why it is
left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

from .absences import LeftOut, read_left_out
from .code import Code, Site, code_of, reached, read_modules
from .index import Index
from .marks import MarkedTest, read_marks
from .notes import read_anchors, read_deviations, read_texts
from .scope import Entry, Scope, Section, read_scope

Status = Literal["tested", "through", "untested", "parts", "out", "missing", "term"]
"""The first three are implemented: tested by tests of its own, through those of what uses it, or by
none. Parts: no definition is it, but some are parts of it. Out: left out for a reason. Term: it is
no algorithm, and has no code.
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
    """The definition that is it, if there is one."""
    parts: list[Site] = field(default_factory=list)
    """Those that are parts of it."""
    tests: list[MarkedTest] = field(default_factory=list)
    through: Site | None = None
    left_out: LeftOut | None = None

    @property
    def status(self) -> Status:
        """What can be said of it in a word."""
        if self.sites:
            return "tested" if self.tests else "through" if self.through else "untested"
        if self.parts:
            return "parts"
        return "out" if self.left_out else "missing" if self.entry.is_algorithm else "term"


class Project:
    """A checkout: its scope lists, code, tests and notes, all read from files, nothing of it
    imported.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        index = Index(root)
        self.scopes = [
            index.read("scope", file, lambda: read_scope(file))
            for file in sorted((root / "tools" / "scope").glob("*.tsv"))
        ]
        modules = read_modules(root, root / "reference" / "worker_runtime", index)
        self.marks = read_marks(root, root / "spec_tests", index)
        index.save()
        self.code: Code = code_of(modules)
        self.left_out = read_left_out(root, root / "tools" / "scope" / "left_out", self.scopes)
        self.own_anchors = read_anchors(root / "SPEC_NOTES.md")
        self.deviations = read_deviations(root / "SPEC_NOTES.md")
        self.texts = read_texts(root / "SPEC_NOTES.md")

    def scope_of(self, address: str) -> Scope | None:
        """The scope list of the standard that an address is in."""
        return next((scope for scope in self.scopes if address.startswith(scope.url)), None)

    def key_of(self, address: str) -> str:
        """An address, without the page of a standard that has pages, where an id is once, and
        without the paragraph of an RFC.
        """
        scope = self.scope_of(address)
        return scope.address(scope.known_id(address.partition("#")[2])) if scope else address

    @cached_property
    def marks_by_key(self) -> dict[str, list[MarkedTest]]:
        """The tests that are marked with an address."""
        found: dict[str, list[MarkedTest]] = {}
        for test in self.marks:
            found.setdefault(self.key_of(test.address), []).append(test)
        return found

    @cached_property
    def tests_of(self) -> dict[Site, list[MarkedTest]]:
        """The tests of each definition: of one that is an algorithm those that are marked with its
        address; of a method also those with the address of its class that mention it; of a part
        those with the address of the whole that mention it.
        """
        found: dict[Site, list[MarkedTest]] = {}
        for site in self.code.sites:
            tests = list(self.marks_by_key.get(self.key_of(site.address or ""), []))
            around = [site.of_class.address] if site.of_class and site.of_class.address else []
            for address in (*around, *site.parts):
                tests += [
                    test
                    for test in self.marks_by_key.get(self.key_of(address), [])
                    if test not in tests and (site.is_special or mentions_name(test, site))
                ]
            if tests:
                found[site] = sorted(tests, key=lambda test: (test.file, test.line))
        return found

    @cached_property
    def traces(self) -> list[Trace]:
        """Every section and entry of every scope list in order; then the definitions whose
        addresses none of them has.
        """
        sites: dict[str, list[Site]] = {}
        parts: dict[str, list[Site]] = {}
        for site in self.code.sites:
            if site.address:
                sites.setdefault(self.key_of(site.address), []).append(site)
            for address in site.parts:
                parts.setdefault(self.key_of(address), []).append(site)
        reasons = self.reasons()
        found = []
        for scope in self.scopes:
            for section in scope.sections:
                heading = Entry(section.id, section.title, is_algorithm=False)
                is_listed = any(section.id in entry.ids for entry in section.entries)
                for entry in section.entries if is_listed else (heading, *section.entries):
                    # What one algorithm is known by beside its own id counts where nothing has
                    # that.
                    keys = [scope.address(id) for id in entry.ids]
                    trace = Trace(scope, section, entry, scope.address(entry.id, section.page))
                    trace.sites = next((sites[key] for key in keys if key in sites), [])
                    trace.parts = [site for key in keys for site in parts.pop(key, [])]
                    trace.left_out = reasons.get(keys[0])
                    found.append(trace)
        listed = {site for trace in found for site in trace.sites}
        for address in {site.address: None for site in self.code.with_addresses()} | dict.fromkeys(
            address for site in self.code.sites for address in site.parts
        ):
            key = self.key_of(address or "")
            own = [site for site in sites.get(key, []) if site not in listed]
            helpers = parts.pop(key, [])
            if address and (own or helpers):
                title = own[0].name if own else address.partition("#")[2]
                entry = Entry(address.partition("#")[2], title, False)
                found.append(Trace(None, None, entry, address, own, helpers))
                listed.update(own)
        nearest = reached(self.tests_of)
        for trace in found:
            trace.tests = list(
                dict.fromkeys(
                    test
                    for site in trace.sites or trace.parts
                    for test in self.tests_of.get(site, [])
                )
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
                words in (site.name, site.name.rpartition(".")[2])
                for site in (*trace.sites, *trace.parts)
            )
        ]


def mentions_name(test: MarkedTest, site: Site) -> bool:
    """Whether a test mentions the name of a definition, be it that of another one, too."""
    name = site.name.rpartition(".")[2]
    return not test.names.isdisjoint({name, f".{name}"})
