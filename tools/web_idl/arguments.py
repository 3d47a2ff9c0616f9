"""Arguments: what a function in Python has to take for the overloads of an operation in Web IDL.

SPEC_NOTES.md, "The binding": a trailing dictionary is keyword-only arguments, or one argument where
it is data or has callbacks; of a union of a dictionary and something else, one member may be given
by its position.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from .model import Argument, Model, Type, Value
from .surface import Parameter, python_name


@dataclass(slots=True)
class Expected:
    """An argument that is expected: `kind` is "positional", "keyword" or "variadic"."""

    name: str
    kind: str
    is_required: bool
    default: Value | None
    type: Type


def expected_arguments(
    model: Model, overloads: Sequence[Sequence[Argument]], given: Mapping[str, Parameter]
) -> list[Expected]:
    """The arguments of all overloads together; `given` are those that the function in Python
    has, by name.
    """
    expected: dict[str, Expected] = {}
    names_of_overloads = []
    shared_names = names_by_position(model, overloads, given)
    for overload in overloads:
        renamed = [
            replace(argument, name=shared_names.get(index, argument.name))
            for index, argument in enumerate(overload)
        ]
        arguments = [each for argument in renamed for each in of_argument(model, argument, given)]
        names_of_overloads.append({argument.name for argument in arguments})
        for argument in arguments:
            first = expected.setdefault(argument.name, argument)
            first.is_required &= argument.is_required
            first.default = first.default or argument.default
            if first.type != argument.type:
                first.type = Type("or", (first.type, argument.type))
    for argument in expected.values():
        argument.is_required &= all(argument.name in names for names in names_of_overloads)
    return list(expected.values())


def names_by_position(
    model: Model, overloads: Sequence[Sequence[Argument]], given: Mapping[str, Parameter]
) -> dict[int, str]:
    """The name under which Python has the arguments of several overloads that stand at the same
    position.
    """
    names: dict[int, str] = {}
    for overload in overloads:
        for index, argument in enumerate(overload):
            is_options = any(
                type.name in model.dictionaries for type in model.without_unions(argument.type)
            )
            if argument.name in given and not is_options:
                names.setdefault(index, argument.name)
    return names if len(overloads) > 1 else {}


def of_argument(model: Model, argument: Argument, given: Mapping[str, Parameter]) -> list[Expected]:
    """What is expected for one argument: itself, and the members of the dictionary that it is."""
    name = python_name(argument.name)
    types = model.without_unions(argument.type)
    dictionary = next((type.name for type in types if type.name in model.dictionaries), None)
    kind = "variadic" if argument.is_variadic else "positional"
    is_required = not argument.is_optional and not argument.is_variadic
    itself = Expected(name, kind, is_required, argument.default, argument.type)
    if dictionary is None:
        return [itself]
    members = [
        Expected(
            python_name(member.name), "keyword", member.is_required, member.default, member.type
        )
        for member in model.members_of_dictionary(dictionary)
    ]
    has_keywords = any(
        member.name in given and given[member.name].kind == "keyword" for member in members
    )
    if same := [member for member in members if member.name == name]:
        return same  # of a shared name: one of the overloads has it as an argument of its own
    if name in given and members and not has_keywords:
        return [itself]
    itself.is_required, itself.default = False, None  # Its keywords do.
    return [itself, *members]
