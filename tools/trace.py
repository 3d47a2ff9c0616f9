"""Trace: from an algorithm of a standard to its code and its tests, and back.

    python3 tools/trace.py concept-host-parser         # by id, URL, title, or name of a function
    python3 tools/trace.py --open host_parser          # file:line alone: the code, then its tests
    python3 tools/trace.py --coverage                  # a table; with names, what is left to do
    python3 tools/trace.py --coverage url fetch
    python3 tools/trace.py --check                     # what is wrong, a line each, file:line first
    python3 tools/trace.py --drift INDEX_DIR           # what a newer index has changed
    python3 tools/trace.py --html DIR                  # the book to read: open DIR/index.html

'Everything is read from the files, and nothing is imported: addresses from docstrings, tests from
their marks, @spec("<address>"), what is in scope from tools/scope, and what is left out from
tools/scope/left_out. A function or class *is* the algorithm whose address is a line of its
docstring, or it is "Part of <address>", a step or a helper. An algorithm is

    implemented  by the definition that is it, which is
        tested     by a test with its address, or one with that of its class that names it
        through    tests of another algorithm whose code uses it
        untested   by any
    in parts     by definitions that are parts of it, each under its own name
    out          deliberately, for a reason
    missing      without code and without a reason
"""

from __future__ import annotations

import argparse
import difflib
import os
import sys
import textwrap
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))  # so that `tools` is found when this file is run by its path

from tools.make_scope import CHOICES, made_scope  # noqa: E402
from tools.traceability.checking import problems  # noqa: E402
from tools.traceability.drift import drift  # noqa: E402
from tools.traceability.scope import Scope  # noqa: E402
from tools.traceability.site import write_site  # noqa: E402
from tools.traceability.tracing import Project, Trace  # noqa: E402

IMPLEMENTED = ("tested", "through", "untested")


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Do what the arguments ask; the exit status is 1 where something is wrong, missing or not
    found.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "query", nargs="?", metavar="WHAT", help="an id, a URL, a title, or the name of a function"
    )
    parser.add_argument("--open", action="store_true", help="print file:line only")
    parser.add_argument(
        "--coverage",
        nargs="*",
        metavar="STANDARD",
        help="how much of each standard has code and tests",
    )
    parser.add_argument(
        "--check", action="store_true", help="print what is wrong; exit with 1 if anything is"
    )
    parser.add_argument(
        "--drift", type=Path, metavar="INDEX_DIR", help="compare with a newer index"
    )
    parser.add_argument("--html", type=Path, metavar="DIR", help="write a site to look at")
    options = parser.parse_args(arguments)
    project = Project(root)
    try:
        if options.query:
            return show(project, options.query, options.open)
        if options.coverage is not None:
            return coverage(project, options.coverage)
        if options.check:
            return check(project)
        if options.drift:
            return show_drift(project, options.drift)
        if options.html:
            print(write_site(project, options.html))
            return 0
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    parser.print_help()
    return 2


def show(project: Project, words: str, only_places: bool) -> int:
    """Print what is known of an algorithm."""
    found = project.found(words)
    if not found:
        known = {id for trace in project.traces for id in trace.entry.ids}
        known |= {site.name.rpartition(".")[2] for trace in project.traces for site in trace.sites}
        near = difflib.get_close_matches(words.rpartition("#")[2], known, 3)
        print(
            f"nothing is known of {words!r}" + (f"; near: {', '.join(near)}" if near else ""),
            file=sys.stderr,
        )
        return 1
    for trace in found:
        if only_places:
            print(
                *(site.place for site in (*trace.sites, *trace.parts)),
                *(test.place for test in trace.tests),
                sep="\n",
            )
            continue
        print(f"{trace.entry.title}  {trace.address}")
        for site in trace.sites:
            print(f"    is     {site.place}  {site.name}")
        for site in trace.parts:
            print(f"    part   {site.place}  {site.name}")
        for test in trace.tests:
            print(f"    tests  {test.place}  {test.name} ({test.count})")
        match trace.status:
            case "through" if trace.through:
                print(f"    tests  through those of {trace.through.name}, {trace.through.place}")
            case "out" if trace.left_out:
                print(f"    out    {trace.left_out.place}  {trace.left_out.reason}")
            case "untested" | "missing" as status:
                print(f"    {status}")
    return 0


def coverage(project: Project, names: list[str]) -> int:
    """Print the table, and for standards that are named what is left to do and left out, by
    name.
    """
    known = {scope.name: scope for scope in project.scopes}
    if unknown := [name for name in names if name not in known]:
        print(
            f"no scope list of {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr
        )
        return 1
    heads = ("in scope", "implemented", "in parts", "left out", "missing")
    print(f"{'':18}{''.join(f'{head:>12}' for head in heads)}   of the implemented")
    print(f"{'':78}{''.join(f'{head:>10}' for head in IMPLEMENTED)}")
    sums = Counter[str]()
    for name in names or known:
        counts = counts_of(project, known[name])
        sums += counts
        print(f"{name:18}{columns_of(counts)}")
    if len(names or known) > 1:
        print(f"{'':18}{columns_of(sums)}")
    for name in names:
        list_by_name(project, known[name])
    return 1 if sums["missing"] or sums["untested"] else 0


def columns_of(counts: Counter[str]) -> str:
    """A line of the table."""
    implemented = sum(counts[status] for status in IMPLEMENTED)
    numbers = (counts.total(), implemented, *(counts[each] for each in ("parts", "out", "missing")))
    return "".join(f"{number or '.':>12}" for number in numbers) + "".join(
        f"{counts[status] or '.':>10}" for status in IMPLEMENTED
    )


def counts_of(project: Project, scope: Scope) -> Counter[str]:
    """How many algorithms of a standard have each status."""
    return Counter(trace.status for trace in project.of_scope(scope) if trace.entry.is_algorithm)


def list_by_name(project: Project, scope: Scope) -> None:
    """Print what is missing, untested and left out of a standard."""
    algorithms = [trace for trace in project.of_scope(scope) if trace.entry.is_algorithm]
    print(f"\n{scope.title}, read at {scope.commit[:10] or scope.date}")
    for status in ("missing", "untested"):
        for trace in algorithms:
            if trace.status == status:
                print(f"  {status:9} {trace.entry.id}  {trace.entry.title}{places_of(trace)}")
    reasons: dict[str, list[str]] = {}
    for trace in algorithms:
        if trace.status == "out" and trace.left_out:
            reasons.setdefault(trace.left_out.reason, []).append(trace.entry.title)
    for reason, titles in reasons.items():
        print(f"  out       {reason}")
        print(
            textwrap.fill(
                ", ".join(titles), 120, initial_indent=" " * 14, subsequent_indent=" " * 14
            )
        )


def places_of(trace: Trace) -> str:
    """Where the code is, in brackets, if there is any."""
    sites = (*trace.sites, *trace.parts)
    return f"  ({', '.join(site.place for site in sites)})" if sites else ""


def check(project: Project) -> int:
    """Print every problem and how many there are."""
    found = problems(project)
    for problem in found:
        print(problem)
    print(
        f"{len(found)} to mend"
        if found
        else "every address lives, every algorithm has code that is called so and its tests, or a "
        "reason, and every deviation is listed"
    )
    return 1 if found else 0


def show_drift(project: Project, index: Path) -> int:
    """Print what a newer index has changed, by standard."""
    for scope in project.scopes:
        if scope.name not in CHOICES or not (index / f"{scope.name}.json").exists():
            print(f"{scope.name}: not in {index}")
            continue
        newer = made_scope(index, scope.name)
        lines = list(drift(project, newer))
        texts = f"{scope.commit[:10]} {scope.date} -> {newer.commit[:10]} {newer.date}"
        print(f"{scope.name}: {texts}: {len(lines) or 'no'} changes")
        print(*lines, sep="\n", end="\n" if lines else "")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
