"""The minimum: what the Minimum common web API (ECMA-429) asks of a runtime, beside what there is.

A list has a name a line, as it is reached from the global object, below the name of the section
that asks for it:

    [Common methods and properties]
    navigator.userAgent
    atob()
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from .checking import NO_STANDARD, SCOPES, Difference
from .model import Model
from .surface import Surface, python_name


class Requirement(NamedTuple):
    """A name of the list, whether it is there, and what is different in it or, if it is absent,
    what says so.
    """

    section: str
    name: str
    status: Literal["present", "different", "absent"]
    differences: list[Difference]


def read_names(file: Path) -> list[tuple[str, str]]:
    """The names of a list, each with its section; ValueError if one stands before any section."""
    section = ""
    names = []
    for number, line in enumerate(file.read_text("utf-8").splitlines(), 1):
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith("#"):
            if not section:
                raise ValueError(
                    f"{file}:{number}: a name stands below a section in brackets: {line!r}"
                )
            names.append((section, line))
    return names


def requirements(
    names: Sequence[tuple[str, str]],
    model: Model,
    surface: Surface,
    differences: Sequence[Difference],
) -> list[Requirement]:
    """What has become of each name."""
    return [requirement(section, name, model, surface, differences) for section, name in names]


def requirement(
    section: str, name: str, model: Model, surface: Surface, differences: Sequence[Difference]
) -> Requirement:
    """What has become of a name. One that is absent without a difference is its own difference."""
    path = name.removesuffix("()")
    first = path.partition(".")[0]
    known_as = {first, path, *(f"{scope}.{path}" for scope in SCOPES)}
    if first in model.interfaces:
        known_as.add(model.interfaces[first].place.standard)
    about = [
        each
        for each in differences
        if each.name.removesuffix("()") in known_as or owner_of(each.name) in known_as
    ]
    about = [each for each in about if each.standard != NO_STANDARD]
    if not is_there(path, surface):
        about = [each for each in about if each.kind == "missing"] or [
            Difference("minimum", name, "missing")
        ]
        return Requirement(section, name, "absent", about)
    return Requirement(section, name, "different" if about else "present", about)


def owner_of(name: str) -> str:
    """Of which interface or operation a difference is: `Interface` of `Interface.attribute` and
    `Interface(argument)`, and `Interface.operation` of `Interface.operation(argument)`."""
    before, parenthesis, inside = name.partition("(")
    return before if inside not in ("", ")") else before.rpartition(".")[0]


def is_there(path: str, surface: Surface) -> bool:
    """Whether a name can be imported, or is a member of the global scope; and so each name behind a
    dot.
    """
    first, *rest = path.split(".")
    exported = surface.exported
    if first not in exported:
        return not rest and any(
            surface.member(exported[scope], python_name(first))
            for scope in SCOPES
            if scope in exported
        )
    owner = exported[first] if isinstance(exported[first], type) else type(exported[first])
    return all(surface.member(owner, python_name(name)) for name in rest)
