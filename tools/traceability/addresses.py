"""Addresses: which algorithm a function, method or class is, and which ones it is a part of.

A line of a docstring that is an address says that the definition *is* the algorithm there, under
its name: no two definitions are the same. A line such as

    Part of https://fetch.spec.whatwg.org/#concept-main-fetch

says that it is a step or a helper of that algorithm, of which there may be any number. Any other
address in a docstring is only mentioned.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# A URL with a fragment; or, for what no standard defines, an anchor of our own notes.
ADDRESS = re.compile(r"(?:https://\S+?|SPEC_NOTES\.md)#[^\s\"'<>)\],;:]*[^\s\"'<>)\],;:.]")
PART = re.compile(rf"Part of ({ADDRESS.pattern})\.?")
ROOMS_WITHOUT_ADDRESSES = frozenset(
    {"cli", "host", "oracle", "runtime", "server", "testing", "world"}
)  # they implement no standard

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


@cache
def tree_of(file: Path) -> ast.Module:
    """The syntax tree of a file, parsed once."""
    return ast.parse(file.read_text("utf-8"), str(file))


def definitions_with_owners(file: Path) -> Iterator[tuple[Definition, str]]:
    """The classes and functions of a file and the methods of its classes, each with the name of the
    class that it stands in and a dot, or "". Not what is defined within a function."""
    pending: list[tuple[ast.stmt, str]] = [(node, "") for node in tree_of(file).body]
    while pending:
        node, owner = pending.pop()
        if isinstance(node, Definition):
            yield node, owner
        if isinstance(node, ast.ClassDef):
            pending += [(child, f"{owner}{node.name}.") for child in node.body]
        elif isinstance(node, ast.If):
            pending += [(child, owner) for child in (*node.body, *node.orelse)]


def definitions(file: Path) -> Iterator[Definition]:
    """The classes and functions of a file, and the methods of its classes; not what is defined
    within a function.
    """
    return (node for node, _ in definitions_with_owners(file))


def address_of(node: Definition) -> str | None:
    """The address of the algorithm that a definition is: a line of its docstring of its own."""
    lines = [line for line in lines_of(node) if ADDRESS.fullmatch(line)]
    return lines[-1] if lines else None


def parts_of(node: Definition) -> tuple[str, ...]:
    """The addresses of the algorithms that a definition is a part of."""
    return tuple(match[1] for line in lines_of(node) if (match := PART.fullmatch(line)))


def lines_of(node: Definition) -> list[str]:
    """The lines of a docstring, without indentation."""
    return [line.strip() for line in (ast.get_docstring(node) or "").splitlines()]
