"""Parsing of definitions and of their members.

Web IDL, 2. Each function is the production of its name: https://webidl.spec.whatwg.org/#idl-grammar
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Literal, TypeVar

from .model import (
    Attribute,
    Callback,
    Constant,
    Constructor,
    Definition,
    Dictionary,
    DictionaryMember,
    Enum,
    Includes,
    Interface,
    Iteration,
    Member,
    Operation,
    Type,
    Typedef,
)
from .parsing_types import (
    BEGINNINGS_OF_TYPES,
    argument_list,
    const_value,
    default,
    extended_attribute_list,
    identifier,
    identifier_of,
    type_,
    type_with_extended_attributes,
)
from .tokenizing import Cursor, Place, tokenize

M = TypeVar("M", bound=Member | DictionaryMember)


def parse(text: str, file: Path) -> list[Definition]:
    """The definitions of a text, in order; IDLSyntaxError says where it is no Web IDL, and what was
    expected.
    """
    return definitions(Cursor(tokenize(text, file)))


def definitions(tokens: Cursor) -> list[Definition]:
    """Definitions."""
    found: list[Definition] = []
    while tokens.next.kind != "end":
        attributes = extended_attribute_list(tokens)
        found.append(replace(definition(tokens), extended_attributes=attributes))
    return found


def definition(tokens: Cursor) -> Definition:
    """Definition."""
    token = tokens.next
    match token.kind:
        case "callback" | "interface":
            return callback_or_interface_or_mixin(tokens)
        case "namespace":
            return namespace(tokens)
        case "partial":
            return partial(tokens)
        case "dictionary":
            return dictionary(tokens)
        case "enum":
            return enum(tokens)
        case "typedef":
            return typedef(tokens)
        case "identifier":
            return includes_statement(tokens)
    tokens.fail("a definition")


def callback_or_interface_or_mixin(tokens: Cursor) -> Definition:
    """CallbackOrInterfaceOrMixin."""
    place = tokens.next.place
    if tokens.accept("callback"):
        return callback_rest_or_interface(tokens, place)
    tokens.expect("interface")
    return interface_or_mixin(tokens, place)


def callback_rest_or_interface(tokens: Cursor, place: Place) -> Definition:
    """CallbackRestOrInterface."""
    if not tokens.accept("interface"):
        return callback_rest(tokens, place)
    name = identifier(tokens, "the name of a callback interface")
    return Interface(
        place=place,
        name=name,
        kind="callback interface",
        members=members(tokens, callback_interface_member),
    )


def callback_rest(tokens: Cursor, place: Place) -> Callback:
    """CallbackRest."""
    name = identifier(tokens, "'interface' or the name of a callback")
    tokens.expect("=")
    type = type_(tokens)
    arguments = argument_list(tokens)
    tokens.expect(";")
    return Callback(place=place, name=name, type=type, arguments=arguments)


def interface_or_mixin(tokens: Cursor, place: Place) -> Interface:
    """InterfaceOrMixin."""
    return mixin_rest(tokens, place) if tokens.accept("mixin") else interface_rest(tokens, place)


def interface_rest(tokens: Cursor, place: Place) -> Interface:
    """InterfaceRest."""
    name = identifier(tokens, "'mixin' or the name of an interface")
    base = inheritance(tokens)
    return Interface(
        place=place, name=name, inheritance=base, members=members(tokens, interface_member)
    )


def mixin_rest(tokens: Cursor, place: Place) -> Interface:
    """MixinRest."""
    name = identifier(tokens, "the name of a mixin")
    return Interface(place=place, name=name, kind="mixin", members=members(tokens, mixin_member))


def inheritance(tokens: Cursor) -> str | None:
    """Inheritance."""
    return identifier(tokens, "the name of what it derives from") if tokens.accept(":") else None


def partial(tokens: Cursor) -> Definition:
    """Partial and PartialDefinition."""
    place = tokens.expect("partial").place
    match tokens.next.kind:
        case "interface":
            tokens.index += 1
            return replace(partial_interface_or_partial_mixin(tokens, place), is_partial=True)
        case "dictionary":
            return partial_dictionary(tokens)
        case "namespace":
            return replace(namespace(tokens), is_partial=True)
    tokens.fail("'interface', 'dictionary' or 'namespace'")


def partial_interface_or_partial_mixin(tokens: Cursor, place: Place) -> Interface:
    """PartialInterfaceOrPartialMixin."""
    return (
        mixin_rest(tokens, place)
        if tokens.accept("mixin")
        else partial_interface_rest(tokens, place)
    )


def partial_interface_rest(tokens: Cursor, place: Place) -> Interface:
    """PartialInterfaceRest."""
    name = identifier(tokens, "'mixin' or the name of an interface")
    return Interface(place=place, name=name, members=members(tokens, partial_interface_member))


def namespace(tokens: Cursor) -> Interface:
    """Namespace."""
    place = tokens.expect("namespace").place
    name = identifier(tokens, "the name of a namespace")
    return Interface(
        place=place, name=name, kind="namespace", members=members(tokens, namespace_member)
    )


def members(tokens: Cursor, member: Callable[[Cursor], M]) -> tuple[M, ...]:
    """InterfaceMembers and their like: each with its extended attributes, in braces, and the
    semicolon behind.
    """
    found: list[M] = []
    tokens.expect("{")
    while not tokens.accept("}"):
        attributes = extended_attribute_list(tokens)
        found.append(replace(member(tokens), extended_attributes=attributes))
    tokens.expect(";")
    return tuple(found)


def interface_member(tokens: Cursor) -> Member:
    """InterfaceMember."""
    return (
        constructor(tokens)
        if tokens.next.kind == "constructor"
        else partial_interface_member(tokens)
    )


def partial_interface_member(tokens: Cursor) -> Member:
    """PartialInterfaceMember."""
    match tokens.next.kind:
        case "const":
            return const(tokens)
        case "stringifier":
            return stringifier(tokens)
        case "static":
            return static_member(tokens)
        case "iterable" | "async_iterable":
            return iterable(tokens)
        case "readonly":
            return read_only_member(tokens)
        case "attribute":
            return attribute_rest(tokens)
        case "maplike" | "setlike":
            return maplike_or_setlike_rest(tokens)
        case "inherit":
            return inherit_attribute(tokens)
        case "getter" | "setter" | "deleter":
            return special_operation(tokens)
        case "identifier" if tokens.next.text == "async" and tokens.after_next.kind == "iterable":
            return iterable(tokens)
    return regular_operation(tokens, "a member of an interface")


def mixin_member(tokens: Cursor) -> Member:
    """MixinMember."""
    match tokens.next.kind:
        case "const":
            return const(tokens)
        case "stringifier":
            return stringifier(tokens)
        case "readonly" | "attribute":
            return optional_read_only_attribute(tokens)
    return regular_operation(tokens, "a member of a mixin")


def callback_interface_member(tokens: Cursor) -> Member:
    """CallbackInterfaceMember."""
    return (
        const(tokens)
        if tokens.next.kind == "const"
        else regular_operation(tokens, "a constant or an operation")
    )


def namespace_member(tokens: Cursor) -> Member:
    """NamespaceMember."""
    match tokens.next.kind:
        case "const":
            return const(tokens)
        case "readonly":
            return optional_read_only_attribute(tokens)
    return regular_operation(tokens, "a member of a namespace")


def includes_statement(tokens: Cursor) -> Includes:
    """IncludesStatement."""
    token = tokens.expect("identifier")
    tokens.expect("includes", what=f"'includes' after {token}, or a definition")
    mixin = identifier(tokens, "the name of a mixin")
    tokens.expect(";")
    return Includes(place=token.place, interface=identifier_of(token), mixin=mixin)


def constructor(tokens: Cursor) -> Constructor:
    """Constructor."""
    place = tokens.expect("constructor").place
    arguments = argument_list(tokens)
    tokens.expect(";")
    return Constructor(place=place, arguments=arguments)


def const(tokens: Cursor) -> Constant:
    """Const and ConstType."""
    place = tokens.expect("const").place
    type = type_(tokens)
    name = identifier(tokens, "the name of a constant")
    tokens.expect("=")
    value = const_value(tokens)
    tokens.expect(";")
    return Constant(place=place, name=name, type=type, value=value)


def read_only_member(tokens: Cursor) -> Member:
    """ReadOnlyMember and ReadOnlyMemberRest."""
    if tokens.after_next.kind not in ("maplike", "setlike"):
        return optional_read_only_attribute(tokens)
    place = tokens.expect("readonly").place
    return replace(maplike_or_setlike_rest(tokens), place=place, is_readonly=True)


def optional_read_only_attribute(tokens: Cursor) -> Attribute:
    """OptionalReadOnly AttributeRest."""
    token = tokens.next
    is_readonly = tokens.accept("readonly") is not None
    return replace(attribute_rest(tokens), place=token.place, is_readonly=is_readonly)


def inherit_attribute(tokens: Cursor) -> Attribute:
    """InheritAttribute."""
    place = tokens.expect("inherit").place
    return replace(attribute_rest(tokens), place=place, is_inherited=True)


def attribute_rest(tokens: Cursor) -> Attribute:
    """AttributeRest and AttributeName."""
    place = tokens.expect("attribute").place
    type = type_with_extended_attributes(tokens)
    name = identifier_of(tokens.expect("identifier", "required", what="the name of an attribute"))
    tokens.expect(";")
    return Attribute(place=place, name=name, type=type)


def stringifier(tokens: Cursor) -> Member:
    """Stringifier and StringifierRest."""
    place = tokens.expect("stringifier").place
    if tokens.accept(";"):
        return Operation(place=place, name="", type=Type("DOMString"), special="stringifier")
    if tokens.next.kind not in ("readonly", "attribute"):
        tokens.fail("';', 'readonly' or 'attribute'")
    return replace(optional_read_only_attribute(tokens), place=place, is_stringifier=True)


def static_member(tokens: Cursor) -> Member:
    """StaticMember and StaticMemberRest."""
    place = tokens.expect("static").place
    if tokens.next.kind in ("readonly", "attribute"):
        return replace(optional_read_only_attribute(tokens), place=place, is_static=True)
    return replace(
        regular_operation(tokens, "a static attribute or operation"), place=place, special="static"
    )


def special_operation(tokens: Cursor) -> Operation:
    """SpecialOperation and Special."""
    token = tokens.expect("getter", "setter", "deleter")
    operation = regular_operation(tokens, "an operation")
    special: Literal["getter", "setter", "deleter"]
    match token.kind:
        case "getter":
            special = "getter"
        case "setter":
            special = "setter"
        case _:
            special = "deleter"
    return replace(operation, place=token.place, special=special)


def regular_operation(tokens: Cursor, what: str) -> Operation:
    """RegularOperation, OperationRest, OptionalOperationName and OperationName; `what` was expected
    is for the error.
    """
    place = tokens.next.place
    if tokens.next.kind not in BEGINNINGS_OF_TYPES:
        tokens.fail(what)
    type = type_(tokens)
    name = tokens.accept("identifier", "includes")
    if tokens.next.kind != "(":
        tokens.fail("'('" if name else "the name of an operation")
    arguments = argument_list(tokens)
    tokens.expect(";")
    return Operation(
        place=place, name=identifier_of(name) if name else "", type=type, arguments=arguments
    )


def iterable(tokens: Cursor) -> Iteration:
    """Iterable and AsyncIterable, also as older texts spell the latter: `async iterable`."""
    token = tokens.expect("iterable", "async_iterable", "identifier")
    if token.kind == "identifier":
        tokens.expect("iterable")
    tokens.expect("<")
    types = [type_with_extended_attributes(tokens)]
    if tokens.accept(","):
        types.append(type_with_extended_attributes(tokens))
    tokens.expect(">", what="'>'")
    if token.kind == "iterable":
        tokens.expect(";")
        return Iteration(place=token.place, kind="iterable", types=tuple(types))
    arguments = argument_list(tokens) if tokens.next.kind == "(" else ()
    tokens.expect(";")
    return Iteration(
        place=token.place, kind="async_iterable", types=tuple(types), arguments=arguments
    )


def maplike_or_setlike_rest(tokens: Cursor) -> Iteration:
    """MaplikeRest and SetlikeRest."""
    token = tokens.expect("maplike", "setlike")
    tokens.expect("<")
    types = [type_with_extended_attributes(tokens)]
    if token.kind == "maplike":
        tokens.expect(",")
        types.append(type_with_extended_attributes(tokens))
    tokens.expect(">")
    tokens.expect(";")
    return Iteration(
        place=token.place,
        kind="maplike" if token.kind == "maplike" else "setlike",
        types=tuple(types),
    )


def dictionary(tokens: Cursor) -> Dictionary:
    """Dictionary."""
    place = tokens.expect("dictionary").place
    name = identifier(tokens, "the name of a dictionary")
    base = inheritance(tokens)
    return Dictionary(
        place=place, name=name, inheritance=base, members=members(tokens, dictionary_member)
    )


def partial_dictionary(tokens: Cursor) -> Dictionary:
    """PartialDictionary."""
    place = tokens.expect("dictionary").place
    name = identifier(tokens, "the name of a dictionary")
    return Dictionary(
        place=place, name=name, is_partial=True, members=members(tokens, dictionary_member)
    )


def dictionary_member(tokens: Cursor) -> DictionaryMember:
    """DictionaryMember and DictionaryMemberRest."""
    place = tokens.next.place
    if tokens.accept("required"):
        type = type_with_extended_attributes(tokens)
        name = identifier(tokens, "the name of a member")
        tokens.expect(";")
        return DictionaryMember(place=place, name=name, type=type, is_required=True)
    if tokens.next.kind not in BEGINNINGS_OF_TYPES:
        tokens.fail("a member of a dictionary")
    type = type_(tokens)
    name = identifier(tokens, "the name of a member")
    value = default(tokens)
    tokens.expect(";", what="';'" if value else "'=' or ';'")
    return DictionaryMember(place=place, name=name, type=type, default=value)


def enum(tokens: Cursor) -> Enum:
    """Enum, EnumValueList and what it consists of: a comma may be the last."""
    place = tokens.expect("enum").place
    name = identifier(tokens, "the name of an enumeration")
    tokens.expect("{")
    values = [tokens.expect("string").text[1:-1]]
    while tokens.accept(",") and (token := tokens.accept("string")):
        values.append(token.text[1:-1])
    tokens.expect(
        "}",
        what="',' or '}'"
        if tokens.tokens[tokens.index - 1].kind == "string"
        else "a string or '}'",
    )
    tokens.expect(";")
    return Enum(place=place, name=name, values=tuple(values))


def typedef(tokens: Cursor) -> Typedef:
    """Typedef."""
    place = tokens.expect("typedef").place
    type = type_with_extended_attributes(tokens)
    name = identifier(tokens, "the name of a typedef")
    tokens.expect(";")
    return Typedef(place=place, name=name, type=type)
