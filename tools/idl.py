"""IDL: whether `worker_runtime` has what the standards' Web IDL says, to the letter.

    python3 tools/idl.py                        # each standard, and what nothing explains
    python3 tools/idl.py fetch streams          # every difference of these, with its explanation
    python3 tools/idl.py --show Request         # an interface, and whether each member is here
    python3 tools/idl.py --minimum              # what ECMA-429 asks for, and what is here
    python3 tools/idl.py --check                # what is wrong, and nothing else
    python3 tools/idl.py --stubs DIR            # type stubs, to check workers without the code

What is compared, for everything that is exposed to "*", Worker or ServiceWorker: interfaces and
namespaces, what they derive from, constructors, operations and their arguments, defaults,
attributes and whether they can be set, constants, dictionaries, enumerations, iteration, and the
types, as far as the package has annotations. SPEC_NOTES.md, "The binding", says how each looks in
Python. A difference is

    missing     in the standard, and not here
    extra       here, and not in the standard
    different   in both, and not the same; the message says first what the standard has

and is meant, if tools/web_idl/explanations.tsv has its name. A standard of which nothing is here is
one difference. An explanation that explains nothing is an error, so that the list stays true.

The stubs are DIR/worker_runtime/__init__.pyi, made of the signatures of this package; above each
member stands its Web IDL. A type checker takes them from DIR: MYPYPATH=DIR mypy --strict
my_worker.py.

The Web IDL is not a part of this project: it is a folder of .idl files, a standard each, as new as
the texts that SPEC_NOTES.md names. Where it has a folder `newer`, the files in there replace those
of the same names. It is the folder that --idl names, or IDL_DIR in the environment, or else
../shared/idl beside the checkout. `interfaces` of the Web Platform Tests serves, too; it has a
hundred standards more, so ask for some by name.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import sys
from collections import Counter
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parent.parent
# so that both are found when this file is run by its path
sys.path[:0] = [str(ROOT), str(ROOT / "reference")]

from tools.traceability.scope import read_scopes  # noqa: E402
from tools.web_idl.addresses import address_of, addresses_by_id  # noqa: E402
from tools.web_idl.annotations import is_exposed  # noqa: E402
from tools.web_idl.checking import Difference, class_of, differences, exposed  # noqa: E402
from tools.web_idl.explanations import explanation_of, read_explanations  # noqa: E402
from tools.web_idl.merging import idl_files, read_model  # noqa: E402
from tools.web_idl.minimum import read_names, requirements  # noqa: E402
from tools.web_idl.model import Constructor, Member  # noqa: E402
from tools.web_idl.signatures import Package  # noqa: E402
from tools.web_idl.stubs import write_stubs  # noqa: E402
from tools.web_idl.surface import Surface, python_name  # noqa: E402
from tools.web_idl.writing import written  # noqa: E402

KINDS = ("missing", "extra", "different")
EXPLANATIONS = "tools/web_idl/explanations.tsv"


class Comparison:
    """A package beside the Web IDL of a folder, and the explanations."""

    def __init__(self, folder: Path, package: ModuleType, root: Path) -> None:
        self.model = read_model(idl_files(folder))
        self.surface = Surface(package)
        self.explanations = read_explanations(root / EXPLANATIONS)
        self.addresses = addresses_by_id(read_scopes(root / "tools" / "scope"))
        self.minimum = read_names(root / "tools" / "scope" / "minimum_common_api.txt")

    @cached_property
    def differences(self) -> list[Difference]:
        """All of them."""
        return differences(self.model, self.surface)

    @cached_property
    def unexplained(self) -> list[Difference]:
        """Those that nothing explains."""
        return [
            each
            for each in self.differences
            if explanation_of(each.name, self.explanations) is None
        ]

    @cached_property
    def idle(self) -> list[str]:
        """The explanations that explain nothing, as messages."""
        names = [each.name for each in self.differences] + [name for _, name in self.minimum]
        return [
            f"{EXPLANATIONS}:{explanation.line}: `{explanation.name}` explains nothing: drop it"
            for explanation in self.explanations
            if not any(explanation.explains(name) for name in names)
        ]

    def standards(self) -> list[str]:
        """The names of all standards that have something that is exposed here, or a difference."""
        names = {
            member.place.standard
            for each in exposed(self.model)
            for member in each.members
            if is_exposed(member.exposure)
        }
        return sorted(
            names
            | {each.place.standard for each in exposed(self.model)}
            | {each.standard for each in self.differences}
        )


def main(arguments: list[str], root: Path = ROOT) -> int:
    """Do what the arguments ask; the exit status is 1 where something is wrong, 2 where it cannot
    be asked.
    """
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "standards",
        nargs="*",
        metavar="STANDARD",
        help="the name of a file without its .idl, such as fetch",
    )
    parser.add_argument("--idl", type=Path, metavar="DIR", help="the folder of .idl files")
    parser.add_argument(
        "--show", metavar="INTERFACE", help="print an interface, a mark before what is not here"
    )
    parser.add_argument("--minimum", action="store_true", help="print what ECMA-429 asks for")
    parser.add_argument("--check", action="store_true", help="print what is wrong only")
    parser.add_argument(
        "--stubs", type=Path, metavar="DIR", help="write type stubs of the platform into a folder"
    )
    options = parser.parse_args(arguments)
    folder: Path = options.idl or Path(os.environ.get("IDL_DIR") or root.parent / "shared" / "idl")
    if options.stubs:
        package = Package(root / "reference" / "worker_runtime")
        print(*write_stubs(options.stubs, package, read_model(idl_files(folder))), sep="\n")
        return 0
    if not idl_files(folder):
        message = f"no .idl files in {folder}: name a folder with --idl DIR or in IDL_DIR"
        print(f"idl: skipped: {message}" if options.check else message, file=sys.stderr)
        return 0 if options.check else 2
    comparison = Comparison(folder, importlib.import_module("worker_runtime"), root)
    try:
        if options.show:
            return show(comparison, options.show)
        if options.minimum:
            return minimum(comparison)
        if options.check:
            return check(comparison)
        return (
            by_standard(comparison, options.standards)
            if options.standards
            else overview(comparison)
        )
    except BrokenPipeError:  # the reader of a pipe, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def overview(comparison: Comparison) -> int:
    """Print a line for each standard, and what is wrong."""
    members = Counter(
        member.place.standard
        for each in exposed(comparison.model)
        for member in each.members
        if is_exposed(member.exposure)
    )
    interfaces = Counter(each.place.standard for each in exposed(comparison.model))
    found: Counter[tuple[str, str]] = Counter(
        (each.standard, each.kind) for each in comparison.differences
    )
    unexplained = Counter(each.standard for each in comparison.unexplained)
    whole = {each.name for each in comparison.differences if each.name == each.standard}
    print(
        f"{'standard':24}{'interfaces':>11}{'members':>9}"
        + "".join(f"{kind:>11}" for kind in KINDS)
        + f"{'unexplained':>13}"
    )
    for standard in comparison.standards():
        counts = [
            "all" if kind == "missing" and standard in whole else found[standard, kind]
            for kind in KINDS
        ]
        row = [interfaces[standard], members[standard], *counts, unexplained[standard]]
        widths = (11, 9, 11, 11, 11, 13)
        print(
            f"{standard:24}"
            + "".join(f"{value or '.':>{width}}" for value, width in zip(row, widths, strict=True))
        )
    for problem in comparison.model.problems:
        print(f"note: {problem}")
    return check(comparison)


def check(comparison: Comparison) -> int:
    """Print what nothing explains, and what explains nothing."""
    print_differences(comparison, comparison.unexplained)
    print(*comparison.idle, sep="\n", end="\n" if comparison.idle else "")
    wrong = len(comparison.unexplained) + len(comparison.idle)
    total = len(comparison.differences)
    print(
        f"{wrong} to mend or to explain"
        if wrong
        else f"all {total} differences from Web IDL are explained"
    )
    return 1 if wrong else 0


def by_standard(comparison: Comparison, names: Sequence[str]) -> int:
    """Print every difference of some standards."""
    known = comparison.standards()
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, 3)
            hint = f"near: {', '.join(near)}" if near else f"there are {', '.join(known)}"
            print(f"no standard {name!r}; {hint}", file=sys.stderr)
            return 2
    found = [each for each in comparison.differences if each.standard in names]
    print_differences(comparison, found)
    unexplained = [each for each in comparison.unexplained if each.standard in names]
    print(f"{len(found)} differences, {len(unexplained)} without an explanation")
    return 1 if unexplained else 0


def print_differences(comparison: Comparison, found: Sequence[Difference]) -> None:
    """Print differences, each with its place in the Web IDL, its address if that is known, and its
    explanation.
    """
    for each in found:
        place = f"{each.place.file.name}:{each.place.line}" if each.place else each.standard
        address = address_of(each.standard, each.name, comparison.addresses)
        print(f"{place:28} {each}" + (f"  {address}" if address else ""))
        if explanation := explanation_of(each.name, comparison.explanations):
            print(f"{'':30} {EXPLANATIONS}:{explanation.line}: {explanation.reason}")


def show(comparison: Comparison, name: str) -> int:
    """Print an interface with all of its members, and whether each is here."""
    interface = comparison.model.interfaces.get(name)
    if interface is None:
        near = difflib.get_close_matches(name, comparison.model.interfaces, 3)
        print(
            f"no interface {name!r}" + (f"; near: {', '.join(near)}" if near else ""),
            file=sys.stderr,
        )
        return 2
    owner = class_of(comparison.surface, interface)
    base = f" : {interface.inheritance}" if interface.inheritance else ""
    print(
        f"{interface.place}\n{interface.kind} {name}{base}, exposed to "
        f"{', '.join(interface.exposure) or 'nothing'}"
    )
    for member in interface.members:
        print(
            f"{mark_of(comparison, owner, member)} {written(member)}  "
            f"{member.place.standard}:{member.place.line}"
        )
    beginnings = (f"{name}.", f"{name}(")
    print_differences(
        comparison, [each for each in comparison.differences if each.name.startswith(beginnings)]
    )
    return 0


def mark_of(comparison: Comparison, owner: type | None, member: Member) -> str:
    """What stands before a member: "-" where it is not exposed to workers, "!" where the package
    lacks it.
    """
    if not is_exposed(member.exposure):
        return "  -"
    name = getattr(member, "name", "")
    is_missing = owner is None or (
        bool(name) and comparison.surface.member(owner, python_name(name)) is None
    )
    return "  !" if is_missing and not isinstance(member, Constructor) else "   "


def minimum(comparison: Comparison) -> int:
    """Print what ECMA-429 asks for, with what is different; the status is 1 where that has no
    reason.
    """
    is_explained = True
    section = ""
    counts: Counter[str] = Counter()
    for each in requirements(
        comparison.minimum, comparison.model, comparison.surface, comparison.differences
    ):
        if each.section != section:
            section = each.section
            print(section)
        counts[each.status] += 1
        print(f"    {each.status:10} {each.name}")
        for difference in each.differences:
            explanation = explanation_of(difference.name, comparison.explanations)
            is_explained &= explanation is not None
            reason = (
                f"{EXPLANATIONS}:{explanation.line}: {explanation.reason}"
                if explanation
                else "without an explanation"
            )
            print(f"{'':15} {difference}\n{'':17} {reason}")
    print(", ".join(f"{counts[status]} {status}" for status in ("present", "different", "absent")))
    return 0 if is_explained else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
