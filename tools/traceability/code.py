"""The code: which definition has which address, and which definitions it uses."""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

from .addresses import (
    ADDRESS,
    ROOMS_WITHOUT_ADDRESSES,
    address_of,
    parts_of,
    definitions_with_owners,
    tree_of,
)
from .index import Index


@dataclass(slots=True, eq=False)
class Site:
    """A definition: `file` is relative to the checkout, `name` such as "URL.href", `address` that
    of the algorithm that it is, None if it is not one.
    """

    file: str
    line: int
    name: str
    address: str | None
    end: int
    parts: tuple[str, ...] = ()
    """The addresses of the algorithms that it is a part of."""
    names: frozenset[str] = frozenset()
    """The names and, after a dot, the attributes that it mentions."""
    uses: list[Site] = field(default_factory=list)
    methods: list[Site] = field(default_factory=list)
    of_class: Site | None = None

    @property
    def place(self) -> str:
        """file:line, where an editor jumps to."""
        return f"{self.file}:{self.line}"

    @property
    def is_special(self) -> bool:
        """Whether it is a method that Python calls, such as __init__."""
        return self.name.endswith("__")

    @property
    def owner(self) -> str:
        """The class that a method stands in, or ""."""
        return self.name.rpartition(".")[0]


@dataclass(slots=True)
class Deviation:
    """A comment that begins with "DEVIATION": `place` is file:line, `addresses` those that it
    names, or else those of the definition that it stands in.
    """

    place: str
    addresses: tuple[str, ...]


@dataclass(slots=True, eq=False)
class Code:
    """A package: its definitions by place, every address that its files mention, with where, and
    its comments that tell of a deviation.
    """

    sites: list[Site]
    mentioned: dict[str, list[str]]
    deviations: list[Deviation]

    def with_addresses(self) -> list[Site]:
        """The definitions that have one."""
        return [site for site in self.sites if site.address]


def read_modules(root: Path, package: Path, index: Index) -> dict[Path, Module]:
    """Read the files of a package below `root`, without importing it."""
    return {
        file: index.read("module", file, lambda: Module(root, package, file))
        for file in sorted(package.rglob("*.py"))
    }


def code_of(modules: dict[Path, Module]) -> Code:
    """Put the files of a package together."""
    mentioned: dict[str, list[str]] = {}
    for module in modules.values():
        for address, place in module.mentioned:
            mentioned.setdefault(address, []).append(place)
    link(modules)
    return Code(
        [site for module in modules.values() for site in module.sites],
        mentioned,
        [deviation for module in modules.values() for deviation in module.deviations],
    )


class Module:
    """A file: its definitions, and what its names stand for."""

    def __init__(self, root: Path, package: Path, file: Path) -> None:
        self.name = file.relative_to(root).as_posix()
        lines = file.read_text("utf-8").splitlines()
        self.sites = sorted(
            (site_of(node, owner, self.name) for node, owner in definitions_with_owners(file)),
            key=lambda site: site.line,
        )
        tree = tree_of(file)
        self.tables = dict(tables(tree.body))  # a name of the module -> the names in its value
        self.imports = {
            alias: source for node in ast.walk(tree) for alias, source in imports(node, file)
        }
        self.local = {site.name: site for site in self.sites if not site.owner}
        self.deviations = list(self._deviations(lines))
        self.mentioned = [
            (address, f"{self.name}:{number}")
            for number, line in enumerate(lines, 1)
            for address in ADDRESS.findall(line)
        ]
        if file.relative_to(package).parts[0] in ROOMS_WITHOUT_ADDRESSES:
            self.mentioned = []
            for site in self.sites:
                site.address, site.parts = None, ()

    def _deviations(self, lines: list[str]) -> Iterator[Deviation]:
        """The comments that tell of a deviation."""
        for number, line in enumerate(lines, 1):
            if not line.lstrip().startswith("# DEVIATION"):
                continue
            above = list(takewhile(is_comment, reversed(lines[: number - 1])))
            below = list(takewhile(is_comment, lines[number - 1 :]))
            addresses = tuple(ADDRESS.findall(" ".join([*above, *below])))
            after = number + len(below)  # a comment right above a definition belongs to it
            around = [
                site for site in self.sites if site.line <= number <= site.end or site.line == after
            ]
            for site in sorted(around, key=lambda site: -site.line):
                addresses = addresses or (*filter(None, [site.address]), *site.parts)
            yield Deviation(f"{self.name}:{number}", addresses)

    def resolved(
        self, name: str, modules: dict[Path, Module], seen: frozenset[str] = frozenset()
    ) -> Iterator[Site]:
        """The definitions that a name of this module stands for; those in a table, for a table's
        name.
        """
        if name in self.local:
            yield self.local[name]
        elif name in self.tables and name not in seen:
            for inner in self.tables[name]:
                yield from self.resolved(inner, modules, seen | {name})
        elif name in self.imports:
            file, original = self.imports[name]
            if file in modules and modules[file] is not self:
                yield from modules[file].resolved(original, modules, seen)


def is_comment(line: str) -> bool:
    """Whether a line is a comment and nothing else."""
    return line.lstrip().startswith("#")


def site_of(
    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef, owner: str, file: str
) -> Site:
    """The site of a definition; a class mentions what is in it but for its methods."""
    parts: list[ast.AST] = [node]
    if isinstance(node, ast.ClassDef):
        statements = (
            child
            for child in node.body
            if not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef)
        )
        parts = [*node.bases, *node.keywords, *node.decorator_list, *statements]
    names = mentions(child for part in parts for child in ast.walk(part))
    return Site(
        file,
        node.lineno,
        owner + node.name,
        address_of(node),
        node.end_lineno or node.lineno,
        parts_of(node),
        names,
    )


def mentions(nodes: Iterable[ast.AST]) -> frozenset[str]:
    """The names, and after a dot the attributes, keywords of arguments and strings that could be
    one's name, in some nodes.
    """
    found = set()
    for node in nodes:
        if isinstance(node, ast.Name):
            found.add(node.id)
        elif isinstance(node, ast.Attribute):
            found.add("." + node.attr)
        elif isinstance(node, ast.keyword) and node.arg:
            found.add("." + node.arg)
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node.value.isidentifier()
        ):
            found.add("." + node.value)
    return frozenset(found)


def tables(body: list[ast.stmt]) -> Iterator[tuple[str, frozenset[str]]]:
    """The names that a module's own statements assign, each with the names in the value."""
    for node in body:
        targets = (
            node.targets
            if isinstance(node, ast.Assign)
            else [node.target]
            if isinstance(node, ast.AnnAssign)
            else []
        )
        for target in (child for target in targets for child in ast.walk(target)):
            if (
                isinstance(target, ast.Name)
                and isinstance(node, ast.Assign | ast.AnnAssign)
                and node.value
            ):
                yield (
                    target.id,
                    frozenset(
                        child.id for child in ast.walk(node.value) if isinstance(child, ast.Name)
                    ),
                )


def imports(node: ast.AST, file: Path) -> Iterator[tuple[str, tuple[Path, str]]]:
    """What a relative import brings: the name here, the file, and the name there."""
    if isinstance(node, ast.ImportFrom) and node.level:
        folder = file.parents[node.level - 1]
        module = folder.joinpath(*(node.module or "").split(".")) if node.module else folder
        source = (
            module.with_suffix(".py")
            if module.with_suffix(".py").exists()
            else module / "__init__.py"
        )
        for alias in node.names:
            yield alias.asname or alias.name, (source, alias.name)


def link(modules: dict[Path, Module]) -> None:
    """Fill in what each definition uses by name, and which methods are a class's."""
    for module in modules.values():
        for site in module.sites:
            used = {other for name in site.names for other in module.resolved(name, modules)} - {
                site
            }
            site.uses = sorted(used, key=lambda other: (other.file, other.line))
            if site.owner in module.local:
                site.of_class = module.local[site.owner]
                site.of_class.methods.append(site)


def reached(starts: Iterable[Site]) -> dict[Site, Site]:
    """Every definition that those at the start use, directly or through others, with one of the
    start that does.

    A method is used when its class is used and its name is mentioned by something that is; a
    special method with its class.
    """
    nearest = {site: site for site in starts}
    pending = deque(nearest)
    mentioned: dict[str, Site] = {}
    waiting: dict[str, list[Site]] = {}

    def reach(site: Site, start: Site) -> None:
        if site not in nearest:
            nearest[site] = start
            pending.append(site)

    while pending:
        site = pending.popleft()
        start = nearest[site]
        for other in (*site.uses, *([site.of_class] if site.of_class else [])):
            reach(other, start)
        for name in site.names:
            if name[0] == "." and name not in mentioned:
                mentioned[name] = start
                for method in waiting.pop(name, []):
                    reach(method, start)
        for method in site.methods:
            name = "." + method.name.rpartition(".")[2]
            if method.is_special or name in mentioned:
                reach(method, mentioned.get(name, start))
            else:
                waiting.setdefault(name, []).append(method)
    return nearest
