"""Signatures: what the source of a package says of its public names, read without importing it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Definition(NamedTuple):
    """Where the package defines a name: `module` is relative to it, such as
    "fetch.headers_class".
    """

    module: str
    name: str


class Outside(NamedTuple):
    """A name that the standard library defines, or one of its modules, for which `name` is ""."""

    module: str
    name: str


class Module(NamedTuple):
    """A module of the package."""

    name: str


Meaning = Definition | Outside | Module | None
"""What a name in a module stands for; None for one that is built in."""


@dataclass(slots=True)
class Source:
    """A module's top level: the statements that define each name, and what it imports."""

    definitions: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imports: dict[str, Definition | Outside | Module] = field(default_factory=dict)


class Package:
    """A package's folder, of which each module is read when it is needed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._sources: dict[str, Source] = {}

    def exports(self) -> Iterator[tuple[str, Definition]]:
        """The public names of the package in the order of its __init__.py, and where each is
        defined.
        """
        for name, meaning in self.source("").imports.items():
            if isinstance(meaning, Definition):
                defined = self.meaning(meaning.module, meaning.name)  # it may be imported there
                assert isinstance(defined, Definition), f"{name} is defined nowhere"
                yield name, defined

    def source(self, module: str) -> Source:
        """The top level of a module; "" is the package's own."""
        if module not in self._sources:
            self._sources[module] = self._read(module)
        return self._sources[module]

    def statements(self, definition: Definition) -> list[ast.stmt]:
        """The statements that define a name: several for an overloaded function."""
        return self.source(definition.module).definitions[definition.name]

    def class_of(self, definition: Definition) -> ast.ClassDef | None:
        """The class of that name; None if the name is not a class's."""
        statement = self.statements(definition)[0]
        return statement if isinstance(statement, ast.ClassDef) else None

    def meaning(self, module: str, name: str) -> Meaning:
        """What a name, which may have dots, stands for in a module."""
        first, *rest = name.split(".")
        source = self.source(module)
        found: Meaning = (
            Definition(module, first) if first in source.definitions else source.imports.get(first)
        )
        for attribute in rest:
            match found:
                case Module(inner):
                    found = self.meaning(inner, attribute)
                case Outside(outer, inside):
                    found = Outside(f"{outer}.{inside}".rstrip("."), attribute)
                case _:
                    return None
        if isinstance(found, Definition) and found.module != module:
            return self.meaning(found.module, found.name)  # it may be imported there, too
        return found

    def room(self, module: str) -> str:
        """What the folder that a module lies in is about: the first sentence of its docstring."""
        folder = self.folder.joinpath(*module.split(".")[:-1])
        documentation = (
            ast.get_docstring(ast.parse((folder / "__init__.py").read_text("utf-8"))) or ""
        )
        return documentation.partition("\n")[0].partition(". ")[0].rstrip(".")

    def _read(self, module: str) -> Source:
        source = Source()
        file = self.folder.joinpath(*module.split(".") if module else ["__init__"]).with_suffix(
            ".py"
        )
        for statement in _top_level(ast.parse(file.read_text("utf-8"))):
            match statement:
                case ast.ImportFrom(level=0, module=outer, names=names):
                    source.imports.update(
                        (each.asname or each.name, Outside(outer or "", each.name))
                        for each in names
                    )
                case ast.ImportFrom(level=level, module=inner, names=names):
                    above = module.split(".")[: -level or None] if module else []
                    path = [*above, *(inner or "").split(".")]
                    source.imports.update(
                        (each.asname or each.name, self._imported(path, each.name))
                        for each in names
                    )
                case ast.Import(names=names):
                    for each in names:
                        outer = each.name if each.asname else each.name.partition(".")[0]
                        source.imports[each.asname or outer] = Outside(outer, "")
                case (
                    ast.ClassDef(name=name)
                    | ast.FunctionDef(name=name)
                    | ast.AsyncFunctionDef(name=name)
                ):
                    source.definitions.setdefault(name, []).append(statement)
                case (
                    ast.Assign(targets=[ast.Name(id=name)])
                    | ast.AnnAssign(target=ast.Name(id=name))
                ):
                    source.definitions.setdefault(name, []).append(statement)
        return source

    def _imported(self, path: list[str], name: str) -> Definition | Module:
        path = [folder for folder in path if folder]
        if self.folder.joinpath(*path, f"{name}.py").exists():
            return Module(".".join([*path, name]))
        return Definition(".".join(path), name)


def _top_level(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements of a module, and those under `if TYPE_CHECKING:`."""
    for statement in tree.body:
        if isinstance(statement, ast.If):
            yield from statement.body
        else:
            yield statement
