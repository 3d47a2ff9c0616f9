"""Merging: partials, mixins and includes statements put together, over all files of a folder.

Web IDL, 2.2 to 2.4: https://webidl.spec.whatwg.org/#idl-interface-mixins
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from .model import (
    Callback,
    Definition,
    Dictionary,
    Enum,
    Includes,
    Interface,
    Member,
    Model,
    Typedef,
)
from .parsing import parse
from .tokenizing import IDLSyntaxError

D = TypeVar("D", Interface, Dictionary, Enum, Typedef, Callback)


def idl_files(folder: Path) -> list[Path]:
    """The .idl files of a folder by name; where its subfolder "newer" has one of the same name,
    that one instead.
    """
    files = {
        file.name: file
        for directory in (folder, folder / "newer")
        for file in directory.glob("*.idl")
    }
    return [files[name] for name in sorted(files)]


def read_model(files: Iterable[Path]) -> Model:
    """The model of some files. One that is no Web IDL is left out, and is one of the model's
    problems.
    """
    definitions: list[Definition] = []
    problems: list[str] = []
    for file in files:
        try:
            definitions += parse(file.read_text("utf-8"), file)
        except IDLSyntaxError as error:
            problems.append(str(error))
    model = merged(definitions)
    model.problems[:0] = problems
    return model


def merged(definitions: Sequence[Definition]) -> Model:
    """The model of some definitions; what cannot be put together is one of its problems."""
    model = Model()
    mixins: dict[str, Interface] = {}
    for definition in definitions:
        match definition:
            case Interface(is_partial=True) | Dictionary(is_partial=True) | Includes():
                continue
            case Interface(kind="mixin"):
                add(mixins, definition, model)
            case Interface():
                add(model.interfaces, definition, model)
            case Dictionary():
                add(model.dictionaries, definition, model)
            case Enum():
                add(model.enums, definition, model)
            case Typedef():
                add(model.typedefs, definition, model)
            case Callback():
                add(model.callbacks, definition, model)
    members = {
        id(owner): list(exposed_members(owner, owner))
        for owner in (*model.interfaces.values(), *mixins.values())
    }
    for definition in definitions:
        if isinstance(definition, Interface) and definition.is_partial:
            # An older text may write `partial interface` of what is a mixin today.
            tables = (mixins,) if definition.kind == "mixin" else (model.interfaces, mixins)
            owner = next((t[definition.name] for t in tables if definition.name in t), None)
            if owner is not None:
                members[id(owner)] += exposed_members(definition, owner)
            else:
                model.problems.append(
                    f"{definition.place}: no file defines {definition.name}, of which this is a "
                    f"part"
                )
        elif isinstance(definition, Dictionary) and definition.is_partial:
            if whole := model.dictionaries.get(definition.name):
                model.dictionaries[whole.name] = replace(
                    whole, members=(*whole.members, *definition.members)
                )
            else:
                model.problems.append(
                    f"{definition.place}: no file defines {definition.name}, of which this is a "
                    f"part"
                )
    for definition in definitions:
        if isinstance(definition, Includes):
            interface, mixin = (
                model.interfaces.get(definition.interface),
                mixins.get(definition.mixin),
            )
            if interface and mixin:
                members[id(interface)] += (
                    member if member.exposure else replace(member, exposure=interface.exposure)
                    for member in members[id(mixin)]
                )
            else:
                absent = definition.interface if mixin else definition.mixin
                model.problems.append(f"{definition.place}: no file defines {absent}")
    for name, interface in model.interfaces.items():
        model.interfaces[name] = replace(interface, members=tuple(members[id(interface)]))
    return model


def add(table: dict[str, D], definition: D, model: Model) -> None:
    """Enter a definition under its name, once."""
    if first := table.get(definition.name):
        model.problems.append(
            f"{definition.place}: {definition.name} is defined already, at {first.place}"
        )
    else:
        table[definition.name] = definition


def exposed_members(part: Interface, owner: Interface) -> Iterable[Member]:
    """The members of an interface, mixin or part of one, which know where they were written and
    where they are exposed.
    """
    for member in part.members:
        exposed = member.extended_attribute("Exposed")
        exposure = exposed.values if exposed else part.exposure or owner.exposure
        yield replace(member, written_in=owner.name, exposure=exposure)
