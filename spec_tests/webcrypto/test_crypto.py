"""Web Cryptography: the Crypto interface."""

from __future__ import annotations

import re
from array import array
from typing import Any

import pytest

from spec_tests.webcrypto.harness import counting_entropy
from worker_runtime import Crypto, DOMException, QuotaExceededError, SubtleCrypto, crypto
from worker_runtime.webcrypto.crypto import generate_a_random_uuid

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#dfn-Crypto")
class TestCrypto:
    def test_nobody_can_make_one(self) -> None:
        with pytest.raises(TypeError, match="Illegal constructor"):
            Crypto()
        with pytest.raises(TypeError, match="Illegal constructor"):
            SubtleCrypto()


@spec("https://w3c.github.io/webcrypto/#dfn-Crypto-attribute-subtle")
class TestSubtle:
    def test_is_always_the_same(self) -> None:
        assert isinstance(crypto.subtle, SubtleCrypto)
        assert crypto.subtle is crypto.subtle


@spec("https://w3c.github.io/webcrypto/#dfn-Crypto-method-getRandomValues")
class TestGetRandomValues:
    @pytest.mark.parametrize("typecode", "bBhHiIlLqQ")
    def test_fills_a_buffer_of_integers_and_returns_it(self, typecode: str) -> None:
        values = array(typecode, [0, 0, 0])
        with counting_entropy() as entropy:
            assert crypto.getRandomValues(values) is values
        assert entropy.lengths == [3 * values.itemsize]
        assert values.tobytes() == bytes(range(3 * values.itemsize))

    def test_fills_the_part_that_a_view_shows(self) -> None:
        buffer = bytearray(6)
        with counting_entropy():
            crypto.getRandomValues(memoryview(buffer)[2:5])
        assert buffer == bytes([0, 0, 0, 1, 2, 0])

    def test_two_are_not_equal(self) -> None:
        assert crypto.getRandomValues(bytearray(32)) != crypto.getRandomValues(bytearray(32))

    def test_none_or_no_room_is_left_alone(self) -> None:
        assert crypto.getRandomValues(bytearray()) == b""
        view = memoryview(bytearray(4))
        view.release()
        assert crypto.getRandomValues(view) is view

    @pytest.mark.parametrize("length", [4, 65_537])
    @pytest.mark.parametrize("typecode", "fd")
    def test_what_is_not_of_integers_is_refused(self, typecode: str, length: int) -> None:
        with pytest.raises(DOMException) as caught:
            crypto.getRandomValues(array(typecode, [0.0] * length))
        assert caught.value.name == "TypeMismatchError"

    def test_the_quota_counts_bytes(self) -> None:
        assert len(set(crypto.getRandomValues(bytearray(65_536)))) == 256
        for too_large in (bytearray(65_537), array("H", bytes(65_538))):
            with pytest.raises(QuotaExceededError) as caught:
                crypto.getRandomValues(too_large)
            assert (caught.value.quota, caught.value.requested) == (None, None)

    @pytest.mark.parametrize(
        "value", [bytes(4), memoryview(bytearray(8))[::2], "text", 5, None, [0, 0]]
    )
    def test_what_cannot_be_written_to_is_refused(self, value: Any) -> None:
        with pytest.raises(TypeError):
            crypto.getRandomValues(value)


@spec("https://w3c.github.io/webcrypto/#dfn-Crypto-method-randomUUID")
class TestRandomUUID:
    def test_is_one_of_version_4(self) -> None:
        for _ in range(100):
            assert re.fullmatch(
                "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
                crypto.randomUUID(),
            )

    def test_two_are_not_equal(self) -> None:
        assert crypto.randomUUID() != crypto.randomUUID()


@spec("https://w3c.github.io/webcrypto/#dfn-generate-a-random-uuid")
class TestGenerateARandomUUID:
    def test_keeps_all_but_six_bits(self) -> None:
        with counting_entropy():
            assert generate_a_random_uuid() == "00010203-0405-4607-8809-0a0b0c0d0e0f"
