"""The model: what Web IDL says, as Python objects.

`parsing.parse` makes the definitions of a text, each as it is written there. `merging.read_model`
makes a `Model` of all files of a folder, in which nothing has to be put together any more:

    model.interfaces["Request"]     an Interface, of the kind "interface", "namespace" ...
        .inheritance                the name of the interface that it derives from, or None
        .members                    its own, then those of its partials, then those of its mixins
        .place.standard             "fetch", the name of the file that defines it
    model.dictionaries["RequestInit"]           a Dictionary, with the members of its partials
    model.enums["RequestMode"].values           ("navigate", "same-origin", ...)
    model.typedefs["BodyInit"].type             a Type
    model.callbacks["QueuingStrategySize"]      a Callback

A member is a Constant, Attribute, Operation, Constructor or Iteration. It knows the standard that
it comes from, which is that of its partial or mixin (`place.standard`), the mixin or interface that
it was written in (`written_in`), and where it is exposed (`exposure`: names of global interfaces as
in [Exposed], its own or else those of what it was written in).

A Type is a name with parameters: `sequence<long>?` is Type("sequence", (Type("long"),),
is_nullable=True); the name of a union is "or", and its members are the parameters. `str(type)` is
Web IDL again. A Value is a constant's or a default.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from .tokenizing import Place


@dataclass(frozen=True, slots=True)
class ExtendedAttribute:
    """[Name], [Name=value], [Name=(value, value)], [Name(arguments)] or [Name=value(arguments)].
    The text is what stands between the commas, a space between any two tokens; what has none of
    these forms has that only."""

    name: str
    text: str
    values: tuple[str, ...] = ()
    """A string without its quotes, an identifier, a number or "*"."""
    arguments: tuple[Argument, ...] | None = None


@dataclass(frozen=True, slots=True)
class Type:
    """A type, or a union of types, whose name is "or"."""

    name: str
    parameters: tuple[Type, ...] = ()
    is_nullable: bool = False
    extended_attributes: tuple[ExtendedAttribute, ...] = ()

    def __str__(self) -> str:
        texts = ", ".join(attribute.text for attribute in self.extended_attributes)
        attributes = f"[{texts}] " if texts else ""
        if self.name == "or":
            name = f"({' or '.join(map(str, self.parameters))})"
        else:
            name = (
                f"{self.name}<{', '.join(map(str, self.parameters))}>"
                if self.parameters
                else self.name
            )
        return f"{attributes}{name}{'?' if self.is_nullable else ''}"


@dataclass(frozen=True, slots=True)
class Value:
    """The value of a constant or of a default: true, 1, 1.5, -Infinity, "text", [], {}, null or
    undefined.
    """

    kind: Literal["boolean", "integer", "decimal", "string", "[]", "{}", "null", "undefined"]
    text: str
    """As it is written, but a string has no quotes."""

    def __str__(self) -> str:
        return f'"{self.text}"' if self.kind == "string" else self.text

    def to_python(self) -> object:
        """The value in Python; None for null, undefined and {}."""
        match self.kind:
            case "boolean":
                return self.text == "true"
            case "integer":
                sign, digits = (-1, self.text[1:]) if self.text.startswith("-") else (1, self.text)
                return sign * int(
                    digits, 16 if digits[:2] in ("0x", "0X") else 8 if digits[0] == "0" else 10
                )
            case "decimal":
                return float(self.text)
            case "string":
                return self.text
            case "[]":
                return []
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Argument:
    """An argument of an operation, a constructor, a callback or an extended attribute."""

    name: str
    type: Type
    is_optional: bool = False
    is_variadic: bool = False
    default: Value | None = None
    extended_attributes: tuple[ExtendedAttribute, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """What stands at a place and can have extended attributes."""

    place: Place = field(compare=False, repr=False)
    extended_attributes: tuple[ExtendedAttribute, ...] = ()

    def extended_attribute(self, name: str) -> ExtendedAttribute | None:
        """The extended attribute of a name."""
        return next(
            (attribute for attribute in self.extended_attributes if attribute.name == name), None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberNode(Node):
    """What all members have; see above."""

    written_in: str = ""
    exposure: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Constant(MemberNode):
    """`const unsigned short NONE = 0`."""

    name: str
    type: Type
    value: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute(MemberNode):
    """`readonly attribute DOMString type`."""

    name: str
    type: Type
    is_readonly: bool = False
    is_static: bool = False
    is_inherited: bool = False
    is_stringifier: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(MemberNode):
    """`static Response error()`. One that is special may have no name; a lone `stringifier` is one
    of the type DOMString.
    """

    name: str
    type: Type
    arguments: tuple[Argument, ...] = ()
    special: Literal["", "static", "getter", "setter", "deleter", "stringifier"] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constructor(MemberNode):
    """`constructor(USVString url, optional USVString base)`."""

    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Iteration(MemberNode):
    """`iterable<USVString, USVString>`, `async_iterable<any>(...)`, `maplike<K, V>` or
    `setlike<T>`.
    """

    kind: Literal["iterable", "async_iterable", "maplike", "setlike"]
    types: tuple[Type, ...]
    """Of the value, or of the key and the value."""
    arguments: tuple[Argument, ...] = ()
    is_readonly: bool = False


Member: TypeAlias = Constant | Attribute | Operation | Constructor | Iteration


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface(Node):
    """An interface, or what has members like one. One of the kind "mixin", or a partial one, is not
    in a Model.
    """

    name: str
    kind: Literal["interface", "callback interface", "mixin", "namespace"] = "interface"
    inheritance: str | None = None
    members: tuple[Member, ...] = ()
    is_partial: bool = False

    @property
    def exposure(self) -> tuple[str, ...]:
        """The names in its [Exposed]."""
        exposed = self.extended_attribute("Exposed")
        return exposed.values if exposed else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DictionaryMember(Node):
    """`boolean once = false`."""

    name: str
    type: Type
    is_required: bool = False
    default: Value | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dictionary(Node):
    """A dictionary, with its own members only: see `Model.members_of_dictionary`."""

    name: str
    inheritance: str | None = None
    members: tuple[DictionaryMember, ...] = ()
    is_partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Enum(Node):
    """An enumeration."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Typedef(Node):
    """`typedef (Request or USVString) RequestInfo`."""

    name: str
    type: Type


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Node):
    """`callback Function = any (any... arguments)`."""

    name: str
    type: Type
    arguments: tuple[Argument, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Includes(Node):
    """`Request includes Body`; not in a Model."""

    interface: str
    mixin: str


Definition: TypeAlias = Interface | Dictionary | Enum | Typedef | Callback | Includes


@dataclass(slots=True)
class Model:
    """Every definition by its name, put together; and what could not be, each problem with its
    place.
    """

    interfaces: dict[str, Interface] = field(default_factory=dict)
    dictionaries: dict[str, Dictionary] = field(default_factory=dict)
    enums: dict[str, Enum] = field(default_factory=dict)
    typedefs: dict[str, Typedef] = field(default_factory=dict)
    callbacks: dict[str, Callback] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def members_of_dictionary(self, name: str) -> list[DictionaryMember]:
        """The members of a dictionary after those of the dictionaries that it derives from."""
        members: list[DictionaryMember] = []
        next_name: str | None = name
        while next_name and (dictionary := self.dictionaries.get(next_name)):
            members = [*dictionary.members, *members]
            next_name = dictionary.inheritance
        return members

    def resolved(self, type: Type) -> Type:
        """A type with the typedef that it may be the name of replaced by its type."""
        while typedef := self.typedefs.get(type.name):
            type = Type(
                typedef.type.name,
                typedef.type.parameters,
                type.is_nullable or typedef.type.is_nullable,
                (*typedef.type.extended_attributes, *type.extended_attributes),
            )
        return type

    def without_unions(self, type: Type) -> list[Type]:
        """The types that a value of a type may have: those of unions and typedefs, at any depth."""
        type = self.resolved(type)
        if type.name != "or":
            return [type]
        return [
            member for parameter in type.parameters for member in self.without_unions(parameter)
        ]
