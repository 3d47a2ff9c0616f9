"""Stubs: the types of the whole platform in one file, from the signatures of the package and the
IDL of the standards.

What can be imported from the package keeps its name. What signatures are made of besides (aliases,
mixins, protocols) has an underscore before its name: it is there for the types alone. Above each
member stands what it is in Web IDL.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from textwrap import fill, indent

from .annotations import is_exposed
from .model import Constructor, Model
from .signatures import Definition, Module, Outside, Package
from .surface import python_name
from .writing import written

HEAD = '''"""The platform of Worker Runtimes, as types.

Made by tools/idl.py --stubs from the signatures of the reference implementation and the IDL of the
standards.
"""
'''
DUNDERS_WITHOUT_TYPES = frozenset(
    {"__del__", "__dir__", "__init_subclass__", "__repr__", "__reduce__", "__slots__"}
)
NEVER_CALLED = "def __init__(self, illegal_constructor: Never, /) -> None: ..."


def write_stubs(directory: Path, package: Package, model: Model) -> list[Path]:
    """Write a stub package below a directory, which then is a path for a type checker; returns the
    files.
    """
    folder = directory / package.folder.name
    folder.mkdir(parents=True, exist_ok=True)
    stub, marker = folder / "__init__.pyi", folder / "py.typed"
    stub.write_text(Stub(package, model).text(), "utf-8")
    marker.write_text("", "utf-8")
    return [stub, marker]


class Stub:
    """A stub while it is written: the names that it has by now, and those that it still has to
    define.
    """

    def __init__(self, package: Package, model: Model) -> None:
        self._package = package
        self._model = model
        self._comments = comments_by_class(model)
        self._names = {definition: name for name, definition in package.exports()}
        self._taken = {*self._names.values()}
        self._exported = list(self._names)
        self._imports: dict[str, set[str]] = defaultdict(set)
        self._waiting: list[Definition] = []

    def text(self) -> str:
        """The whole stub."""
        public: list[str] = []
        room = ""
        for definition in self._exported:
            if (title := self._package.room(definition.module)) != room:
                room = title
                public.append(heading(title))
            public.append(self._defined(definition))
        private: list[str] = []
        while self._waiting:
            private.append(self._defined(self._waiting.pop(0)))
        variables = [
            text
            for text in private
            if "\n" not in text and "TypeVar(" in text or "ParamSpec(" in text
        ]
        others = [text for text in private if text not in variables]
        imports = [
            import_of(module, sorted(names)) for module, names in sorted(self._imports.items())
        ]
        parts = [HEAD, "\n".join(imports), "\n".join(variables), *public]
        parts += [
            heading("What the signatures above are made of"),
            *others,
            *self._absent_interfaces(),
        ]
        return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"

    def _absent_interfaces(self) -> Iterator[str]:
        """What the IDL exposes to workers and the package does not have, by standard."""
        absent: dict[str, list[str]] = defaultdict(list)
        for interface in self._model.interfaces.values():
            if is_exposed(interface.exposure) and interface.name not in self._taken:
                absent[interface.place.standard].append(interface.name)
        if absent:
            yield heading("What the IDL exposes to workers, and this runtime does not have")
            yield "\n".join(
                fill(
                    f"{standard}: {', '.join(names)}",
                    128,
                    initial_indent="# ",
                    subsequent_indent="#     ",
                )
                for standard, names in sorted(absent.items())
            )

    # ---- names -----------------------------------------------------------------------------------

    def name_of(self, definition: Definition) -> str:
        """What a definition is called in the stub, where it has to come if it is not there."""
        if definition not in self._names:
            name = plain = "_" + definition.name.lstrip("_")
            if name in self._taken:
                name = f"_{definition.module.rpartition('.')[2]}{plain}"
            assert name not in self._taken, f"two definitions would be called {name} in the stub"
            self._taken.add(name)
            self._names[definition] = name
            self._waiting.append(definition)
        return self._names[definition]

    def imported(self, module: str, name: str) -> str:
        """A name of the standard library, imported."""
        if not name or module == "builtins":  # which a class may have a member of that name for
            self._imports[module] = self._imports[module]
            return f"{module}.{name}".rstrip(".")
        self._imports[module].add(name)
        return name

    def expression(self, module: str, node: ast.expr) -> str:
        """An expression of a module, such as an annotation, with the names that things have in the
        stub.
        """
        copy = ast.parse(ast.unparse(node), mode="eval")
        return with_double_quotes(ast.unparse(_Renaming(self, module).visit(copy)))

    # ---- definitions -----------------------------------------------------------------------------

    def _defined(self, definition: Definition) -> str:
        name, module = self._names[definition], definition.module
        statements = self._package.statements(definition)
        match statements[0]:
            case ast.ClassDef() as statement:
                return self._class(name, definition, statement)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                return "\n".join(
                    self._function(module, name, each) for each in overloads_of(statements)
                )
            case ast.AnnAssign(annotation=annotation, value=value) as statement:
                if value is not None and self.expression(module, annotation) == "TypeAlias":
                    return alias(name, self.expression(module, text_as_code(value)))
                return f"{name}: {self.expression(module, annotation)}"
            case ast.Assign(
                value=ast.Call(
                    func=function, args=[ast.Constant(value=str()), *rest], keywords=keywords
                )
            ) if isinstance(
                self._package.meaning(module, ast.unparse(function)), Outside
            ):  # a type variable
                arguments = [f'"{name}"', *(self.expression(module, argument) for argument in rest)]
                arguments += [
                    f"{keyword.arg}={self.expression(module, keyword.value)}"
                    for keyword in keywords
                ]
                return f"{name} = {self.expression(module, function)}({', '.join(arguments)})"
            case ast.Assign(value=ast.Call(args=[ast.Attribute(value=owner, attr=method)])):
                # An operation of the running scope: the method without its object.
                scope = self._package.meaning(module, ast.unparse(owner))
                assert isinstance(scope, Definition)
                of_class = self._package.class_of(scope)
                assert of_class is not None
                found = [
                    each
                    for each in of_class.body
                    if isinstance(each, ast.FunctionDef) and each.name == method
                ]
                return "\n".join(
                    self._function(scope.module, name, each, without_self=True)
                    for each in overloads_of(found)
                )
            case ast.Assign(value=ast.Call(func=function)):
                return f"{name}: {self.expression(module, function)}"
            case ast.Assign(value=value):
                return (
                    f"{name}: {self.imported('typing', 'Final')} = {self.expression(module, value)}"
                )
        raise AssertionError(
            f"{definition.module} defines {definition.name} in a way that no stub can show"
        )

    def _class(self, name: str, definition: Definition, node: ast.ClassDef) -> str:
        module = definition.module
        bases = [self.expression(module, base) for base in node.bases]
        bases += [
            f"{keyword.arg}={self.expression(module, keyword.value)}" for keyword in node.keywords
        ]
        decorators = [f"@{self.expression(module, decorator)}" for decorator in node.decorator_list]
        head = f"class {name}({', '.join(bases)}):" if bases else f"class {name}:"
        comments = self._comments[definition.name]
        members: list[str] = []
        if documentation := ast.get_docstring(node):
            members.append(docstring(documentation))
        for attribute in undeclared_attributes(node):
            raise AssertionError(
                f"{module} sets {definition.name}.{attribute}, which no stub can show: declare it "
                "in the class"
            )
        functions: dict[str, list[ast.stmt]] = {}
        for statement in node.body:
            match statement:
                case ast.FunctionDef(name=method) | ast.AsyncFunctionDef(name=method) if is_public(
                    method
                ):
                    functions.setdefault(method, []).append(statement)
        for statement in node.body:
            match statement:
                case ast.FunctionDef(name=method) | ast.AsyncFunctionDef(name=method) if (
                    method in functions
                ):
                    signatures = overloads_of(functions.pop(method))
                    text = "\n".join(
                        self._function(module, method, signature) for signature in signatures
                    )
                    members.append("\n".join([*comments[method], text]))
                case ast.AnnAssign(
                    target=ast.Name(id=attribute), annotation=annotation, value=value
                ) if is_public(attribute):
                    text = f"{attribute}: {self.expression(module, annotation)}"
                    members.append(
                        "\n".join(
                            [
                                *comments[attribute],
                                text if value is None else f"{text} = {default(value)}",
                            ]
                        )
                    )
                case ast.Assign(targets=[ast.Name(id=attribute)], value=value) if is_public(
                    attribute
                ):
                    members.append(
                        "\n".join([*comments[attribute], self._assigned(module, attribute, value)])
                    )
        return "\n".join(
            [*decorators, head, indent(spaced(members), "    ") if members else "    ..."]
        )

    def _assigned(self, module: str, name: str, value: ast.expr) -> str:
        """A member of a class that is set to something: a constant, a descriptor, a function or
        another class.
        """
        static = function_of_static_method(value)
        meaning = self._package.meaning(module, ast.unparse(static or value))
        match value:
            case ast.Name(id="illegal_constructor"):
                self.imported("typing", "Never")
                return NEVER_CALLED
            case ast.Constant():
                return f"{name}: {self.imported('typing', 'Final')} = {default(value)}"
            case ast.Call() if static and isinstance(meaning, Definition):
                signatures = overloads_of(self._package.statements(meaning))
                return "\n".join(
                    f"@staticmethod\n{self._function(meaning.module, name, each)}"
                    for each in signatures
                )
            case ast.Call(func=function):
                return f"{name}: {self.expression(module, function)}"
        if isinstance(meaning, Definition) and self._package.class_of(meaning):
            return f"{name}: type[{self.name_of(meaning)}]"
        return f"{name} = {self.expression(module, value)}"

    def _function(
        self, module: str, name: str, node: ast.stmt, *, without_self: bool = False
    ) -> str:
        assert isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        decorators = [f"@{self._decorator(module, decorator)}" for decorator in node.decorator_list]
        returns = "None" if node.returns is None else self.expression(module, node.returns)
        keyword = "async def" if isinstance(node, ast.AsyncFunctionDef) else "def"
        parameters = [*self._parameters(module, node.args)][without_self:]
        head = f"{keyword} {name}({', '.join(parameters)}) -> {returns}:"
        if len(head) > 116:
            on_lines = ",\n    ".join(parameters)
            head = f"{keyword} {name}(\n    {on_lines},\n) -> {returns}:"
        documentation = ast.get_docstring(node)
        if documentation is None:
            return "\n".join([*decorators, f"{head} ..."])
        return "\n".join([*decorators, head, indent(docstring(documentation), "    ")])

    def _decorator(self, module: str, node: ast.expr) -> str:
        is_of_a_property = isinstance(node, ast.Attribute) and node.attr == "setter"
        return ast.unparse(node) if is_of_a_property else self.expression(module, node)

    def _parameters(self, module: str, node: ast.arguments) -> Iterator[str]:
        positional = [*node.posonlyargs, *node.args]
        defaults = [*[None] * (len(positional) - len(node.defaults)), *node.defaults]
        for index, (argument, value) in enumerate(zip(positional, defaults, strict=True), 1):
            yield self._parameter(module, argument, value)
            if index == len(node.posonlyargs):
                yield "/"
        if node.vararg is not None:
            yield f"*{self._parameter(module, node.vararg)}"
        elif node.kwonlyargs:
            yield "*"
        for argument, value in zip(node.kwonlyargs, node.kw_defaults, strict=True):
            yield self._parameter(module, argument, value)
        if node.kwarg is not None:
            yield f"**{self._parameter(module, node.kwarg)}"

    def _parameter(self, module: str, node: ast.arg, value: ast.expr | None = None) -> str:
        if node.annotation is None:
            return node.arg if value is None else f"{node.arg}={default(value)}"
        text = f"{node.arg}: {self.expression(module, node.annotation)}"
        return text if value is None else f"{text} = {default(value)}"


class _Renaming(ast.NodeTransformer):
    """Gives the names in an expression of a module the names that they have in the stub."""

    def __init__(self, stub: Stub, module: str) -> None:
        self._stub = stub
        self._module = module

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """A name alone."""
        return self._renamed(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        """A name with dots, such as `interfaces.Iterable`."""
        return self._renamed(node)

    def visit_Constant(self, node: ast.Constant) -> ast.expr:
        """An annotation that is a string is what the string says."""
        return self._visited(text_as_code(node)) if isinstance(node.value, str) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A type with parameters; those of Literal are values."""
        node.value = self._visited(node.value)
        if ast.unparse(node.value) != "Literal":
            node.slice = self._visited(node.slice)
        return node

    def _visited(self, node: ast.expr) -> ast.expr:
        visited = self.visit(node)
        assert isinstance(visited, ast.expr)
        return visited

    def _renamed(self, node: ast.Name | ast.Attribute) -> ast.expr:
        package = self._stub._package
        match package.meaning(self._module, ast.unparse(node)):
            case Definition() as definition:
                return ast.Name(self._stub.name_of(definition))
            case Outside(module, name):
                return ast.parse(self._stub.imported(module, name), mode="eval").body
            case Module(name):
                raise AssertionError(f"{self._module} has the module {name} where a type has to be")
        if isinstance(node, ast.Attribute):
            node.value = self._visited(node.value)
        return node


# ---- Web IDL beside the signatures ---------------------------------------------------------------


def comments_by_class(model: Model) -> dict[str, dict[str, list[str]]]:
    """For each interface or mixin, and the Python name of each member, comments that say what it is
    in Web IDL.
    """
    comments: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for interface in model.interfaces.values():
        for member in interface.members:
            name = (
                "__init__"
                if isinstance(member, Constructor)
                else python_name(getattr(member, "name", ""))
            )
            text = fill(
                written(member),
                116,
                initial_indent="# ",
                subsequent_indent="#     ",
                break_on_hyphens=False,
            )
            if name and text not in comments[member.written_in][name]:
                comments[member.written_in][name].append(text)
    return comments


# ---- source --------------------------------------------------------------------------------------


def import_of(module: str, names: list[str]) -> str:
    """An import of some names, or of the module."""
    if not names:
        return f"import {module}"
    text = f"from {module} import {', '.join(names)}"
    on_lines = ",\n    ".join(names)
    return text if len(text) <= 120 else f"from {module} import (\n    {on_lines},\n)"


def alias(name: str, type: str) -> str:
    """A type alias, on several lines where it is long."""
    text = f"{name}: TypeAlias = {type}"
    on_lines = fill(
        type, 120, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
    )
    return text if len(text) <= 120 else f"{name}: TypeAlias = (\n{on_lines}\n)"


def heading(text: str) -> str:
    """A line between two parts of the stub."""
    return f"# ---- {text} ".ljust(128, "-")


def is_public(name: str) -> bool:
    """Whether a stub has a member of this name."""
    return not name.startswith("_") or (name.endswith("__") and name not in DUNDERS_WITHOUT_TYPES)


def undeclared_attributes(node: ast.ClassDef) -> set[str]:
    """The public attributes that `__init__` gives an object and that its class does not name."""
    declared, assigned = set[str](), set[str]()
    for statement in node.body:
        match statement:
            case ast.AnnAssign(target=ast.Name(id=name)):
                declared.add(name)
            case ast.FunctionDef(name="__init__"):
                assigned |= {
                    part.attr
                    for part in ast.walk(statement)
                    if isinstance(part, ast.Attribute)
                    and isinstance(part.ctx, ast.Store)
                    and ast.unparse(part.value) == "self"
                    and is_public(part.attr)
                }
            case ast.FunctionDef(name=name):
                declared.add(name)
    return assigned - declared


def function_of_static_method(value: ast.expr) -> ast.expr | None:
    """The function of `staticmethod(function)`."""
    match value:
        case ast.Call(func=ast.Name(id="staticmethod"), args=[function]):
            return function
    return None


def is_overload(statement: ast.stmt) -> bool:
    """Whether this is one of the signatures of an overloaded function."""
    return isinstance(statement, ast.FunctionDef) and "overload" in map(
        ast.unparse, statement.decorator_list
    )


def overloads_of(statements: Sequence[ast.stmt]) -> Sequence[ast.stmt]:
    """The statements of one name without the implementation of an overloaded function."""
    return [statement for statement in statements if is_overload(statement)] or statements


def text_as_code(node: ast.expr) -> ast.expr:
    """An expression that stands in a string, as code."""
    return (
        ast.parse(node.value, mode="eval").body
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        else node
    )


def default(value: ast.expr) -> str:
    """A default as a stub shows it: a plain value, or dots."""
    is_plain = isinstance(value, ast.Constant) or (
        isinstance(value, ast.UnaryOp) and isinstance(value.operand, ast.Constant)
    )
    return with_double_quotes(ast.unparse(value)) if is_plain else "..."


def with_double_quotes(code: str) -> str:
    """Code whose plain strings have double quotes."""
    return re.sub(r"'([^'\"\\]*)'", r'"\1"', code)


def spaced(members: Iterable[str]) -> str:
    """The members of a class, those of one line close together and each longer one by itself."""
    text = ""
    was_long = False
    for member in members:
        is_long = "\n" in member
        text += ("\n" if text and (is_long or was_long) else "") + member + "\n"
        was_long = is_long
    return text.rstrip("\n")


def docstring(text: str) -> str:
    """A docstring of one or more lines."""
    quoted = text.replace("\\", "\\\\")
    if "\n" not in quoted and not quoted.endswith('"'):
        return f'"""{quoted}"""'
    return f'"""{quoted}\n"""'
