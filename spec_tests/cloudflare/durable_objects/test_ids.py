"""SPEC_NOTES.md, "Ids and namespaces"."""

from __future__ import annotations

import hmac
from hashlib import sha256

import pytest

from worker_runtime.cloudflare.durable_objects.ids import (
    DurableObjectId,
    id_from_name,
    id_from_string,
    namespace_key,
    new_unique_id,
)
from worker_runtime.host.seeded_entropy import SeededEntropy

spec = pytest.mark.spec
KEY = namespace_key("Counter")


@spec("SPEC_NOTES.md#namespace-key")
class TestNamespaceKey:
    def test_it_is_a_hash(self) -> None:
        assert KEY == sha256(b"Counter").digest()


@spec("SPEC_NOTES.md#id-from-name")
class TestIdFromName:
    def test_its_halves_are_codes_of_the_name_and_of_each_other(self) -> None:
        first = hmac.new(KEY, "ü".encode(), sha256).digest()[:16]
        second = hmac.new(KEY, first, sha256).digest()[:16]
        assert str(id_from_name(KEY, "ü")) == (first + second).hex()

    @pytest.mark.parametrize("length, name", [(1024, "x" * 1024), (1025, None)])
    def test_a_long_name_is_not_kept(self, length: int, name: str | None) -> None:
        assert id_from_name(KEY, "x" * length).name == name


@spec("SPEC_NOTES.md#new-unique-id")
class TestNewUniqueId:
    def test_it_is_another_each_time_and_valid(self) -> None:
        entropy = SeededEntropy(1)
        ids = {new_unique_id(KEY, entropy, None) for _ in range(5)}
        assert len(ids) == 5 and all(id_from_string(KEY, str(id)) == id for id in ids)


@spec("SPEC_NOTES.md#id-from-string")
class TestIdFromString:
    def test_it_is_the_same_without_the_name(self) -> None:
        id = id_from_name(KEY, "x")
        again = id_from_string(KEY, str(id).upper())
        assert again.equals(id) and again.name is None

    @pytest.mark.parametrize("text", ["", "0" * 63, "0" * 65, "g" * 64, " " + "0" * 63])
    def test_other_than_64_hex_digits_is_refused(self, text: str) -> None:
        with pytest.raises(TypeError, match="^Invalid Durable Object ID: must be 64 hex digits$"):
            id_from_string(KEY, text)

    def test_an_id_of_another_namespace_is_refused(self) -> None:
        other = str(id_from_name(namespace_key("Other"), "x"))
        with pytest.raises(TypeError, match="^Durable Object ID is not valid for this namespace.$"):
            id_from_string(KEY, other)


@spec("SPEC_NOTES.md#durable-object-id")
@spec("SPEC_NOTES.md#durable-object-id-name")
@spec("SPEC_NOTES.md#durable-object-id-jurisdiction")
@spec("SPEC_NOTES.md#durable-object-id-to-string")
@spec("SPEC_NOTES.md#durable-object-id-equals")
class TestDurableObjectId:
    def test_authors_make_none(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            DurableObjectId()

    def test_its_members(self) -> None:
        id = new_unique_id(KEY, SeededEntropy(1), "eu")
        assert (id.jurisdiction, id.name) == ("eu", None)
        assert id.toString() == str(id) and len(str(id)) == 64
        assert not id.equals(str(id)) and not id.equals(id_from_name(KEY, "x"))
