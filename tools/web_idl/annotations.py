"""Annotations: whether a type in Python is the one that a type in Web IDL has there.

SPEC_NOTES.md, "The binding", has the table. A type is taken apart into kinds: names of classes,
"None", and '"text"' for a literal.
"""

from __future__ import annotations

import collections.abc
from collections.abc import Iterable
from types import NoneType
from typing import Any, Literal, get_args, get_origin, is_typeddict

from .model import Model, Type
from .surface import UNKNOWN
from .tokenizing import BUFFER_RELATED_TYPES

ANYTHING = "anything"
KINDS = {
    "boolean": {"bool"},
    "ByteString": {"str"},
    "DOMString": {"str"},
    "USVString": {"str"},
    "undefined": {"None"},
    "float": {"float", "int"},
    "double": {"float", "int"},
    "unrestricted float": {"float", "int"},
    "unrestricted double": {"float", "int"},
    "sequence": {"list"},
    "async_sequence": {ANYTHING},
    "FrozenArray": {"tuple"},
    "record": {"dict"},
    "any": {ANYTHING},
    "object": {ANYTHING},
    "Promise": {"Promise"},
    **dict.fromkeys(BUFFER_RELATED_TYPES, {"bytes", "memoryview"}),
    **dict.fromkeys(
        (f"{sign}{name}" for sign in ("", "unsigned ") for name in ("short", "long", "long long")),
        {"int"},
    ),
    **dict.fromkeys(("byte", "octet", "bigint"), {"int"}),
}
# Where what concerns a worker runtime is exposed.
GLOBALS = frozenset({"*", "Worker", "ServiceWorker"})


def is_exposed(exposure: Iterable[str]) -> bool:
    """Whether something with this [Exposed] concerns a worker runtime."""
    return not GLOBALS.isdisjoint(exposure)


def kinds_of_idl(model: Model, type: Type) -> set[str]:
    """The kinds of Python's values that a type of Web IDL has."""
    type = model.resolved(type)
    found: set[str] = {"None"} if type.is_nullable else set()
    if type.name == "or":
        return found.union(*(kinds_of_idl(model, member) for member in type.parameters))
    if type.name in model.enums:
        return found | {f'"{value}"' for value in model.enums[type.name].values}
    if interface := model.interfaces.get(type.name):
        if interface.kind == "interface":
            return found | ({type.name} if is_exposed(interface.exposure) else set())
    return found | KINDS.get(type.name, {ANYTHING})  # callbacks and dictionaries have many shapes


def kinds_of_python(annotation: Any) -> set[str]:
    """The kinds of values that an annotation allows, and for a class those of its bases."""
    if annotation is None or annotation is NoneType:
        return {"None"}
    origin = get_origin(annotation)
    if origin is Literal:
        return {f'"{value}"' for value in get_args(annotation)}
    if (
        origin is not None
        and not isinstance(origin, type)
        or origin is not None
        and origin.__name__ == "UnionType"
    ):
        return set().union(*(kinds_of_python(argument) for argument in get_args(annotation)))
    annotation = origin or annotation
    if (
        annotation in (object, Any)
        or not isinstance(annotation, type)
        or getattr(annotation, "_is_protocol", False)
    ):
        return {ANYTHING}
    if is_typeddict(annotation) or issubclass(annotation, collections.abc.Mapping):
        return {"dict"}
    return {annotation.__name__}


def bases_of_python(annotation: Any) -> dict[str, set[str]]:
    """For each class that an annotation names, the names of its bases and its own."""
    classes = [
        get_origin(annotation) or annotation,
        *(get_origin(argument) or argument for argument in get_args(annotation)),
    ]
    return {
        each.__name__: {base.__name__ for base in each.__mro__}
        for each in classes
        if isinstance(each, type)
    }


def mismatch(model: Model, type: Type, annotation: Any, *, is_argument: bool) -> str | None:
    """What is wrong with an annotation, or None. An argument may take more than the standard says,
    a result may not be more.
    """
    if annotation is UNKNOWN:
        return None
    idl, python = kinds_of_idl(model, type), kinds_of_python(annotation)
    if ANYTHING in idl or ANYTHING in python:
        is_promise = model.resolved(type).name == "Promise" and not is_argument
        return (
            f"is a {type}, not {shown(annotation)}"
            if is_promise and "Promise" not in python
            else None
        )
    literals, python_literals = literals_of(idl), literals_of(python)
    if literals and literals != python_literals:
        missing, extra = sorted(literals - python_literals), sorted(python_literals - literals)
        return "; ".join(
            f"{what} {', '.join(kinds)}"
            for what, kinds in (("lacks", missing), ("also has", extra))
            if kinds
        )
    if is_argument:
        return None if takes(idl, python) else f"takes {type}, not {shown(annotation)}"
    bases = bases_of_python(annotation)
    if "str" in idl:
        python = python - python_literals | {"str"}
    if any(kind not in idl and idl.isdisjoint(bases.get(kind, ())) for kind in python) or (
        "None" in idl
    ) != ("None" in python):
        return f"is {type}, not {shown(annotation)}"
    if "Promise" in idl and (inner := get_args(annotation)):
        return mismatch(model, model.resolved(type).parameters[0], inner[0], is_argument=False)
    return None


def literals_of(kinds: set[str]) -> set[str]:
    """Those of some kinds that are a text."""
    return {kind for kind in kinds if kind.startswith('"')}


def takes(idl: set[str], python: set[str]) -> bool:
    """Whether an argument takes what the standard says: containers and buffers by what they can do,
    not by their class.
    """
    wanted = idl - {"list", "tuple", "dict", "bytes", "memoryview", "Promise", "None"}
    if "float" in python:
        python = python | {"int"}
    return wanted <= python


def shown(annotation: Any) -> str:
    """An annotation in a message."""
    return (
        annotation.__name__
        if isinstance(annotation, type) and not get_args(annotation)
        else str(annotation)
    )
