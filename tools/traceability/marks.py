"""The tests: which of them is marked with which address, and what it mentions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from pathlib import Path

from .addresses import tree_of
from .code import mentions, tables
from .index import Index


@dataclass(slots=True, eq=False)
class MarkedTest:
    """A class of tests, or a test, with the address in its mark; `count` is the number of test
    functions in it.
    """

    file: str
    line: int
    name: str
    address: str
    count: int
    end: int
    """The last line of it."""
    names: frozenset[str]
    """What it mentions, by itself and through the tables and functions beside it: names, and
    attributes with a dot.
    """

    @property
    def place(self) -> str:
        """file:line of the class or function."""
        return f"{self.file}:{self.line}"


def read_marks(root: Path, folder: Path, index: Index) -> list[MarkedTest]:
    """The marks, `@spec("<address>")`, of the tests in a folder below `root`."""
    return [
        test
        for file in sorted(folder.rglob("test_*.py"))
        for test in index.read("marks", file, lambda: marks_of(root, file))
    ]


def marks_of(root: Path, file: Path) -> list[MarkedTest]:
    """The marks of a file of tests."""
    name = file.relative_to(root).as_posix()
    tests = []
    for node in tree_of(file).body:
        tests += marked(node, name, "")
        if isinstance(node, ast.ClassDef):
            tests += [test for child in node.body for test in marked(child, name, f"{node.name}.")]
    aids = helpers(file)
    for test in tests:
        test.names = with_helpers(test.names, aids)
    return tests


def helpers(file: Path) -> dict[str, frozenset[str]]:
    """What the tables and functions of a file of tests mention, by their names."""
    found = dict(tables(tree_of(file).body))
    for node in tree_of(file).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found[node.name] = mentions(ast.walk(node))
    return found


def with_helpers(names: frozenset[str], aids: dict[str, frozenset[str]]) -> frozenset[str]:
    """What a test mentions by itself and through the tables and functions beside it."""
    pending, found = list(names), set(names)
    while pending:
        more = aids.get(pending.pop(), frozenset()) - found
        found |= more
        pending += more
    return frozenset(found)


def marked(node: ast.stmt, file: str, owner: str) -> list[MarkedTest]:
    """The marks of one statement."""
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return []
    addresses = [
        argument.value
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and ast.unparse(decorator.func) in ("spec", "pytest.mark.spec")
        for argument in decorator.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    ]
    if not addresses:
        return []
    tests = node.body if isinstance(node, ast.ClassDef) else [node]
    count = sum(
        isinstance(test, ast.FunctionDef | ast.AsyncFunctionDef) and test.name.startswith("test")
        for test in tests
    )
    names = mentions(ast.walk(node))
    return [
        MarkedTest(
            file, node.lineno, owner + node.name, address, count, node.end_lineno or 0, names
        )
        for address in addresses
    ]
