"""Addresses: what a docstring says that its function, method or class is."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

# A URL with a fragment; or, for what no standard defines, an anchor of our own notes.
ADDRESS = re.compile(r"(?:https://\S+?|SPEC_NOTES\.md)#[^\s\"'<>)\],;:]*[^\s\"'<>)\],;:.]")
ROOMS_WITHOUT_ADDRESSES = frozenset(
    {"cli", "host", "oracle", "runtime", "server", "testing"}
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
    """The last address of a docstring, which is the definition's own."""
    addresses = ADDRESS.findall(ast.get_docstring(node) or "")
    return addresses[-1] if addresses else None
