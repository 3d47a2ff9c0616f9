"""The surface: what the Python package has of the platform, found by looking at its classes.

Attributes are properties, slots, or descriptors that can be set; operations are functions; what an
annotation means is evaluated where it stands, with the names that its module imports for type
checkers only found in the rest of the package.
"""

from __future__ import annotations

import importlib
import inspect
import keyword
import pkgutil
from collections.abc import Callable, Iterator
from types import FunctionType, MemberDescriptorType, ModuleType
from typing import (
    Any,
    ForwardRef,
    NamedTuple,
    NotRequired,
    Required,
    Unpack,
    get_args,
    get_origin,
    get_overloads,
)

UNKNOWN = inspect.Parameter.empty


def python_name(name: str) -> str:
    """The name that a name of Web IDL has in Python: a keyword of Python gets an underscore."""
    return f"{name}_" if keyword.iskeyword(name) else name


class PythonMember(NamedTuple):
    """A member of a class."""

    kind: str
    """"attribute", "operation", "static operation" or "constant"."""
    value: Any
    """What `inspect.getattr_static` gives; the function itself for an operation."""
    is_readonly: bool = False
    annotation: Any = UNKNOWN
    """Of an attribute."""


class Parameter(NamedTuple):
    """What a function takes under a name."""

    name: str
    kind: str
    """"positional", "keyword" or "variadic"."""
    is_required: bool
    default: Any
    """UNKNOWN if there is none, or if it is a member of a TypedDict."""
    annotation: Any


class Surface:
    """The package, all of its modules imported."""

    def __init__(self, package: ModuleType) -> None:
        self.package = package
        self.names: dict[str, Any] = {}
        for info in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not info.name.endswith("__main__"):
                self.names |= vars(importlib.import_module(info.name))

    @property
    def exported(self) -> dict[str, Any]:
        """What can be imported from the top level of the package, but for its rooms."""
        names: list[str] = getattr(self.package, "__all__", None) or [
            name
            for name, value in vars(self.package).items()
            if name[0] != "_" and not inspect.ismodule(value)
        ]
        return {name: getattr(self.package, name) for name in names}

    def is_ours(self, owner: type) -> bool:
        """Whether a class is one of the package."""
        return owner.__module__.partition(".")[0] == self.package.__name__

    def member(self, owner: type, name: str, is_static: bool = False) -> PythonMember | None:
        """The member of a class or of its bases, None if there is none; `is_static` chooses between
        two that share a name.
        """
        holder = next((base for base in owner.__mro__ if name in vars(base)), None)
        if holder is None or holder is object:
            return None
        value = vars(holder)[name]
        match value:
            case property():
                return PythonMember(
                    "attribute", value, value.fset is None, self.returned(value.fget)
                )
            case staticmethod() | classmethod():
                return PythonMember("static operation", value.__get__(None, owner))
            case MemberDescriptorType():
                return PythonMember(
                    "attribute",
                    value,
                    False,
                    self.evaluated(holder.__annotations__.get(name, UNKNOWN), holder),
                )
            case FunctionType():
                return PythonMember("operation", value)
        if hasattr(type(value), "__set__"):
            return PythonMember("attribute", value)
        if hasattr(type(value), "__get__"):
            instance = None if is_static else object.__new__(owner)
            return PythonMember(
                "static operation" if is_static else "operation", value.__get__(instance, owner)
            )
        return PythonMember("operation" if callable(value) else "constant", value)

    def public_names(self, owner: type) -> list[str]:
        """The names that a class and its bases within the package have for scripts: without an
        underscore but at the end.
        """
        bases = [base for base in owner.__mro__ if self.is_ours(base)]
        return list(
            dict.fromkeys(name for base in bases for name in vars(base) if "_" not in name[:-1])
        )

    def parameters(self, function: Callable[..., Any]) -> Iterator[Parameter]:
        """What a function takes, without self; the members of a TypedDict that is unpacked are
        arguments, too, also if only an overload names it.
        """
        for parameter in inspect.signature(function).parameters.values():
            annotation = self.evaluated(parameter.annotation, function)
            match parameter.kind:
                case inspect.Parameter.VAR_POSITIONAL:
                    yield Parameter(parameter.name, "variadic", False, UNKNOWN, annotation)
                case inspect.Parameter.VAR_KEYWORD if get_origin(annotation) is Unpack:
                    [typed_dict] = get_args(annotation)
                    for name, (is_required, hint) in self.members_of_typed_dict(typed_dict).items():
                        yield Parameter(name, "keyword", is_required, UNKNOWN, hint)
                case inspect.Parameter.VAR_KEYWORD if overloads := get_overloads(function):
                    for overload in overloads:
                        yield from (
                            each for each in self.parameters(overload) if each.kind == "keyword"
                        )
                case inspect.Parameter.VAR_KEYWORD:
                    yield Parameter(f"**{parameter.name}", "keyword", False, UNKNOWN, annotation)
                case kind:
                    kind_name = (
                        "keyword" if kind is inspect.Parameter.KEYWORD_ONLY else "positional"
                    )
                    is_required = parameter.default is inspect.Parameter.empty
                    if parameter.name != "self":
                        yield Parameter(
                            parameter.name, kind_name, is_required, parameter.default, annotation
                        )

    def members_of_typed_dict(self, typed_dict: Any) -> dict[str, tuple[bool, Any]]:
        """For each member whether it is required, and its annotation."""
        members = {}
        for name, hint in typed_dict.__annotations__.items():
            annotation, is_required = (
                self.evaluated(hint, typed_dict),
                name in typed_dict.__required_keys__,
            )
            # which a TypedDict does not see in a string
            if get_origin(annotation) in (Required, NotRequired):
                is_required, [annotation] = get_origin(annotation) is Required, get_args(annotation)
            members[name] = is_required, annotation
        return members

    def returned(self, function: Callable[..., Any] | None) -> Any:
        """The annotation of what a function returns; UNKNOWN if it has none."""
        function = getattr(function, "func", function)  # of a partial
        return self.evaluated(
            getattr(function, "__annotations__", {}).get("return", UNKNOWN), function
        )

    def evaluated(self, annotation: Any, where: object) -> Any:
        """An annotation that is a string, as what it means in a module; UNKNOWN if it means
        nothing.
        """
        module = inspect.getmodule(where)
        names = {**self.names, **self.exported, **(vars(module) if module else {})}
        while isinstance(annotation, str | ForwardRef):
            code = compile(
                annotation if isinstance(annotation, str) else annotation.__forward_arg__,
                "<annotation>",
                "eval",
            )
            aliases = {
                name: self.evaluated(names[name], where)
                for name in code.co_names
                if isinstance(names.get(name), str)
            }
            try:
                annotation = eval(code, names | aliases)
            except NameError:
                return UNKNOWN
        return annotation
