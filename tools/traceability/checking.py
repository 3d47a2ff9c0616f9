"""What is wrong between the standards, the code, the tests and the notes, each with the line to
mend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches
from typing import NamedTuple

from .code import Site
from .naming import is_called
from .tracing import Project


STANDARDS = re.compile(r"https://(?:\w+\.spec\.whatwg\.org|w[3i]cg?\.github\.io|httpwg\.org)/")


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
        *missing_scope_lists(project),
        *shared_anchors(project),
        *wrong_names(project),
        *untested_algorithms(project),
        *tests_without_algorithms(project),
        *undocumented_absences(project),
        *idle_rows(project),
        *unlisted_deviations(project),
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
        if scope.known_id(id) not in known[scope.name]:
            near = get_close_matches(id, known[scope.name], 1)
            guess = f"; did you mean {near[0]}?" if near else ""
            yield Problem(
                place,
                f"dead anchor {address}: {scope.title} had no such id when it was read{guess}",
            )


def shared_anchors(project: Project) -> Iterator[Problem]:
    """Addresses of algorithms that two definitions are."""
    owners: dict[str, Site] = {}
    for site in project.code.with_addresses():
        first = owners.setdefault(project.key_of(site.address or ""), site)
        if first is not site:
            yield Problem(
                site.place,
                f"{site.name} is the same as {first.name} ({first.place}): {site.address}",
            )


def wrong_names(project: Project) -> Iterator[Problem]:
    """Definitions that are said to be an algorithm and have the name of something else."""
    for trace in project.traces:
        titles = (trace.entry.title, *trace.entry.ids)
        for site in trace.sites if trace.scope else ():
            if not is_called(site.name, titles):
                yield Problem(
                    site.place,
                    f'{site.name} is not called "{trace.entry.title}": call it so, or say "Part of '
                    f'{site.address}"',
                )


def missing_scope_lists(project: Project) -> Iterator[Problem]:
    """Texts that were read, as the notes say, of which there is no scope list, or one that was read
    at another commit; and standards with addresses in the code of which there is none.
    """
    urls = {scope.url.rstrip("/#"): scope for scope in project.scopes}
    for row in project.texts:
        for url in row.addresses:
            scope = urls.get(url.rstrip("/"))
            if scope is None:
                yield Problem(f"SPEC_NOTES.md:{row.line}", f"no scope list of {url}")
            elif scope.commit and row.cells[:1] != [scope.commit[:10]]:
                message = f"{scope.title} was read at {scope.commit[:10]}: tools/scope/{scope.name}"
                yield Problem(f"SPEC_NOTES.md:{row.line}", message)
    for address, places in project.code.mentioned.items():
        if STANDARDS.match(address) and project.scope_of(address) is None:
            yield Problem(places[0], f"no scope list of the standard of {address}")


def unlisted_deviations(project: Project) -> Iterator[Problem]:
    """Deviations in the code that the notes do not list, and those in the notes that no comment of
    the code tells of.
    """
    listed = {project.key_of(address) for row in project.deviations for address in row.addresses}
    told = set()
    for deviation in project.code.deviations:
        keys = {project.key_of(address) for address in deviation.addresses}
        told |= keys
        if not keys:
            yield Problem(deviation.place, "a deviation from what? Name the address")
        elif listed.isdisjoint(keys):
            message = f"SPEC_NOTES.md lists no deviation from {deviation.addresses[0]}"
            yield Problem(deviation.place, message)
    for row in project.deviations:
        for address in row.addresses:
            if project.key_of(address) not in told:
                message = f"no comment in the code tells of a deviation from {address}"
                yield Problem(f"SPEC_NOTES.md:{row.line}", message)


def untested_algorithms(project: Project) -> Iterator[Problem]:
    """Definitions with an address that no test checks, neither by itself nor through what it
    uses.
    """
    for trace in project.traces:
        if trace.status == "untested":
            for site in trace.sites:
                yield Problem(
                    site.place, f'{site.name} has no test: mark one @spec("{site.address}")'
                )


def tests_without_algorithms(project: Project) -> Iterator[Problem]:
    """Marks with an address that nothing in the code mentions; but for those of sections in which
    something has code, and of algorithms that are left out, which a test may show.
    """
    known = {project.key_of(address) for address in project.code.mentioned}
    known |= {key for row in project.left_out for key in row.covered()}
    for scope in project.scopes:
        for section in scope.sections:
            below = {scope.address(id) for entry in scope.below(section.id) for id in entry.ids}
            if not known.isdisjoint(below):
                known.add(scope.address(section.id))
    for test in project.marks:
        if project.key_of(test.address) not in known:
            yield Problem(
                test.place, f"{test.name} checks what no code has for its address: {test.address}"
            )


def undocumented_absences(project: Project) -> Iterator[Problem]:
    """Algorithms in scope with neither code nor a reason."""
    for trace in project.traces:
        if trace.status == "missing" and trace.scope:
            message = (
                f"{trace.entry.title} is neither in the code nor in tools/scope/left_out: "
                f"{trace.address}"
            )
            yield Problem(f"tools/scope/{trace.scope.name}.tsv:{trace.entry.line}", message)


def idle_rows(project: Project) -> Iterator[Problem]:
    """Lines of the absences that leave nothing out: not in scope, or every algorithm that they
    stand for has code.
    """
    absent = {project.key_of(trace.address) for trace in project.traces if trace.status == "out"}
    for row in project.left_out:
        if absent.isdisjoint(row.covered()):
            yield Problem(row.place, f"nothing is left out by {row.id}: drop it")
