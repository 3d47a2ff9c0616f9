"""Ids: what a Durable Object is known by.

SPEC_NOTES.md#durable-object-ids
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from re import compile

from ...host.entropy import Entropy
from ...webidl.interfaces import illegal_constructor, new

LENGTH_OF_HALF = 16
LONGEST_NAME = 1_024  # bytes; a longer one is not told to its object
HEX_DIGITS = compile(r"[0-9a-fA-F]{64}")


class DurableObjectId:
    """SPEC_NOTES.md#durable-object-id"""

    __slots__ = ("_jurisdiction", "_name", "_text")

    _jurisdiction: str | None
    _name: str | None
    _text: str

    __init__ = illegal_constructor

    @property
    def name(self) -> str | None:
        """The name that it was made of, if any.

        SPEC_NOTES.md#durable-object-id-name
        """
        return self._name

    @property
    def jurisdiction(self) -> str | None:
        """What `newUniqueId` was given; it means nothing here.

        SPEC_NOTES.md#durable-object-id-jurisdiction
        """
        return self._jurisdiction

    def toString(self) -> str:
        """64 hexadecimal digits.

        SPEC_NOTES.md#durable-object-id-to-string
        """
        return self._text

    __str__ = toString

    def equals(self, other: object) -> bool:
        """Whether both are of the same object.

        SPEC_NOTES.md#durable-object-id-equals
        """
        return isinstance(other, DurableObjectId) and self._text == other._text

    __eq__ = equals

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return f"<DurableObjectId {self._name or self._text}>"


def namespace_key(unique_key: str) -> bytes:
    """SPEC_NOTES.md#namespace-key"""
    return sha256(unique_key.encode()).digest()


def id_from_name(key: bytes, name: str) -> DurableObjectId:
    """SPEC_NOTES.md#id-from-name"""
    encoded = name.encode("utf-8", "replace")
    half = hmac.digest(key, encoded, "sha256")[:LENGTH_OF_HALF]
    return _make_an_id(key, half, name if len(encoded) <= LONGEST_NAME else None, None)


def new_unique_id(key: bytes, entropy: Entropy, jurisdiction: str | None) -> DurableObjectId:
    """SPEC_NOTES.md#new-unique-id"""
    return _make_an_id(key, entropy.random_bytes(LENGTH_OF_HALF), None, jurisdiction)


def id_from_string(key: bytes, text: str) -> DurableObjectId:
    """TypeError if it is not an id, or is one of another namespace.

    SPEC_NOTES.md#id-from-string
    """
    if not HEX_DIGITS.fullmatch(text):
        raise TypeError("Invalid Durable Object ID: must be 64 hex digits")
    half = bytes.fromhex(text)[:LENGTH_OF_HALF]
    id = _make_an_id(key, half, None, None)
    if not hmac.compare_digest(id._text, text.lower()):
        raise TypeError("Durable Object ID is not valid for this namespace.")
    return id


def _make_an_id(
    key: bytes, half: bytes, name: str | None, jurisdiction: str | None
) -> DurableObjectId:
    id: DurableObjectId = new(DurableObjectId)
    code = hmac.digest(key, half, "sha256")[:LENGTH_OF_HALF]
    id._text, id._name, id._jurisdiction = (half + code).hex(), name, jurisdiction
    return id
