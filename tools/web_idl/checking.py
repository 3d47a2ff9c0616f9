"""Checking: what the package lacks of what the standards define, has beyond it, or has in another
way.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Literal, NamedTuple, get_args, get_origin, is_typeddict

from .annotations import is_exposed, mismatch
from .arguments import Expected, expected_arguments
from .model import (
    Argument,
    Attribute,
    Constant,
    Constructor,
    Interface,
    Iteration,
    Member,
    Model,
    Operation,
    Type,
    Value,
)
from .surface import UNKNOWN, Parameter, Surface, python_name
from .tokenizing import Place

NO_STANDARD = "none"
"""Where what no standard defines is counted."""
SCOPES = ("WorkerGlobalScope", "ServiceWorkerGlobalScope")
METHODS_OF_ITERATIONS = {
    "iterable": "__iter__ entries keys values forEach",
    "async_iterable": "__aiter__ values",
    "maplike": "__iter__ entries keys values forEach get has size",
    "setlike": "__iter__ entries keys values forEach has size",
}
METHODS_OF_SPECIAL_OPERATIONS = {
    "getter": "__getitem__",
    "setter": "__setitem__",
    "deleter": "__delitem__",
    "stringifier": "__str__",
}
METHODS_OF_WRITABLE_ONES = {"maplike": "set delete clear", "setlike": "add delete clear"}


class Difference(NamedTuple):
    """Something to mend or to explain. The name is `Interface`, `Interface.attribute`,
    `Interface.operation()`, `Interface.operation(argument)`, `Interface()` or `Interface(argument)`
    for a constructor; or that of a whole standard."""

    standard: str
    name: str
    kind: Literal["missing", "extra", "different"]
    message: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        return f"{self.kind:10} {self.name}" + (f": {self.message}" if self.message else "")


def differences(model: Model, surface: Surface) -> list[Difference]:
    """Every difference, by standard; a standard of which nothing is there is one."""
    found = [
        difference
        for interface in exposed(model)
        for difference in of_interface(model, surface, interface)
    ]
    found += extra_names(model, surface)
    found += missing_globals(model, surface)
    found += [*of_dictionaries(model, surface), *of_enumerations(model, surface)]
    absent = absent_standards(model, surface)
    whole = [
        Difference(standard, standard, "missing", "the whole standard")
        for standard in sorted(absent)
    ]
    found = [*whole, *(difference for difference in found if difference.standard not in absent)]
    return sorted(found, key=lambda difference: (difference.standard, difference.name))


def exposed(model: Model) -> list[Interface]:
    """The interfaces and namespaces that concern a worker runtime."""
    return [interface for interface in model.interfaces.values() if is_exposed(interface.exposure)]


def absent_standards(model: Model, surface: Surface) -> set[str]:
    """The standards of which nothing is there: no interface, and no member that they add to
    another's.
    """
    is_there: dict[str, bool] = {}
    for interface in exposed(model):
        owner = class_of(surface, interface)
        standard = interface.place.standard
        is_there[standard] = is_there.get(standard, False) or owner is not None
        for member in interface.members:
            if member.place.standard != standard and is_exposed(member.exposure):
                name = python_name(getattr(member, "name", ""))
                has_it = (
                    owner is not None and bool(name) and surface.member(owner, name) is not None
                )
                is_there[member.place.standard] = (
                    is_there.get(member.place.standard, False) or has_it
                )
    return {standard for standard, there in is_there.items() if not there}


def class_of(surface: Surface, interface: Interface) -> type | None:
    """The class of an interface, or of a namespace object."""
    value = surface.exported.get(interface.name)
    if interface.kind == "namespace":
        return None if value is None else type(value)
    return value if isinstance(value, type) else None


def of_interface(model: Model, surface: Surface, interface: Interface) -> Iterator[Difference]:
    """The differences of an interface and its members."""
    owner = class_of(surface, interface)
    standard, name = interface.place.standard, interface.name
    if owner is None:
        yield Difference(standard, name, "missing", "", interface.place)
        return
    yield from of_inheritance(model, surface, interface, owner)
    members = [member for member in interface.members if is_exposed(member.exposure)]
    yield from of_constructors(model, surface, interface, owner)
    groups: dict[tuple[str, bool], list[Operation]] = {}
    for member in members:
        match member:
            case Operation(name="") | Iteration():
                yield from of_protocol(surface, interface, member, owner)
            case Operation():
                groups.setdefault((member.name, member.special == "static"), []).append(member)
            case Attribute():
                yield from of_attribute(model, surface, interface, member, owner)
            case Constant():
                yield from of_constant(surface, interface, member, owner)
    for overloads in groups.values():
        yield from of_operation(model, surface, interface, overloads, owner)
    yield from extra_members(model, surface, interface, owner)


def named(interface: Interface, member: Member) -> str:
    """The name of a member in a difference."""
    name = getattr(member, "name", "")
    return f"{interface.name}.{name}{'()' if isinstance(member, Operation) else ''}"


def of_inheritance(
    model: Model, surface: Surface, interface: Interface, owner: type
) -> Iterator[Difference]:
    """The bases of a class that are interfaces: its own, and no other."""
    expected: set[str] = set()
    base = interface.inheritance
    while base:
        expected.add(base)
        base = model.interfaces[base].inheritance if base in model.interfaces else None
    bases = {base.__name__ for base in owner.__mro__[1:] if surface.is_ours(base)}
    python = {name for name in bases if name in model.interfaces and name != interface.name}
    if python != expected:
        message = (
            f"derives from {', '.join(sorted(expected)) or 'nothing'}, not from "
            f"{', '.join(sorted(python)) or 'nothing'}"
        )
        yield Difference(
            interface.place.standard, interface.name, "different", message, interface.place
        )


def of_constructors(
    model: Model, surface: Surface, interface: Interface, owner: type
) -> Iterator[Difference]:
    """Whether an interface can be constructed, and from what."""
    constructors = [member for member in interface.members if isinstance(member, Constructor)]
    standard, name = interface.place.standard, f"{interface.name}()"
    initializer: Any = vars(next(base for base in owner.__mro__ if "__init__" in vars(base)))[
        "__init__"
    ]
    is_illegal = initializer.__name__ == "illegal_constructor"
    if constructors and is_illegal:
        yield Difference(standard, name, "missing", "cannot be constructed", constructors[0].place)
    elif constructors:
        overloads = [constructor.arguments for constructor in constructors]
        parameters = [] if initializer is object.__init__ else list(surface.parameters(initializer))
        yield from of_arguments(
            model, standard, interface.name, overloads, parameters, constructors[0].place
        )
    elif not is_illegal and interface.kind == "interface":
        yield Difference(standard, name, "extra", "can be constructed", interface.place)


def of_operation(
    model: Model,
    surface: Surface,
    interface: Interface,
    overloads: Sequence[Operation],
    owner: type,
) -> Iterator[Difference]:
    """An operation: its place, its arguments and what it returns."""
    first = overloads[0]
    standard, name = first.place.standard, named(interface, first)
    is_static = first.special == "static"
    python = surface.member(owner, python_name(first.name), is_static)
    if python is None:
        yield Difference(standard, name, "missing", "", first.place)
        return
    if python.kind not in ("operation", "static operation"):
        yield Difference(
            standard, name, "different", f"an operation, not {an(python.kind)}", first.place
        )
        return
    function = python.value
    # What a scope has is there for scripts as functions, so a static one of its class serves.
    if is_static != (python.kind == "static operation") and interface.name not in SCOPES:
        yield Difference(
            standard, name, "different", "static" if is_static else "not static", first.place
        )
    arguments = [operation.arguments for operation in overloads]
    yield from of_arguments(
        model,
        standard,
        name.removesuffix("()"),
        arguments,
        list(surface.parameters(function)),
        first.place,
    )
    types = dict.fromkeys(operation.type for operation in overloads)
    if len(types) == 1:
        for wrong in of_result(model, first.type, surface.returned(function)):
            yield Difference(standard, name, "different", f"what it returns {wrong}", first.place)


def of_arguments(
    model: Model,
    standard: str,
    name: str,
    overloads: Sequence[Sequence[Argument]],
    parameters: Sequence[Parameter],
    place: Place,
) -> Iterator[Difference]:
    """The arguments of an operation or a constructor, and those that Python has beyond them."""
    python = {parameter.name: parameter for parameter in parameters}
    expected = expected_arguments(model, overloads, python)
    for argument in expected:
        parameter = python.pop(argument.name, None)
        full_name = f"{name}({argument.name})"
        if parameter is None:
            yield Difference(standard, full_name, "missing", f"a {argument.kind} argument", place)
        else:
            for message in of_argument(model, argument, parameter):
                yield Difference(standard, full_name, "different", message, place)
    for parameter in python.values():
        yield Difference(
            standard, f"{name}({parameter.name})", "extra", f"a {parameter.kind} argument", place
        )


def of_argument(model: Model, argument: Expected, parameter: Parameter) -> Iterator[str]:
    """What is different in an argument."""
    if argument.kind != parameter.kind:
        yield f"a {argument.kind} argument, not a {parameter.kind} one"
    if argument.is_required and not parameter.is_required:
        yield "required, but it " + (
            "may be left out"
            if parameter.default is UNKNOWN
            else f"has the default {parameter.default!r}"
        )
    elif parameter.is_required and not argument.is_required:
        yield "not required, but it has no default"
    elif not parameter.is_required and parameter.default is not UNKNOWN:
        yield from of_default(argument.default, parameter.default)
    if wrong := mismatch(model, argument.type, parameter.annotation, is_argument=True):
        yield wrong


def of_default(idl: Value | None, python: object) -> Iterator[str]:
    """A default that is another; None stands for none, for null, for undefined and for an empty
    dictionary.
    """
    expected = idl.to_python() if idl else None
    if isinstance(expected, list):
        expected, python = (), python or ()
    if expected != python or isinstance(expected, bool) != isinstance(python, bool):
        yield f"{f'the default is {idl}' if idl else 'there is no default'}, not {python!r}"


def of_attribute(
    model: Model, surface: Surface, interface: Interface, attribute: Attribute, owner: type
) -> Iterator[Difference]:
    """An attribute: whether it can be set, and its type."""
    standard, name = attribute.place.standard, named(interface, attribute)
    python = surface.member(owner, python_name(attribute.name))
    if python is None:
        yield Difference(standard, name, "missing", "", attribute.place)
        return
    if python.kind == "constant" and attribute.is_static:
        return
    if python.kind != "attribute":
        yield Difference(
            standard, name, "different", f"an attribute, not {an(python.kind)}", attribute.place
        )
        return
    can_be_set = not attribute.is_readonly or any(
        attribute.extended_attribute(each)
        for each in ("PutForwards", "Replaceable", "LegacyLenientSetter")
    )
    if can_be_set and python.is_readonly:
        yield Difference(
            standard, name, "different", "can be set, but not in Python", attribute.place
        )
    elif attribute.is_readonly and not python.is_readonly and not can_be_set:
        yield Difference(
            standard, name, "different", "read only, but in Python it can be set", attribute.place
        )
    for wrong in of_result(model, attribute.type, python.annotation):
        yield Difference(standard, name, "different", wrong, attribute.place)
    if attribute.is_stringifier and surface.member(owner, "__str__") is None:
        yield Difference(
            standard,
            name,
            "different",
            "what str() gives, but there is no __str__",
            attribute.place,
        )


def of_result(model: Model, type: Type, annotation: Any) -> Iterator[str]:
    """What is wrong with what is handed out. A dictionary is an object with its members, which
    cannot be set.
    """
    if wrong := mismatch(model, type, annotation, is_argument=False):
        yield wrong
    type = model.resolved(type)
    if type.name == "Promise":
        type, annotation = model.resolved(type.parameters[0]), (*get_args(annotation), UNKNOWN)[0]
    if type.name in model.dictionaries:
        members = [member.name for member in model.members_of_dictionary(type.name)]
        for each in (annotation, *get_args(annotation)):
            fields = getattr(get_origin(each) or each, "_fields", None)
            if fields and sorted(fields) != sorted(members):
                yield f"has {', '.join(members)}, not {', '.join(fields)}"


def of_constant(
    surface: Surface, interface: Interface, constant: Constant, owner: type
) -> Iterator[Difference]:
    """A constant: its value."""
    python = surface.member(owner, python_name(constant.name))
    name = named(interface, constant)
    if python is None:
        yield Difference(constant.place.standard, name, "missing", "", constant.place)
    elif python.value != constant.value.to_python():
        message = f"is {constant.value}, not {python.value!r}"
        yield Difference(constant.place.standard, name, "different", message, constant.place)


def of_protocol(
    surface: Surface, interface: Interface, member: Operation | Iteration, owner: type
) -> Iterator[Difference]:
    """What has no name of its own: iterations, stringifiers, getters, setters and deleters."""
    if isinstance(member, Iteration):
        names = methods_of_iteration(member)
        if not member.is_readonly:
            names += METHODS_OF_WRITABLE_ONES.get(member.kind, "").split()
        what: str = member.kind
    else:
        names = [METHODS_OF_SPECIAL_OPERATIONS[member.special]]
        what = member.special
    for name in names:
        if surface.member(owner, name) is None:
            yield Difference(
                member.place.standard,
                f"{interface.name}.{name}",
                "missing",
                f"of its {what}",
                member.place,
            )


def methods_of_iteration(member: Iteration) -> list[str]:
    """Those that every object with such an iteration has. An asynchronous one has `entries` and
    `keys` if it is over pairs.
    """
    is_over_pairs = member.kind == "async_iterable" and len(member.types) == 2
    return METHODS_OF_ITERATIONS[member.kind].split() + ["entries", "keys"] * is_over_pairs


def extra_members(
    model: Model, surface: Surface, interface: Interface, owner: type
) -> Iterator[Difference]:
    """The public names of a class that neither its interface nor one that it derives from has."""
    expected: set[str] = set()
    each: Interface | None = interface
    while each:
        for member in each.members:
            if isinstance(member, Iteration):
                expected |= {
                    *methods_of_iteration(member),
                    *METHODS_OF_WRITABLE_ONES.get(member.kind, "").split(),
                }
            elif not isinstance(member, Constructor):
                expected.add(python_name(member.name))
        each = model.interfaces.get(each.inheritance or "")
    bases = {
        base
        for base in owner.__mro__[1:]
        if base.__name__ in model.interfaces and base.__name__ != interface.name
    }
    inherited = {name for base in bases for name in surface.public_names(base)}
    for name in surface.public_names(owner):
        if name not in expected and name not in inherited:
            yield Difference(
                interface.place.standard, f"{interface.name}.{name}", "extra", "", interface.place
            )


def of_dictionaries(model: Model, surface: Surface) -> Iterator[Difference]:
    """The dictionaries that the package has as a TypedDict: their members, which of them are
    required, and their types.
    """
    for name, value in surface.names.items():
        if name not in model.dictionaries or not is_typeddict(value):
            continue
        standard, python = (
            model.dictionaries[name].place.standard,
            surface.members_of_typed_dict(value),
        )
        for member in model.members_of_dictionary(name):
            full_name = f"{name}.{member.name}"
            if member.name not in python:
                yield Difference(standard, full_name, "missing", "a member", member.place)
                continue
            is_required, annotation = python.pop(member.name)
            if member.is_required != is_required:
                message = "required" if member.is_required else "not required"
                yield Difference(standard, full_name, "different", message, member.place)
            if wrong := mismatch(model, member.type, annotation, is_argument=True):
                yield Difference(standard, full_name, "different", wrong, member.place)
        for extra in python:
            yield Difference(
                standard, f"{name}.{extra}", "extra", "a member", model.dictionaries[name].place
            )


def of_enumerations(model: Model, surface: Surface) -> Iterator[Difference]:
    """The enumerations that the package has as a Literal of the same name: their values."""
    for name, value in surface.names.items():
        if name in model.enums and get_origin(value) is Literal:
            enum = model.enums[name]
            missing, extra = (
                set(enum.values).difference(get_args(value)),
                set(get_args(value)).difference(enum.values),
            )
            if missing:
                yield Difference(
                    enum.place.standard, name, "missing", ", ".join(sorted(missing)), enum.place
                )
            if extra:
                yield Difference(
                    enum.place.standard, name, "extra", ", ".join(sorted(extra)), enum.place
                )


def missing_globals(model: Model, surface: Surface) -> Iterator[Difference]:
    """The operations of a scope that cannot be imported as functions."""
    for scope in SCOPES:
        interface = model.interfaces.get(scope)
        members = interface.members if interface else ()
        names = {
            member.name: member
            for member in members
            if isinstance(member, Operation) and is_exposed(member.exposure)
        }
        owner = class_of(surface, interface) if interface else None
        for name, operation in names.items():
            if name not in surface.exported and owner and surface.member(owner, name):
                yield Difference(
                    operation.place.standard,
                    f"{name}()",
                    "missing",
                    "cannot be imported",
                    operation.place,
                )


def extra_names(model: Model, surface: Surface) -> Iterator[Difference]:
    """What can be imported and no standard has."""
    members = {
        python_name(getattr(member, "name", ""))
        for scope in (*SCOPES, "EventTarget")
        if scope in model.interfaces
        for member in model.interfaces[scope].members
    }
    for name in surface.exported:
        if name not in model.interfaces and name not in members:
            yield Difference(NO_STANDARD, name, "extra", "no standard defines it")


def an(kind: str) -> str:
    """A kind of member with its article."""
    return f"a {kind}" if kind[0] not in "aeiou" else f"an {kind}"
