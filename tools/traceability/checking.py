"""What is wrong between the standards, the code, the tests and the notes, each with the line to
mend.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from .code import Site
from .tracing import Project


class Problem(NamedTuple):
    """A line to mend: `place` is file:line."""

    place: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}"


def problems(project: Project) -> list[Problem]:
    """Everything that is wrong, by kind."""
    return [
        *dead_anchors(project),
        *shared_anchors(project),
        *untested_algorithms(project),
        *tests_without_algorithms(project),
        *undocumented_absences(project),
        *idle_rows(project),
    ]


def dead_anchors(project: Project) -> Iterator[Problem]:
    """Addresses, in the code, the marks and the absences, of which the standard's scope list has no
    such id.
    """
    known = {scope.name: scope.ids() for scope in project.scopes}
    mentioned = [
        (place, address) for address, places in project.code.mentioned.items() for place in places
    ]
    mentioned += [(test.place, test.address) for test in project.marks]
    mentioned += [(row.place, row.address) for row in project.left_out]
    for place, address in mentioned:
        scope = project.scope_of(address)
        id = address.partition("#")[2]
        if address.startswith("SPEC_NOTES.md#") and id not in project.own_anchors:
            yield Problem(place, f'dead anchor {address}: SPEC_NOTES.md has no <a id="{id}">')
        if scope is None or id.endswith("*"):
            continue
        if id not in known[scope.name]:
            near = get_close_matches(id, known[scope.name], 1)
            guess = f"; did you mean {near[0]}?" if near else ""
            yield Problem(
                place,
                f"dead anchor {address}: {scope.title} had no such id when it was read{guess}",
            )


def shared_anchors(project: Project) -> Iterator[Problem]:
    """Addresses that two definitions have."""
    owners: dict[str, Site] = {}
    for site in project.code.with_addresses():
        first = owners.setdefault(project.key_of(site.address or ""), site)
        if first is not site:
            yield Problem(
                site.place,
                f"{site.name} has the address of {first.name} ({first.place}): {site.address}",
            )


def untested_algorithms(project: Project) -> Iterator[Problem]:
    """Definitions with an address that no test checks, neither by itself nor through what it uses."""
    for trace in project.traces:
        if trace.status == "untested":
            for site in trace.sites:
                yield Problem(
                    site.place, f'{site.name} has no test: mark one @spec("{site.address}")'
                )


def tests_without_algorithms(project: Project) -> Iterator[Problem]:
    """Marks with an address that nothing in the code mentions."""
    mentioned = {project.key_of(address) for address in project.code.mentioned}
    tested = {test for tests in project.tests_of.values() for test in tests}
    for test in project.marks:
        if project.key_of(test.address) not in mentioned and test not in tested:
            yield Problem(
                test.place, f"{test.name} checks what no code has for its address: {test.address}"
            )


def undocumented_absences(project: Project) -> Iterator[Problem]:
    """Algorithms in scope with neither code nor a reason."""
    for trace in project.traces:
        if trace.status == "missing" and trace.scope:
            message = f"{trace.entry.title} is neither in the code nor in tools/scope/left_out: {trace.address}"
            yield Problem(f"tools/scope/{trace.scope.name}.tsv:{trace.entry.line}", message)


def idle_rows(project: Project) -> Iterator[Problem]:
    """Lines of the absences that leave nothing out: not in scope, or every algorithm that they
    stand for has code.
    """
    absent = {project.key_of(trace.address) for trace in project.traces if trace.status == "out"}
    for row in project.left_out:
        if absent.isdisjoint(row.covered()):
            yield Problem(row.place, f"nothing is left out by {row.id}: drop it")
