"""Infra Standard, 4.5."""

from __future__ import annotations

import pytest

from worker_runtime.infra.byte_sequences import isomorphic_decode

spec = pytest.mark.spec


@spec("https://infra.spec.whatwg.org/#isomorphic-decode")
class TestIsomorphicDecode:
    @pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
    def test_a_byte_is_a_code_point(self, kind: type[bytes]) -> None:
        assert isomorphic_decode(kind(bytes(range(256)))) == "".join(map(chr, range(256)))
