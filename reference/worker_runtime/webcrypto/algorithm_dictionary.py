"""The Algorithm dictionary, and the types that the members of its heirs have.

Web Cryptography: https://w3c.github.io/webcrypto/#algorithm-dictionary

An author says an algorithm as its name, or as a mapping with its members; an object with those
attributes, such as the `algorithm` of another key, will do as well.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Protocol, TypeAlias, TypeVar

from ..webidl.callbacks import dictionary_member
from ..webidl.interfaces import new
from ..webidl.type_mapping import is_buffer_source, to_dom_string, to_integer


class NamedAlgorithm(Protocol):
    """An object that has the members of an algorithm as attributes.

    Part of https://w3c.github.io/webcrypto/#algorithm-dictionary-members
    """

    @property
    def name(self) -> str: ...


# https://w3c.github.io/webcrypto/#dom-algorithmidentifier
AlgorithmIdentifier: TypeAlias = "str | Mapping[str, Any] | NamedAlgorithm"


class Member(NamedTuple):
    """A member of a dictionary: its identifier, the conversion to its type, and whether it has to
    be there.

    https://webidl.spec.whatwg.org/#dfn-dictionary-member
    """

    identifier: str
    type: Callable[[Any], Any]
    is_required: bool = False


class Algorithm:
    """The dictionary that normalizing an algorithm results in. Heirs add members; one that is not
    present is None.

    https://w3c.github.io/webcrypto/#dfn-Algorithm
    """

    __slots__ = ("name",)

    # Those that the class itself declares, in the order of its IDL.
    members: ClassVar[tuple[Member, ...]] = (Member("name", to_dom_string, is_required=True),)

    name: str


A = TypeVar("A", bound=Algorithm)


def inherited_dictionaries(dictionary_type: type[Algorithm]) -> list[type[Algorithm]]:
    """A dictionary type and those that it inherits from, from least to most derived.

    https://webidl.spec.whatwg.org/#dfn-inherited-dictionaries
    """
    return [
        ancestor
        for ancestor in reversed(dictionary_type.__mro__)
        if issubclass(ancestor, Algorithm)
    ]


def convert_to_dictionary(value: object, dictionary_type: type[A]) -> A:
    """Read the members of a value, those of a dictionary by their names; TypeError if one is of the
    wrong type, or missing.

    https://webidl.spec.whatwg.org/#js-to-dictionary
    """
    result = new(dictionary_type)
    for dictionary in inherited_dictionaries(dictionary_type):
        for identifier, type, is_required in sorted(vars(dictionary).get("members", ())):
            member = dictionary_member(value, identifier)
            if member is not None:
                member = type(member)
            elif is_required:
                raise TypeError(
                    f"{dictionary.__name__}: required member {identifier!r} is missing in {value!r}"
                )
            setattr(result, identifier, member)
    return result


def bytes_of_parameters(normalized_algorithm: Algorithm) -> int:
    """How many bytes there are in the members that are buffers.

    Part of https://w3c.github.io/webcrypto/#algorithm-dictionary-members
    """
    members = (
        getattr(normalized_algorithm, member.identifier)
        for dictionary in inherited_dictionaries(type(normalized_algorithm))
        for member in vars(dictionary).get("members", ())
    )
    return sum(len(member) for member in members if isinstance(member, bytes))


# ---- types of members ----------------------------------------------------------------------------


def octet(value: Any) -> int:
    """https://webidl.spec.whatwg.org/#js-octet"""
    return to_integer(value, 8, enforce_range=True)


def unsigned_short(value: Any) -> int:
    """https://webidl.spec.whatwg.org/#js-unsigned-short"""
    return to_integer(value, 16, enforce_range=True)


def unsigned_long(value: Any) -> int:
    """https://webidl.spec.whatwg.org/#js-unsigned-long"""
    return to_integer(value, 32, enforce_range=True)


def buffer_source(value: object) -> object:
    """The buffer itself: normalizing an algorithm makes a copy of its bytes.

    https://webidl.spec.whatwg.org/#BufferSource
    """
    if not is_buffer_source(value):
        hint = ": write .encode() behind it" if isinstance(value, str) else ""
        raise TypeError(f"Expected a buffer, not {type(value).__name__}{hint}")
    return value


def hash_algorithm_identifier(value: object) -> object:
    """The identifier itself, which is normalized in its turn.

    https://w3c.github.io/webcrypto/#dom-hashalgorithmidentifier
    """
    return value
