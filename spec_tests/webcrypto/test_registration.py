"""Web Cryptography: specification conventions."""

from __future__ import annotations

import pytest

from worker_runtime.webcrypto.algorithm_dictionary import Algorithm
from worker_runtime.webcrypto.algorithm_normalization import (
    normalize_an_algorithm,
    supported_algorithms,
)
from worker_runtime.webcrypto.registration import SupportedOperation, hashing_takes_long

spec = pytest.mark.spec


@spec("https://w3c.github.io/webcrypto/#algorithm-concepts-operations")
class TestHashingTakesLong:
    def test_above_a_mebibyte(self) -> None:
        algorithm = normalize_an_algorithm("digest", "SHA-512")
        assert not hashing_takes_long(algorithm, 1 << 20)
        assert hashing_takes_long(algorithm, (1 << 20) + 1)


@spec("https://w3c.github.io/webcrypto/#algorithm-concepts-operations")
class TestSupportedOperation:
    def test_every_one_has_a_type_and_steps(self) -> None:
        for names in supported_algorithms().values():
            for registered in names.values():
                assert isinstance(registered.operation, SupportedOperation)
                assert issubclass(registered.operation.type, Algorithm)
                assert callable(registered.operation.steps)
