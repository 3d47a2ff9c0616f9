"""Web Cryptography: the Algorithm dictionary."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from worker_runtime.webcrypto.algorithm_dictionary import (
    Algorithm,
    Member,
    buffer_source,
    convert_to_dictionary,
    hash_algorithm_identifier,
    inherited_dictionaries,
    octet,
    unsigned_long,
    unsigned_short,
)
from worker_runtime.webcrypto.algorithms.rsa import RsaHashedKeyGenParams, RsaKeyGenParams
from worker_runtime.webcrypto.json_web_key import JsonWebKey

spec = pytest.mark.spec


class Noted(Mapping[str, Any]):
    """A mapping that writes down what is asked of it."""

    def __init__(self, **members: object) -> None:
        self.members = members
        self.asked: list[str] = []

    def __getitem__(self, name: str) -> object:
        self.asked.append(name)
        return self.members[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.members)

    def __len__(self) -> int:
        return len(self.members)


@spec("https://w3c.github.io/webcrypto/#dfn-Algorithm")
class TestAlgorithm:
    def test_has_a_name(self) -> None:
        assert convert_to_dictionary({"name": "SHA-1"}, Algorithm).name == "SHA-1"
        assert convert_to_dictionary({"name": 5}, Algorithm).name == "5"
        with pytest.raises(TypeError, match="required member 'name' is missing in {}"):
            convert_to_dictionary({}, Algorithm)


@spec("https://w3c.github.io/webcrypto/#algorithm-dictionary-members")
class TestNamedAlgorithm:
    def test_has_attributes_for_members(self) -> None:
        value = SimpleNamespace(
            name="RSA-PSS", modulusLength=512, publicExponent=b"\3", hash="SHA-1"
        )
        assert convert_to_dictionary(value, RsaKeyGenParams).modulusLength == 512


@spec("https://webidl.spec.whatwg.org/#dfn-dictionary-member")
class TestMember:
    def test_need_not_be_there_if_not_said_otherwise(self) -> None:
        assert not Member("length", octet).is_required


@spec("https://webidl.spec.whatwg.org/#dfn-inherited-dictionaries")
class TestInheritedDictionaries:
    def test_from_least_to_most_derived(self) -> None:
        assert inherited_dictionaries(RsaHashedKeyGenParams) == [
            Algorithm,
            RsaKeyGenParams,
            RsaHashedKeyGenParams,
        ]


@spec("https://webidl.spec.whatwg.org/#js-to-dictionary")
class TestConvertToDictionary:
    def test_reads_inherited_members_first_and_those_of_a_dictionary_by_name(self) -> None:
        value = Noted(
            hash="SHA-1", publicExponent=b"\3", modulusLength=512, name="RSA-PSS", other=1
        )
        dictionary = convert_to_dictionary(value, RsaHashedKeyGenParams)
        assert value.asked == ["name", "modulusLength", "publicExponent", "hash"]
        assert (dictionary.name, dictionary.modulusLength, dictionary.publicExponent) == (
            "RSA-PSS",
            512,
            b"\3",
        )

    @pytest.mark.parametrize("value", [None, 5, b"name", ["name"], JsonWebKey(kty="oct")])
    def test_what_has_no_name_is_refused(self, value: object) -> None:
        with pytest.raises(TypeError, match="'name' is missing"):
            convert_to_dictionary(value, Algorithm)


@spec("https://webidl.spec.whatwg.org/#js-octet")
class TestOctet:
    def test_is_within_its_range(self) -> None:
        assert [octet(0), octet(255), octet(1.9), octet(True)] == [0, 255, 1, 1]
        check_range(octet, 255)


@spec("https://webidl.spec.whatwg.org/#js-unsigned-short")
class TestUnsignedShort:
    def test_is_within_its_range(self) -> None:
        check_range(unsigned_short, 65_535)


@spec("https://webidl.spec.whatwg.org/#js-unsigned-long")
class TestUnsignedLong:
    def test_is_within_its_range(self) -> None:
        check_range(unsigned_long, 2**32 - 1)


def check_range(conversion: Callable[[Any], int], largest: int) -> None:
    assert conversion(largest) == largest
    for value in (-1, largest + 1, float("inf"), "5", b"5"):
        with pytest.raises(TypeError):
            conversion(value)


@spec("https://webidl.spec.whatwg.org/#BufferSource")
class TestBufferSource:
    def test_is_not_copied_yet(self) -> None:
        buffer = bytearray(3)
        assert buffer_source(buffer) is buffer
        with pytest.raises(TypeError, match="buffer, not str"):
            buffer_source("text")


@spec("https://w3c.github.io/webcrypto/#dom-hashalgorithmidentifier")
class TestHashAlgorithmIdentifier:
    def test_is_normalized_in_its_turn(self) -> None:
        assert hash_algorithm_identifier("sha-1") == "sha-1"
